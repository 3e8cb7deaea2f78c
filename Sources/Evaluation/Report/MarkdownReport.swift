extension EvaluationResult {
    /// The findings and all figures as Markdown.
    public var markdown: String {
        var lines = ["# \(Self.plain(title))", ""]
        if let about { lines += [Self.plain(about), ""] }
        for finding in findings where finding.kind != .level {
            lines.append("- \(Self.plain(finding.text))")
        }
        let level = findings.filter { $0.kind == .level }
        if !level.isEmpty {
            lines += ["", "No difference is to be seen here:", ""]
            lines += level.map { "- \(Self.plain($0.text))" }
        }
        lines += ["", "## Figures", ""]
        lines += overview
        for task in tasks { lines += [""] + details(of: task) }
        lines += ["", "Base and execution: \(Self.plain(engine)); suite \(suiteDigest)."]
        return lines.joined(separator: "\n") + "\n"
    }

    /// The first metric of every task, and the mean.
    private var overview: [String] {
        var columns = tasks.map {
            (name: "\($0.name): \($0.primary.metric.name)", row: $0.primary.row)
        }
        if let mean { columns.append(("mean", mean)) }
        let header = ["configuration"] + columns.map(\.name)
        return Self.table(
            header,
            configurations.indices.map { place in
                [configurations[place].name] + columns.map { Self.text($0.row.figures[place]) }
            })
    }

    private func details(of task: TaskResult) -> [String] {
        var lines = ["### \(Self.plain(task.name)): \(task.rowCount) rows", ""]
        lines += task.metrics.map { "- \(Self.plain($0.metric.name)): \($0.metric.explanation)" }
        let isRouted = task.rightChoices.contains { $0 != nil }
        var header = ["configuration"]
        for (metric, _) in task.metrics {
            header += [metric.name, "against \(configurations[reference].name)"]
        }
        if isRouted { header.append("right adapters") }
        let rows = configurations.indices.compactMap { place -> [String]? in
            guard task.metrics.contains(where: { $0.row.figures[place] != nil }) else { return nil }
            var cells = [configurations[place].name]
            for (_, row) in task.metrics {
                cells += [Self.text(row.figures[place]), Self.difference(row.figures[place])]
            }
            if isRouted {
                cells.append(task.rightChoices[place].map { Number.percent($0) } ?? "")
            }
            return cells
        }
        return lines + [""] + Self.table(header, rows)
    }

    static func text(_ figure: Figure?) -> String {
        guard let figure else { return "" }
        guard let interval = figure.interval else { return Number.plain(figure.value) }
        return
            "\(Number.plain(figure.value)) (\(Number.plain(interval.low)) to \(Number.plain(interval.high)))"
    }

    static func difference(_ figure: Figure?) -> String {
        guard let difference = figure?.difference, let interval = figure?.differenceInterval else {
            return ""
        }
        return
            "\(Number.signed(difference)) (\(Number.signed(interval.low)) to \(Number.signed(interval.high)))"
    }

    private static func table(_ header: [String], _ rows: [[String]]) -> [String] {
        func line(_ cells: [String]) -> String { "| \(cells.map(cell).joined(separator: " | ")) |" }
        return [line(header), "|\(String(repeating: "---|", count: header.count))"]
            + rows.map(line)
    }

    private static func cell(_ text: String) -> String {
        plain(text).replacing("|", with: "\\|")
    }

    /// On one line, without what Markdown would read as a mark or as HTML.
    private static func plain(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar.properties.generalCategory == .control {
                result += " "
            } else {
                if "\\`*_<>[]#&".unicodeScalars.contains(scalar) { result += "\\" }
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
