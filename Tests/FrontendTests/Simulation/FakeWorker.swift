import FoundationEssentials
import Frontend
import TestSupport
import Wire

/// A worker process: runs parts with the fake decoder, and can be paused, killed and confused.
struct FakeWorker {
    struct Running {
        let dispatch: WireDispatch
        let decoder: FakeDecoder
        var count: Int
        var scoredCount: Int
        var textByteCount: Int
        var segmentCount: Int
        var isCancelled = false
        /// It has sent something broken: its attempt is void.
        var hasLied = false
    }

    let address: Address
    let pid: Int32
    let place: Int
    let slots: Int
    var isAlive = true
    var pausedUntil: Duration = .zero
    /// Its pipe is full until then.
    var blockedUntil: Duration = .zero
    /// It was silent without having said so: whoever gives it up is right.
    var brokeItsWord = false
    var heartbeatAt: Duration = .zero
    /// A roll call that it has yet to answer.
    var rollCall: UInt64 = 0
    var running: [Running] = []
    /// Editions that it was told to hold, and those that it holds.
    var arrivals: [WireEdition] = []
    var editions: Set<Data> = []

    /// Takes an order; returns how many parts would run at once then.
    mutating func take(_ order: WorkerOrder) -> Int {
        switch order {
        case .dispatch(let dispatch):
            running.append(
                Running(
                    dispatch: dispatch, decoder: FakeDecoder(dispatch),
                    count: dispatch.emitted.count, scoredCount: Int(dispatch.promptScored),
                    textByteCount: Int(dispatch.emittedTextBytes),
                    segmentCount: dispatch.segments.count))
        case .cancel(let cancel):
            for index in running.indices
            where running[index].dispatch.request == cancel.request
                && running[index].dispatch.part == cancel.part
                && running[index].dispatch.epoch == cancel.epoch
            {
                running[index].isCancelled = true
            }
        case .edition(let edition): arrivals.append(edition)
        case .dropEdition(let edition):
            editions.remove(edition.edition)
            arrivals.removeAll { $0.edition == edition.edition }
        case .heartbeat(let heartbeat): rollCall = max(rollCall, heartbeat.rollCall)
        case .expect: break
        case .drain, .failed: isAlive = false
        }
        return running.count { !$0.dispatch.encodeOnly }
    }

    /// Whether a part is about to kill whoever runs it.
    var holdsPoison: Bool {
        running.contains { run in
            run.dispatch.routedText.contains("poison")
                && run.count >= min(5, run.decoder.tokens.count)
        }
    }

    /// Says of all that it was to stop that it is over.
    mutating func confirmStops() -> [WorkerReport] {
        let stopped = running.filter(\.isCancelled)
        running.removeAll(where: \.isCancelled)
        return stopped.map { .finished(Self.finished($0, .cancelled)) }
    }

    /// One step for every running part.
    mutating func step(
        _ random: inout SeededGenerator, width: ClosedRange<Int>, gaps: Int
    ) -> [WorkerReport] {
        var reports: [WorkerReport] = []
        for index in running.indices {
            reports += Self.step(
                &running[index], width: Int.random(in: width, using: &random),
                hasGap: Int.random(in: 0..<1000, using: &random) < gaps)
        }
        running.removeAll { run in
            reports.contains {
                guard case .finished(let finished) = $0 else { return false }
                return finished.request == run.dispatch.request
                    && finished.part == run.dispatch.part && finished.epoch == run.dispatch.epoch
            }
        }
        return reports
    }

    private static func step(_ run: inout Running, width: Int, hasGap: Bool) -> [WorkerReport] {
        if hasGap { run.hasLied = true }
        if run.isCancelled { return [.finished(finished(run, .cancelled))] }
        if run.scoredCount < run.decoder.promptScores.count {
            return [.chunk(score(&run, width: width, hasGap: hasGap))]
        }
        var reports: [WorkerReport] = []
        let end = min(run.count + width, run.decoder.tokens.count)
        while run.segmentCount < run.decoder.segments.count {
            let segment = run.decoder.segments[run.segmentCount]
            // A chunk never spans a switch: its tokens all have one mix.
            if Int(segment.fromToken) > run.count { break }
            run.segmentCount += 1
            reports.append(
                .routed(
                    WireWorkerRouted {
                        $0.request = run.dispatch.request
                        $0.part = run.dispatch.part
                        $0.epoch = run.dispatch.epoch
                        $0.segment = segment
                    }))
        }
        let next =
            run.decoder.segments.dropFirst(run.segmentCount).first.map {
                min(end, Int($0.fromToken))
            } ?? end
        let isOver = run.count == run.decoder.tokens.count
        let visible = isOver ? run.decoder.text(next) : run.decoder.visibleText(next)
        let text = String(decoding: visible.utf8.dropFirst(run.textByteCount), as: UTF8.self)
        if next > run.count || !text.isEmpty {
            reports.append(
                .chunk(
                    WireWorkerChunk {
                        $0.request = run.dispatch.request
                        $0.part = run.dispatch.part
                        $0.epoch = run.dispatch.epoch
                        $0.offset = UInt32(run.count + (hasGap ? 1 : 0))
                        $0.ids = Array(run.decoder.tokens[run.count..<next])
                        $0.text = text
                        $0.scores = Array(run.decoder.scores.prefix(next).dropFirst(run.count))
                    }))
        }
        run.count = next
        run.textByteCount = visible.utf8.count
        if isOver { reports.append(.finished(finished(run, run.decoder.reason))) }
        return reports
    }

    /// A piece of the prompt's scores.
    private static func score(_ run: inout Running, width: Int, hasGap: Bool) -> WireWorkerChunk {
        let first = run.scoredCount
        run.scoredCount = min(first + width, run.decoder.promptScores.count)
        return WireWorkerChunk {
            $0.request = run.dispatch.request
            $0.part = run.dispatch.part
            $0.epoch = run.dispatch.epoch
            $0.promptOffset = UInt32(first + (hasGap ? 1 : 0))
            $0.promptScores = Array(run.decoder.promptScores[first..<run.scoredCount])
        }
    }

    private static func finished(_ run: Running, _ reason: WireFinishReason) -> WireFinished {
        WireFinished {
            $0.request = run.dispatch.request
            $0.part = run.dispatch.part
            $0.epoch = run.dispatch.epoch
            $0.reason = reason
            $0.usage.promptTokens = 3
            $0.promptTokens = [11, 12, 13]
        }
    }
}
