internal import Glibc

/// A chart of one metric: a bar with its interval for each configuration, and beside it how far it is from the reference.
///
/// Plain SVG whose colours are the page's, so that it follows light and dark.
struct IntervalChart {
    private let rows: [(name: String, kind: ConfigurationKind, figure: Figure)]
    private let isHigherBetter: Bool
    private let reference: String
    /// The end of the bars' axis, and the largest distance from the reference that is drawn.
    private let top, reach: Double
    private let step, reachStep: Double

    private static let width = 920.0
    private static let bars = 236.0..<566.0
    private static let differences = 650.0..<904.0
    private static let rowHeight = 26.0
    private static let head = 30.0

    init(_ row: FigureRow, of metric: Metric?, result: EvaluationResult) {
        rows = zip(result.configurations, row.figures).compactMap { configuration, figure in
            figure.map { (configuration.name, ConfigurationKind(configuration), $0) }
        }
        isHigherBetter = metric?.isHigherBetter ?? true
        reference = result.configurations[result.reference].name
        let isScore = metric?.isScore ?? true
        let most = rows.map { $0.figure.interval?.high ?? $0.figure.value }.max() ?? 1
        (top, step) = isScore && most > 20 ? (100, 25) : Self.axis(most)
        let farthest =
            rows.flatMap { row in
                [row.figure.differenceInterval?.low ?? 0, row.figure.differenceInterval?.high ?? 0]
            }.map(abs).max() ?? 1
        (reach, reachStep) = Self.axis(farthest)
    }

    /// A round end of an axis that has to hold a value, and a round distance of its marks.
    private static func axis(_ most: Double) -> (end: Double, step: Double) {
        guard most.isFinite, most > 1e-9 else { return (1, 0.5) }
        let unit = pow(10, floor(log10(most)))
        let step = [0.1, 0.2, 0.5, 1, 2, 5].first { most / (unit * $0) <= 5 } ?? 5
        return (ceil(most / (unit * step) - 1e-9) * unit * step, unit * step)
    }

    var svg: String {
        let height = Self.head + Double(rows.count) * Self.rowHeight + 8
        var parts = [
            "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(height))\" role=\"img\" aria-label=\"Figures with intervals\">"
        ]
        parts += grid(height: height)
        for (place, row) in rows.enumerated() {
            let y = Self.head + (Double(place) + 0.5) * Self.rowHeight
            parts += bar(row.name, row.kind, row.figure, y: y)
            if row.name != reference { parts += difference(row.figure, y: y) }
        }
        return (parts + ["</svg>"]).joined(separator: "\n")
    }

    private func x(_ value: Double) -> String {
        let part = min(max(value / top, 0), 1)
        return Self.text(
            Self.bars.lowerBound + part * (Self.bars.upperBound - Self.bars.lowerBound))
    }

    private func distance(_ value: Double) -> String {
        let middle = (Self.differences.lowerBound + Self.differences.upperBound) / 2
        let half = (Self.differences.upperBound - Self.differences.lowerBound) / 2
        return Self.text(middle + min(max(value / reach, -1), 1) * half)
    }

    private static func text(_ value: Double) -> String {
        "\((value * 10).rounded() / 10)"
    }

    private static func mark(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : "\((value * 1000).rounded() / 1000)"
    }

    private func grid(height: Double) -> [String] {
        var parts: [String] = []
        func line(_ x: String, _ label: String, isAxis: Bool) {
            parts.append(
                "<line class=\"\(isAxis ? "axis" : "grid")\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(Int(Self.head - 6))\" y2=\"\(Int(height - 6))\"/>"
            )
            parts.append(
                "<text class=\"tick\" x=\"\(x)\" y=\"16\" text-anchor=\"middle\">\(label)</text>")
        }
        for number in 0...Int((top / step).rounded()) {
            line(x(Double(number) * step), Self.mark(Double(number) * step), isAxis: number == 0)
        }
        let count = Int((reach / reachStep).rounded())
        for number in [-count, 0, count] {
            let value = Double(number) * reachStep
            let label = number == 0 ? "±0" : (number > 0 ? "+" : "−") + Self.mark(abs(value))
            line(distance(value), label, isAxis: number == 0)
        }
        return parts
    }

    private func bar(
        _ name: String, _ kind: ConfigurationKind, _ figure: Figure, y: Double
    ) -> [String] {
        let shown = HTMLText.escaped(HTMLText.shortened(name, to: 34))
        let start = x(0)
        let length = max(0, (Double(x(figure.value)) ?? 0) - (Double(start) ?? 0))
        var parts = [
            "<text class=\"name\" x=\"224\" y=\"\(Self.text(y + 4))\" text-anchor=\"end\">\(shown)<title>\(HTMLText.escaped(name))</title></text>",
            "<rect class=\"\(kind.rawValue)\" x=\"\(start)\" y=\"\(Self.text(y - 8))\" width=\"\(Self.text(length))\" height=\"16\" rx=\"2\"/>",
        ]
        if let interval = figure.interval {
            parts.append(whisker(x(interval.low), x(interval.high), y: y, class: "whisker"))
        }
        parts.append(
            "<text class=\"value\" x=\"\(Int(Self.bars.upperBound + 56))\" y=\"\(Self.text(y + 4))\" text-anchor=\"end\">\(Number.plain(figure.value))</text>"
        )
        return parts
    }

    private func difference(_ figure: Figure, y: Double) -> [String] {
        guard let value = figure.difference, let interval = figure.differenceInterval else {
            return []
        }
        let isBetter = isHigherBetter ? interval.isAboveZero : interval.isBelowZero
        let isWorse = isHigherBetter ? interval.isBelowZero : interval.isAboveZero
        let verdict = isBetter ? "better" : isWorse ? "worse" : "level"
        let title =
            "\(Number.signed(value)) (\(Number.signed(interval.low)) to \(Number.signed(interval.high)))"
        return [
            "<g class=\"\(verdict)\"><title>\(title)</title>",
            whisker(distance(interval.low), distance(interval.high), y: y, class: "range"),
            "<circle cx=\"\(distance(value))\" cy=\"\(Self.text(y))\" r=\"4.5\"/></g>",
        ]
    }

    private func whisker(_ low: String, _ high: String, y: Double, class name: String) -> String {
        let y = Self.text(y)
        return "<line class=\"\(name)\" x1=\"\(low)\" x2=\"\(high)\" y1=\"\(y)\" y2=\"\(y)\"/>"
    }
}
