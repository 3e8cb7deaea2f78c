import Journal
import Wire

/// The ends of parts and requests, and what is kept after them.
extension Broker {
    /// Ends a part that was stopped with what it has: by its client, or by its deadline.
    mutating func end(
        _ key: PartKey, stoppedBy reason: WireFinishReason, usage: WireUsage? = nil, now: Instant
    ) {
        guard let part = part(key) else { return }
        if reason == .deadline, part.tokens.isEmpty {
            let refusal = Refusal(
                .deadlineExceeded, "the deadline passed before the first token was made")
            return end(key, .failed(refusal), now: now)
        }
        var reported = usage ?? WireUsage()
        reported.completionTokens = UInt32(clamping: part.tokens.count)
        end(key, .done(reason, reported), now: now)
    }

    /// Ends a part, once and for all.
    mutating func end(_ key: PartKey, _ terminal: RequestPart.Terminal, now: Instant) {
        guard let part = part(key) else { return }
        switch part.phase {
        case .ended: return
        case .queued: queue.remove(key)
        case .running(let attempt):
            abandon(key, epoch: part.epoch, at: attempt.worker, now: now)
        }
        if let client = requests[key.request]?.delivery.client {
            clients.noteActivity(of: client, now)
        }
        if case .failed = terminal {
            figures.note(part, hasFailed: true, now: now)
        } else {
            figures.note(part, hasFailed: false, now: now)
        }
        let limit = requests[key.request]?.limits.tokenLimit ?? 0
        admission.note(
            cost: part.spentCost(at: terminal, of: limit), isBusy: !queue.isEmpty, now: now)
        let edition = requests[key.request]?.edition.flatMap { editions[$0] }
        requests[key.request]?.parts[key.part].adapterWarnings = Reply.adapterWarnings(
            part.segments, edition: edition)
        requests[key.request]?.parts[key.part].isParked = false
        requests[key.request]?.parts[key.part].phase = .ended(terminal)
        requests[key.request]?.parts[key.part].entries.append(.ended(terminal))
        finishIfEnded(key.request, now: now)
        deliver(key.request)
    }

    private mutating func finishIfEnded(_ id: RequestID, now: Instant) {
        guard let request = requests[id], request.parts.allSatisfy(\.isEnded) else { return }
        let hasFailed = request.parts.contains {
            if case .ended(.failed) = $0.phase { true } else { false }
        }
        if hasFailed { counters.failed += 1 } else { counters.finished += 1 }
        if request.isClosed { return forgetForGood(id) }
        requests.end(id, now: now)
    }

    /// Keeps what has ended within the bounds of time and memory.
    mutating func trimEnded(_ now: Instant) {
        while let oldest = requests.ended.first(where: { requests.isRecorded($0) }),
            let end = requests[oldest]?.endedAt, now - end >= configuration.replyLifetime
        {
            evict(oldest)
        }
        while requests.ended.count > configuration.replyLimit
            || requests.endedByteCount > configuration.replyByteLimit, requests.ended.count > 1,
            let leastWanted
        {
            evict(leastWanted)
        }
    }

    /// The oldest ended request that its client has whole, or else the oldest; what the engine does not know stays.
    private var leastWanted: RequestID? {
        let candidates = requests.ended.dropLast().lazy.filter { requests.isRecorded($0) }
        return candidates.first { requests[$0]?.isDelivered ?? true } ?? candidates.first
    }

    /// Takes an ended request out of memory.
    ///
    /// A client that waits for the rest is told.
    private mutating func evict(_ id: RequestID) {
        guard let request = requests[id], request.endedAt != nil else { return }
        if let client = request.delivery.client {
            let refusal = Refusal(
                .slowConsumer, "the rest of the reply was not taken in time and is gone")
            for (index, part) in request.parts.enumerated()
            where request.delivery.cursors[index] < part.entries.count {
                var failed = Reply.failed(refusal, part: index)
                failed.requestID = id
                actions.append(.toClient(client, .failed(failed), nil))
            }
        }
        assign(id, to: nil)
        requests.evict(id)
    }

    /// What was answered keeps its id, so that a late repetition does not run again; what its client left half-way may be asked anew.
    private mutating func forgetForGood(_ id: RequestID) {
        assign(id, to: nil)
        guard configuration.isDurable else { return requests.evict(id) }
        let wasLeft = requests[id]?.parts.contains { part in
            if case .ended(.done(.cancelled, _)) = part.phase { true } else { false }
        }
        if wasLeft ?? false { requests.forget(id) } else { requests.close(id) }
    }

    /// The client has the whole reply: it may be forgotten, now or as soon as it ends.
    mutating func close(_ close: WireClose) {
        let id = close.requestID
        guard let request = requests[id] else { return }
        guard request.endedAt != nil else {
            requests[id]?.isClosed = true
            return
        }
        forgetForGood(id)
    }
}
