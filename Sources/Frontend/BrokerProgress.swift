import Wire

/// What workers report of the parts that they run.
extension Broker {
    /// Stores a piece of a reply and passes it on.
    ///
    /// Messages of void attempts are dropped, and so is what is there already. A hole would be a
    /// hole for the client too: it voids the attempt.
    mutating func store(_ chunk: WireWorkerChunk, from worker: PeerAddress, now: Instant) {
        guard
            let (key, part, attempt) = current(
                chunk.requestID, part: chunk.part, epoch: chunk.epoch, at: worker),
            let request = requests[key.request]
        else { return }
        let next = part.tokens.count
        let offset = Int(chunk.offset)
        if offset + chunk.ids.count <= next, offset < next || isRepeated(chunk, in: part) {
            counters.duplicates += 1
            return
        }
        guard offset == next else {
            return reject(key, "a chunk begins at token \(offset), expected \(next)", now: now)
        }
        guard next + chunk.ids.count <= Int(request.limits.maxTokens) else {
            return reject(key, "more than \(request.limits.maxTokens) tokens", now: now)
        }
        guard chunk.text.utf8.count <= Self.chunkByteLimit else {
            return reject(key, "a chunk has \(chunk.text.utf8.count) bytes of text", now: now)
        }
        requests[key.request]?.parts[key.part].append(chunk)
        if part.onProbation,
            next + chunk.ids.count - attempt.firstToken >= configuration.probationTokens
        {
            requests[key.request]?.parts[key.part].onProbation = false
        }
        deliver(key.request)
    }

    /// More text than any model says with the tokens of one step.
    private static let chunkByteLimit = 256 << 10

    /// Text without ids comes at most once at an offset, after the last id.
    private func isRepeated(_ chunk: WireWorkerChunk, in part: RequestPart) -> Bool {
        guard chunk.ids.isEmpty else { return false }
        if chunk.text.isEmpty { return true }
        if case .chunk(_, 0, _) = part.entries.last { return true }
        return false
    }

    /// Stores a switch of the mix before anything that was made under it.
    mutating func store(_ routed: WireWorkerRouted, from worker: PeerAddress, now: Instant) {
        guard
            let (key, part, _) = current(
                routed.requestID, part: routed.part, epoch: routed.epoch, at: worker)
        else { return }
        let from = Int(routed.segment.fromToken)
        if let known = part.segments.first(where: { $0.fromToken == routed.segment.fromToken }) {
            guard known.mix == routed.segment.mix else {
                return reject(key, "another mix from token \(from) on than before", now: now)
            }
            counters.duplicates += 1
            return
        }
        let last = part.segments.last.map { Int($0.fromToken) } ?? 0
        guard from > last, from >= part.tokens.count else {
            return reject(
                key, "a mix from token \(from) on, after \(part.tokens.count) tokens", now: now)
        }
        guard part.segments.count <= Int(configuration.maxTokensLimit) else {
            return reject(key, "more mixes than tokens", now: now)
        }
        requests[key.request]?.parts[key.part].segments.append(routed.segment)
        let sentences = routed.hasSentence ? [routed.sentence] : []
        requests[key.request]?.parts[key.part].entries.append(.routed(routed.segment, sentences))
        deliver(key.request)
    }

    /// Frees the slot and, if the attempt still counts, ends the part.
    mutating func finish(_ finished: WireFinished, from worker: PeerAddress, now: Instant) {
        guard let index = sessions.firstIndex(where: { $0.address == worker }) else { return }
        let id = finished.requestID
        let key = PartKey(request: id, part: Int(finished.part))
        guard sessions[index].release(key, epoch: finished.epoch) else {
            counters.stale += 1
            return
        }
        guard
            let (_, part, _) = current(
                finished.requestID, part: finished.part, epoch: finished.epoch, at: worker)
        else { return }
        requests[id]?.parts[key.part].promptTokens = finished.promptTokens
        var usage = finished.usage
        usage.completionTokens = UInt32(clamping: part.tokens.count)
        switch finished.outcome {
        case .reason(.cancelled):
            guard let stopping = part.stopping else {
                return retry(key, because: "the worker stopped it unasked", now: now)
            }
            end(key, stoppedBy: stopping, usage: usage, now: now)
        case .reason(.deadline), .failure(.deadlineExceeded):
            end(key, stoppedBy: .deadline, usage: usage, now: now)
        case .reason(.unspecified), .reason(.UNRECOGNIZED), nil:
            retry(key, because: "the worker gave no reason for the end", now: now)
        case .reason(let reason):
            end(key, .done(reason, usage), now: now)
        case .failure(.unavailable):
            retry(key, because: "the worker could not take it: \(finished.message)", now: now)
        case .failure(let code):
            end(key, .failed(Refusal(code, finished.message)), now: now)
        }
    }

    /// The part that a worker speaks of, if its attempt is the one that counts.
    private mutating func current(
        _ id: RequestID, part: UInt32, epoch: UInt32, at worker: PeerAddress
    ) -> (PartKey, RequestPart, RequestPart.Attempt)? {
        guard let known = requests[id],
            known.parts.indices.contains(Int(part)),
            let attempt = known.parts[Int(part)].attempt(at: worker, epoch: epoch)
        else {
            counters.stale += 1
            return nil
        }
        return (PartKey(request: id, part: Int(part)), known.parts[Int(part)], attempt)
    }

    /// Voids an attempt whose worker broke the protocol.
    private mutating func reject(_ key: PartKey, _ problem: String, now: Instant) {
        guard let part = requests[key.request]?.parts[key.part],
            case .running(let attempt) = part.phase
        else { return }
        abandon(key, epoch: part.epoch, at: attempt.worker, now: now)
        retry(key, because: problem, now: now)
    }
}

extension RequestPart {
    /// Adds a chunk that continues the reply.
    mutating func append(_ chunk: WireWorkerChunk) {
        entries.append(
            .chunk(offset: tokens.count, count: chunk.ids.count, text: chunk.text))
        tokens += chunk.ids
        textByteCount += chunk.text.utf8.count
    }
}
