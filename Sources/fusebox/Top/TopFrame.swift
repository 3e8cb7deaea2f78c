import FuseboxWire
import Tensors
import Wire

/// One picture of what a service does, as lines that fit a width.
struct TopFrame {
    static let (red, green, yellow, bold, dim) = (31, 32, 33, 1, 2)
    /// Columns of the names before a row of figures.
    private static let labelWidth = 16

    let history: TopHistory
    let width: Int
    /// Whether the terminal shows more than plain ASCII text.
    let isColoured: Bool

    private var status: WireStatusReply { history.status }

    /// - Parameter height: lines at most; nil: as many as there are.
    func text(height: Int? = nil) -> [String] {
        var lines = lines.map { $0.cut(to: width) }
        if let height, lines.count > height {
            let left = lines.count - height + 1
            lines.removeLast(min(left, lines.count))
            lines.append(StyledLine("\(left) more lines do not fit", Self.dim).cut(to: width))
        }
        return lines.map { $0.text(isColoured: isColoured) }
    }

    private var lines: [StyledLine] {
        title + requests + [StyledLine()] + figures
            + TopWorkers(history: history, width: width, isColoured: isColoured).lines
            + adapters
    }

    private var title: [StyledLine] {
        let (state, colour) =
            history.problem != nil
            ? ("no answer", Self.red)
            : (status.state, status.state == "serving" ? Self.green : Self.yellow)
        var items = [
            StyledLine("fusebox \(status.version)", Self.bold), StyledLine(state, colour),
        ]
        if !status.model.isEmpty { items.append(StyledLine(status.model)) }
        for (name, digest) in [("base", status.base), ("router", status.router)] {
            guard let digest = Digest(bytes: digest) else { continue }
            items.append(StyledLine("\(name) \(digest.description.prefix(12))", Self.dim))
        }
        return StyledLine.flow(items, width: width)
            + sentence(history.problem ?? status.degraded, Self.yellow)
            + status.problems.flatMap { sentence($0, Self.yellow) }
    }

    /// A text that may be longer than a line.
    private func sentence(_ text: String, _ colour: Int) -> [StyledLine] {
        let words = text.split(separator: " ").map { StyledLine(String($0), colour) }
        return words.isEmpty ? [] : StyledLine.flow(words, width: width, gap: 1)
    }

    private var requests: [StyledLine] {
        let counts: [(String, UInt64)] = [
            ("running", UInt64(status.running)), ("queued", UInt64(status.queued)),
            ("finished", status.finished), ("failed", status.failed),
            ("refused", status.refused), ("resumed", status.resumed),
            ("connections", UInt64(status.connections.open)),
        ]
        return StyledLine.flow(counts.map { StyledLine("\($1) \($0)") }, width: width)
    }

    private var figures: [StyledLine] {
        let prompt = status.workers.reduce(0) { $0 + Double($1.promptTokens) }
        let cached = status.workers.reduce(0) { $0 + Double($1.cachedTokens) }
        let share = prompt > 0 ? cached.share(of: prompt).percentText : "-"
        let rate = history.rates.last?.wholeText ?? "-"
        return
            row("tokens/s", [StyledLine(rate, Self.bold)] + curve)
            + row("first token", latency(status.firstToken))
            + row("between tokens", latency(status.interToken))
            + row(
                "prefix cache",
                [StyledLine(share), StyledLine("of \(prompt.wholeText) prompt tokens", Self.dim)])
    }

    private func row(_ label: String, _ items: [StyledLine]) -> [StyledLine] {
        StyledLine.flow(
            items, after: StyledLine(label.padding(to: Self.labelWidth), Self.dim), width: width)
    }

    private func latency(_ latency: WireLatency) -> [StyledLine] {
        guard latency.count > 0 else { return [StyledLine("-")] }
        return [
            StyledLine("p50 \(Double(latency.p50Ms).millisecondsText)"),
            StyledLine("p95 \(Double(latency.p95Ms).millisecondsText)"),
            StyledLine("p99 \(Double(latency.p99Ms).millisecondsText) ms"),
        ]
    }

    /// The rates as far as they fit, a column each.
    private var curve: [StyledLine] {
        let room = width - Self.labelWidth - 8
        guard isColoured, room > 0, let most = history.rates.max(), most > 0 else { return [] }
        let steps = Array("▁▂▃▄▅▆▇█")
        return [
            StyledLine(String(history.rates.suffix(room).map { steps[min(7, Int(8 * $0 / most))] }))
        ]
    }

    private var adapters: [StyledLine] {
        let used = status.adapters.sorted { ($0.tokens, $1.name) > ($1.tokens, $0.name) }
        guard !used.isEmpty else { return [] }
        let numbers = 30
        let longest = used.map(\.name.count).max() ?? 0
        let nameWidth = max(1, min(max(longest, 8) + 1, width - numbers))
        let barWidth = isColoured ? min(40, width - nameWidth - numbers - 2) : 0
        let head =
            "adapter".fitting(nameWidth)
            + ["chosen", "weight", "tokens", "share"].enumerated().map {
                $1.leading(to: $0 == 3 ? 6 : 8)
            }.joined()
        let rows = used.map { use in
            let weight = use.selections == 0 ? 0 : use.weight / Double(use.selections)
            let share = Double(use.tokens).share(of: Double(status.tokens))
            let name = use.name.isEmpty ? "base" : use.name
            var line = StyledLine(
                name.fitting(nameWidth) + "\(use.selections)".leading(to: 8)
                    + weight.hundredthsText.leading(to: 8) + "\(use.tokens)".leading(to: 8)
                    + share.percentText.leading(to: 6))
            if barWidth > 0 {
                line.append("  " + String(repeating: "█", count: Int(share * Double(barWidth))), 36)
            }
            return line
        }
        return [StyledLine(), StyledLine(head, Self.dim)] + rows
    }
}

extension String {
    /// Exactly so many characters, a space at the end.
    fileprivate func fitting(_ width: Int) -> String {
        String(prefix(max(0, width - 1))).padding(to: width)
    }

    /// Behind spaces that make it so wide.
    fileprivate func leading(to width: Int) -> String {
        String(repeating: " ", count: max(1, width - count)) + self
    }
}
