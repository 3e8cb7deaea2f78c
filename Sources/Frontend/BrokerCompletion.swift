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
        if let client = requests[key.request]?.delivery.client { activity[client] = now }
        drainRate.note(cost: part.cost, isBusy: !queue.isEmpty, now: now)
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
        live.removeAll { $0 == id }
        if request.isClosed {
            assign(id, to: nil)
            requests[id] = nil
            return
        }
        requests[id]?.endedAt = now
        ended.append(id)
        endedByteCount += request.byteCount
        while ended.count > configuration.replyLimit
            || endedByteCount > configuration.replyByteLimit, ended.count > 1
        {
            forget(leastWanted)
        }
    }

    /// The oldest ended request that its client has whole, or else the oldest.
    private var leastWanted: RequestID? {
        ended.dropLast().first { requests[$0]?.isDelivered ?? true } ?? ended.first
    }

    /// Forgets an ended request.
    ///
    /// A client that waits for the rest is told.
    mutating func forget(_ id: RequestID?) {
        guard let id, let request = requests[id], request.endedAt != nil else { return }
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
        endedByteCount -= request.byteCount
        ended.removeAll { $0 == id }
        assign(id, to: nil)
        requests[id] = nil
    }

    /// The client has the whole reply: it may be forgotten, now or as soon as it ends.
    mutating func close(_ close: WireClose) {
        let id = close.requestID
        guard let request = requests[id] else { return }
        guard request.endedAt != nil else {
            requests[id]?.isClosed = true
            return
        }
        assign(id, to: nil)
        forget(id)
    }
}
