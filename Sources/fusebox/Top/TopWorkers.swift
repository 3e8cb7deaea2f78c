import Wire

/// The part of a frame that shows workers: what runs in their slots, a letter for each mix.
struct TopWorkers {
    private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    /// Lines of slots that a worker gets at most.
    private static let rowLimit = 4

    let history: TopHistory
    let width: Int
    let isColoured: Bool

    var lines: [StyledLine] {
        history.status.workers.flatMap { [StyledLine()] + lines(of: $0) } + legend
    }

    private func lines(of worker: WireWorkerStatus) -> [StyledLine] {
        let colour =
            switch worker.state {
            case "ready": TopFrame.green
            case "dead": TopFrame.red
            default: TopFrame.yellow
            }
        var items = [StyledLine(worker.state, colour)]
        if worker.slots > 0 {
            items.append(StyledLine("\(worker.running) of \(worker.slots) slots"))
        }
        if worker.promptTokens > 0 {
            let share = Double(worker.cachedTokens).share(of: Double(worker.promptTokens))
            items.append(StyledLine("cache \(share.percentText)", TopFrame.dim))
        }
        if worker.restarts > 0 { items.append(StyledLine("restarted \(worker.restarts) x")) }
        let head = StyledLine.flow(
            items, after: StyledLine("\(worker.name)  ", TopFrame.bold), width: width)
        let words = worker.problem.split(separator: " ")
        return head + slots(of: worker)
            + (words.isEmpty
                ? []
                : StyledLine.flow(
                    words.map { StyledLine(String($0)) }, after: StyledLine("  "), width: width,
                    gap: 1))
    }

    private func slots(of worker: WireWorkerStatus) -> [StyledLine] {
        let room = max(1, width - 2)
        let shown = min(Int(worker.slots), room * Self.rowLimit)
        let cells = (0..<shown).map { index in
            // Of very many replies not all are told.
            index < worker.parts.count
                ? cell(worker.parts[index].shares)
                : StyledLine(index < worker.running ? "*" : isColoured ? "·" : ".", TopFrame.dim)
        }
        return cells.isEmpty
            ? [] : StyledLine.flow(cells, after: StyledLine("  "), width: width, gap: 0)
    }

    private func cell(_ mix: TopHistory.Mix) -> StyledLine {
        let number = history.numbers[mix] ?? 0
        let letter = number < Self.letters.count ? String(Self.letters[number]) : "*"
        return StyledLine(letter, mix.isEmpty ? nil : ReplyPrinter.colour(number))
    }

    /// What the letters stand for, with the replies and tokens of each.
    private var legend: [StyledLine] {
        let parts = Dictionary(grouping: history.status.workers.flatMap(\.parts), by: \.shares)
        let rows = history.numbers.sorted { $0.value < $1.value }.map { mix, _ in
            let running = parts[mix] ?? []
            let tokens = running.reduce(0) { $0 + UInt64($1.tokens) }
            var head = cell(mix)
            head.append(" ")
            let items = [
                StyledLine(Self.description(of: mix)),
                StyledLine(
                    "\(running.count) \(running.count == 1 ? "reply" : "replies"), \(tokens) tokens",
                    TopFrame.dim),
            ]
            return StyledLine.flow(items, after: head, width: width)
        }
        return rows.isEmpty ? [] : [StyledLine()] + rows.joined()
    }

    private static func description(of mix: TopHistory.Mix) -> String {
        ReplyPrinter.description(
            of: WireMix {
                $0.shares = mix.map { share in
                    WireShare {
                        $0.name = share.name
                        $0.weight = Int32(exactly: (share.weight * 1024).rounded()) ?? 0
                    }
                }
            })
    }
}
