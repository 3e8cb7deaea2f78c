import FoundationEssentials
import Messaging
import Tensors
import Wire

/// Handing parts to workers.
extension Broker {
    /// Gives waiting parts to workers with room, oldest first.
    ///
    /// A part that nobody can take now does not hold up younger ones, except that a suspect that
    /// has waited long gets a worker emptied for it.
    mutating func dispatch(_ now: Instant) {
        guard !queue.parts.isEmpty, sessions.contains(where: \.hasRoom) else { return }
        var reserved: Peer?
        for waiting in queue.parts {
            guard let request = requests[waiting.key.request],
                request.parts.indices.contains(waiting.key.part)
            else { continue }
            if let deadline = request.deadline, now >= deadline {
                end(waiting.key, stoppedBy: .deadline, now: now)
                continue
            }
            let part = request.parts[waiting.key.part]
            if let index = worker(for: part, besides: reserved) {
                dispatch(waiting.key, to: index, now: now)
                if !sessions.contains(where: \.hasRoom) { return }
            } else if part.onProbation, reserved == nil,
                now - part.queuedSince >= configuration.agingLimit
            {
                reserved = emptiest(for: part)
            }
        }
    }

    /// The best worker that may take the part: the one with the least load, where a prompt that
    /// began alike makes up for some of it.
    ///
    /// Ties go to the first that came up.
    private func worker(for part: RequestPart, besides reserved: Peer?) -> Int? {
        let needed = Self.adapters(of: part)
        var best: (index: Int, load: Double)?
        for (index, session) in sessions.enumerated() {
            guard session.hasRoom, part.onProbation || session.address != reserved,
                needed.isSubset(of: session.adapters), isFit(session, for: part)
            else { continue }
            // Three known beginnings are worth a third of a worker's slots, no more: a popular
            // prompt must not pile up at one worker while another idles.
            let familiarity = session.familiarity(part.prefixes)
            let load =
                Double(session.occupants.count) / Double(session.slots) - Double(familiarity) / 9
            if best.map({ load < $0.load }) ?? true { best = (index, load) }
        }
        return best?.index
    }

    /// Whether the others at the worker and the part may share their fate.
    private func isFit(_ session: WorkerSession, for part: RequestPart) -> Bool {
        for occupant in session.occupants {
            guard let other = requests[occupant.key.request]?.parts[occupant.key.part] else {
                // What is left of a forgotten request could still kill the worker.
                if part.onProbation { return false }
                continue
            }
            if other.onProbation || (part.onProbation && !other.isCleared) { return false }
        }
        return true
    }

    private func emptiest(for part: RequestPart) -> Peer? {
        let needed = Self.adapters(of: part)
        return
            sessions
            .filter { !$0.isDraining && needed.isSubset(of: $0.adapters) }
            .min { $0.occupants.count < $1.occupants.count }?
            .address
    }

    private static func adapters(of part: RequestPart) -> Set<Digest> {
        Set(part.segments.flatMap(\.mix.shares).compactMap { Digest(bytes: $0.adapter) })
    }

    private mutating func dispatch(_ key: PartKey, to index: Int, now: Instant) {
        queue.remove(key)
        guard var request = requests[key.request] else { return }
        let session = sessions[index]
        request.parts[key.part].epoch += 1
        request.parts[key.part].phase = .running(
            RequestPart.Attempt(
                worker: session.address, firstToken: request.parts[key.part].tokens.count))
        let part = request.parts[key.part]
        requests[key.request] = request
        if !part.tokens.isEmpty { counters.resumed += 1 }
        sessions[index].remember(part.prefixes)
        sessions[index].occupants.append(
            WorkerSession.Occupant(key: key, epoch: part.epoch))
        let order = order(request, part: key.part, now: now)
        actions.append(.toWorker(session.address, .dispatch(order)))
    }

    /// Everything that lets any worker go on where the reply stands.
    private func order(_ request: ServedRequest, part index: Int, now: Instant) -> WireDispatch {
        let part = request.parts[index]
        var order = WireDispatch()
        order.requestID = request.id
        order.part = UInt32(clamping: index)
        order.epoch = part.epoch
        order.prompt = part.prompt
        order.routedText = part.routedText
        order.sampling = request.sampling
        order.sampling.seed = part.seed
        order.limits = request.limits
        order.limits.deadlineMs = request.deadline.map { max(($0 - now).wireMilliseconds, 1) } ?? 0
        order.kvRule = request.kvRule
        order.segments = part.segments
        order.emitted = part.tokens
        order.emittedTextBytes = UInt32(clamping: part.textByteCount)
        if let auto = request.auto {
            order.reroute = request.kvRule != .pin
            order.allowedAdapters = auto.allowed.compactMap { name in
                pool?.adapter(named: name).map { Data($0.digest.bytes) }
            }
            order.weighting = auto.weighting
            order.gain = auto.gain
            order.router = router.map { Data($0.digest.bytes) } ?? Data()
        }
        return order
    }
}
