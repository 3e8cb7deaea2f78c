import Journal
import Wire

/// What workers report of the parts that they run.
extension Broker {
    /// Stores a piece of a reply and passes it on.
    ///
    /// Messages of void attempts are dropped, and so is what is there already. A hole would be a
    /// hole for the client too: it voids the attempt.
    mutating func store(_ chunk: WireWorkerChunk, from worker: Address, now: Instant) {
        guard let key = current(chunk.requestID, chunk.part, epoch: chunk.epoch, at: worker),
            let body = requests[key.request]?.body
        else { return }
        let probation = configuration.probationTokens
        // A suspect that clears itself lets others in.
        if requests[key.request]?.parts[key.part].onProbation ?? false { mayDispatch = true }
        let addition = requests[key.request]?.parts[key.part].append(
            chunk, limit: body.limits.tokenLimit, wanted: body.scores,
            context: pool?.context ?? 0, probation: probation)
        if case .added? = addition { measure(chunk, of: key, now: now) }
        take(addition, key, now: now)
    }

    /// Stores a switch of the mix before anything that was made under it.
    mutating func store(_ routed: WireWorkerRouted, from worker: Address, now: Instant) {
        guard let key = current(routed.requestID, routed.part, epoch: routed.epoch, at: worker)
        else { return }
        let addition = requests[key.request]?.parts[key.part].append(routed)
        if case .added? = addition { meter.noteChoice(of: routed.segment.mix) }
        take(addition, key, now: now)
    }

    private mutating func take(
        _ addition: RequestPart.Addition?, _ key: PartKey, now: Instant
    ) {
        switch addition {
        case .added: deliver(key.request)
        case .known: counters.duplicates += 1
        case .broken(let problem): reject(key, problem, now: now)
        case nil: break
        }
    }

    /// Frees the slot and, if the attempt still counts, ends the part.
    mutating func finish(_ finished: WireFinished, from worker: Address, now: Instant) {
        guard let index = sessions.firstIndex(where: { $0.address == worker }) else { return }
        let id = finished.requestID
        let key = PartKey(request: id, part: Int(finished.part))
        mayDispatch = true
        guard sessions[index].release(key, epoch: finished.epoch) else {
            counters.stale += 1
            return
        }
        guard current(finished.requestID, finished.part, epoch: finished.epoch, at: worker) != nil,
            let part = part(key)
        else { return }
        requests[id]?.parts[key.part].promptTokens = finished.promptTokens
        requests[id]?.parts[key.part].maxTokens = finished.maxTokens
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
        _ id: RequestID, _ part: UInt32, epoch: UInt32, at worker: Address
    ) -> PartKey? {
        let key = PartKey(request: id, part: Int(part))
        guard self.part(key)?.attempt(at: worker, epoch: epoch) != nil else {
            counters.stale += 1
            return nil
        }
        return key
    }

    /// Voids an attempt whose worker broke the protocol.
    private mutating func reject(_ key: PartKey, _ problem: String, now: Instant) {
        guard let part = requests[key.request]?.parts[key.part],
            case .running(let attempt) = part.phase
        else { return }
        actions.append(.report("an attempt at \(key.request) is void: \(problem)"))
        abandon(key, epoch: part.epoch, at: attempt.worker, now: now)
        retry(key, because: problem, now: now)
    }
}
