extension EvaluationResult {
    /// One page with findings, charts, tables and samples: without scripts, and without anything from elsewhere.
    public var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width,initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>\(HTMLText.escaped(title))</title>
        <style>
        \(HTMLStyle.text)
        </style>
        </head>
        <body>
        <main>
        \(sections.joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }

    private var sections: [String] {
        var parts = ["<h1>\(HTMLText.escaped(title))</h1>"]
        if let about { parts.append("<p class=\"lead\">\(HTMLText.escaped(about))</p>") }
        parts.append("<p class=\"soft\">\(HTMLText.escaped(size))</p>")
        parts += advice
        parts += ["<h2>All tasks</h2>", overview]
        if let mean {
            parts.append(
                chart("Mean of the tasks", "first metric of each", mean, metric: nil, inner: ""))
        }
        parts += ["<h2>Task by task</h2>", legend]
        for task in tasks {
            let (metric, row) = task.primary
            parts.append(
                chart(
                    task.name, "\(metric.name): \(metric.explanation); \(task.rowCount) rows", row,
                    metric: metric, inner: table(of: task) + samples(of: task)))
        }
        parts.append(
            "<footer>Base and execution: \(HTMLText.escaped(engine)). Suite \(suiteDigest). Whiskers are intervals of \(Number.percent(bootstrap.confidence)) of \(bootstrap.resampleCount) paired resamples.</footer>"
        )
        return parts
    }

    private var size: String {
        let rows = tasks.reduce(0) { $0 + $1.rowCount }
        let tasks = tasks.count == 1 ? "1 task" : "\(tasks.count) tasks"
        return
            "\(configurations.count) configurations, \(tasks), \(rows) rows; compared with \(configurations[reference].name)"
    }

    // MARK: Findings

    private var advice: [String] {
        var parts: [String] = []
        let recommended = findings.filter { $0.kind == .recommendation }
        if !recommended.isEmpty {
            let lines = recommended.map { "<p>\(HTMLText.escaped($0.text))</p>" }
            parts.append("<div class=\"use\">\(lines.joined())</div>")
        }
        let differences = findings.filter { [.gain, .loss, .note].contains($0.kind) }
        if differences.contains(where: { $0.kind != .note }) {
            parts.append("<h2>Where mixing and choosing help, and where they lose</h2>")
        }
        parts.append(Self.list(differences))
        let level = findings.filter { $0.kind == .level }
        if !level.isEmpty {
            parts.append(
                "<details><summary>Without a difference that these rows show: \(level.count)</summary>\(Self.list(level))</details>"
            )
        }
        return parts
    }

    private static func list(_ findings: [Finding]) -> String {
        let items = findings.map {
            "<li class=\"\($0.kind.rawValue)\">\(HTMLText.escaped($0.text))</li>"
        }
        return "<ul class=\"finds\">\(items.joined())</ul>"
    }

    private var legend: String {
        let used = Set(configurations.map(ConfigurationKind.init))
        let items = ConfigurationKind.allCases.filter(used.contains).map {
            "<span><i class=\"\($0.rawValue)\"></i>\($0.title)</span>"
        }
        return "<div class=\"legend\">\(items.joined())</div>"
    }

    // MARK: Tables

    private var overview: String {
        var columns = tasks.map {
            (
                name: $0.name, note: $0.primary.metric.name, row: $0.primary.row,
                metric: $0.primary.metric as Metric?
            )
        }
        if let mean { columns.append(("mean", "", mean, nil)) }
        let all = Array(configurations.indices)
        let best = columns.map { column in
            column.row.best(of: all, isHigherBetter: column.metric?.isHigherBetter ?? true)
        }
        let header = columns.map {
            "<th>\(HTMLText.escaped($0.name))<br><small>\(HTMLText.escaped($0.note))</small></th>"
        }
        let rows = configurations.indices.map { place in
            let cells = columns.enumerated().map { number, column in
                Self.cell(
                    column.row.figures[place], isHeated: column.metric?.isScore ?? true,
                    isBest: best[number] == place)
            }
            return
                "<tr><td>\(HTMLText.escaped(configurations[place].name))</td>\(cells.joined())</tr>"
        }
        return Self.table(
            "<th></th>" + header.joined(), rows, class: columns.count > 4 ? "many" : "")
    }

    private static func cell(_ figure: Figure?, isHeated: Bool, isBest: Bool) -> String {
        guard let figure else { return "<td></td>" }
        let range = figure.interval.map {
            " <small>\(Number.plain($0.low)) to \(Number.plain($0.high))</small>"
        }
        let classes = [isHeated ? "heat" : nil, isBest ? "best" : nil].compactMap { $0 }
        let part = Int(min(max(figure.value, 0), 100).rounded())
        return
            "<td class=\"\(classes.joined(separator: " "))\"\(isHeated ? " style=\"--p:\(part)%\"" : "")>\(Number.plain(figure.value))\(range ?? "")</td>"
    }

    private static func table(_ header: String, _ rows: [String], class name: String = "") -> String
    {
        let head = header.isEmpty ? "" : "<thead><tr>\(header)</tr></thead>"
        return
            "<div class=\"scroll\"><table class=\"\(name)\">\(head)<tbody>\(rows.joined())</tbody></table></div>"
    }

    private func table(of task: TaskResult) -> String {
        let isRouted = task.rightChoices.contains { $0 != nil }
        var header = "<th></th>"
        for (metric, _) in task.metrics {
            header +=
                "<th>\(HTMLText.escaped(metric.name))</th><th>against \(HTMLText.escaped(configurations[reference].name))</th>"
        }
        if isRouted { header += "<th>right adapters</th>" }
        let rows = configurations.indices.compactMap { place -> String? in
            guard task.metrics.contains(where: { $0.row.figures[place] != nil }) else { return nil }
            var cells = "<td>\(HTMLText.escaped(configurations[place].name))</td>"
            for (_, row) in task.metrics {
                cells +=
                    "<td>\(Self.text(row.figures[place]))</td><td>\(Self.difference(row.figures[place]))</td>"
            }
            if isRouted {
                cells +=
                    "<td>\(task.rightChoices[place].map { Number.percent($0) } ?? "")</td>"
            }
            return "<tr>\(cells)</tr>"
        }
        return "<details><summary>All figures</summary>\(Self.table(header, rows))</details>"
    }

    // MARK: Charts and samples

    private func chart(
        _ title: String, _ note: String, _ row: FigureRow, metric: Metric?, inner: String
    ) -> String {
        """
        <section class="task"><h3>\(HTMLText.escaped(title))</h3><p class="soft">\(HTMLText.escaped(note))</p>
        \(IntervalChart(row, of: metric, result: self).svg)
        <div class="panels"><span>figure, with its interval</span><span>against \(HTMLText.escaped(configurations[reference].name))</span></div>
        \(inner)</section>
        """
    }

    private func samples(of task: TaskResult) -> String {
        guard !task.samples.isEmpty else { return "" }
        let parts = task.samples.map { sample in
            var rows = sample.answers.prefix(1).map {
                "<tr><td>wanted</td><td>\(HTMLText.escaped($0))</td></tr>"
            }
            for (configuration, reply) in zip(configurations, sample.replies) {
                guard let reply else { continue }
                rows.append(
                    "<tr><td>\(HTMLText.escaped(configuration.name))</td><td>\(HTMLText.escaped(reply))</td></tr>"
                )
            }
            return
                "<p class=\"prompt\">\(HTMLText.escaped(HTMLText.shortened(sample.prompt, to: 2000)))</p>"
                + Self.table("", rows, class: "reply")
        }
        return "<details><summary>Replies to the first rows</summary>\(parts.joined())</details>"
    }
}
