import FoundationEssentials
import Journal
import Tensors
import Wire

/// Handing parts to workers.
extension Broker {
    /// Gives waiting parts to workers with room, in the order of the queue.
    ///
    /// A part that nobody can take now does not hold up others, except that a suspect that has waited long gets a worker
    /// emptied for it. What is only encoded needs no slot.
    mutating func dispatch(_ now: Instant) {
        guard !queue.isEmpty, isAnyoneOpen else { return }
        var shares = PlaceShares(
            sessions, active: clients.active, waiting: { queue.count(of: $0) },
            owner: { requests[$0.request]?.delivery.client })
        let reserved = reserve(now)
        while isAnyoneOpen {
            let choice = queue.next {
                // Decided once for each line, so that long ones are not looked through in vain.
                owner in
                sessions.enumerated().contains { shares.allow(owner, at: $0, of: $1) }
                    || queue.encodingCount(of: owner) > 0 && sessions.contains(where: \.canEncode)
            } where: { waiting, owner in
                worker(for: waiting, of: owner, within: shares, besides: reserved) != nil
            }
            guard let choice else { return }
            let index = worker(
                for: choice.part, of: choice.owner, within: shares, besides: reserved)
            queue.take(choice)
            let key = choice.part.key
            if let deadline = requests[key.request]?.deadline, now >= deadline {
                end(key, stoppedBy: .deadline, now: now)
            } else if let index {
                dispatch(key, to: index, now: now)
                if !choice.part.isEncoding { shares.take(choice.owner, at: index) }
            }
        }
    }

    /// Has a worker load the adapters of a part that has to wait: the one that lacks the fewest.
    mutating func expect(_ part: RequestPart, of request: ServedRequest) {
        let needed = Self.adapters(of: part)
        guard let edition = request.edition, !needed.isEmpty,
            !sessions.contains(where: \.hasRoom)
        else { return }
        let able = sessions.filter {
            !$0.isDraining && $0.congestedUntil == nil && $0.editions.contains(edition)
        }
        guard
            let session = able.min(by: { $0.absentCount(of: needed) < $1.absentCount(of: needed) }),
            session.absentCount(of: needed) > 0
        else { return }
        let expect = WireExpect { $0.adapters = needed.sorted().map { Data($0.bytes) } }
        actions.append(.toWorker(session.address, .expect(expect)))
    }

    static func adapters(of part: RequestPart) -> Set<Digest> {
        Set(part.segments.flatMap(\.mix.shares).compactMap { Digest(bytes: $0.adapter) })
    }

    private var isAnyoneOpen: Bool {
        sessions.contains { $0.hasRoom || queue.encodingCount > 0 && $0.canEncode }
    }

    /// The worker that takes nothing else until it is empty enough for a suspect that has waited long.
    private func reserve(_ now: Instant) -> Address? {
        for waiting in queue.suspects {
            guard let part = part(waiting.key),
                now - part.queuedSince >= configuration.agingLimit,
                worker(for: waiting, of: nil, within: nil, besides: nil) == nil
            else { continue }
            return emptiest(for: waiting.key)
        }
        return nil
    }

    /// The best worker that may take the part: the one with the least load, where a prompt that
    /// began alike makes up for some of it.
    ///
    /// Ties go to the first that came up.
    private func worker(
        for waiting: FairQueue.Waiting, of owner: Address?, within shares: PlaceShares?,
        besides reserved: Address?
    ) -> Int? {
        guard let part = part(waiting.key), let edition = requests[waiting.key.request]?.edition
        else { return nil }
        let needed = Self.adapters(of: part)
        var best: (index: Int, load: Double)?
        for (index, session) in sessions.enumerated() {
            let isOpen =
                waiting.isEncoding
                ? session.canEncode
                : shares?.allow(owner, at: index, of: session) ?? session.hasRoom
            guard isOpen, part.onProbation || session.address != reserved,
                session.editions.contains(edition), isFit(session, for: part)
            else { continue }
            // Three known beginnings are worth a third of a worker's slots, no more: a popular
            // prompt must not pile up at one worker while another idles.
            // An adapter that has to be loaded weighs as much as a beginning.
            let familiarity =
                session.familiarity(part.prefixes) - min(session.absentCount(of: needed), 3)
            let load =
                Double(session.runningCount) / Double(session.slots) - Double(familiarity) / 9
                + Double(session.encodingCount) / 2
            if best.map({ load < $0.load }) ?? true { best = (index, load) }
        }
        return best?.index
    }

    /// Whether the worker has lived since the part's last one died, and the others there and the part may share their fate.
    private func isFit(_ session: WorkerSession, for part: RequestPart) -> Bool {
        guard session.answeredRollCall >= part.rollCall else { return false }
        for occupant in session.occupants {
            guard let other = self.part(occupant.key) else {
                // What is left of a forgotten request could still kill the worker.
                if part.onProbation { return false }
                continue
            }
            if other.onProbation || (part.onProbation && !other.isCleared) { return false }
        }
        return true
    }

    private func emptiest(for key: PartKey) -> Address? {
        guard let edition = requests[key.request]?.edition else { return nil }
        return
            sessions
            .filter { !$0.isDraining && $0.editions.contains(edition) }
            .min { $0.occupants.count < $1.occupants.count }?
            .address
    }

    private mutating func dispatch(_ key: PartKey, to index: Int, now: Instant) {
        guard var request = requests[key.request] else { return }
        let session = sessions[index]
        request.parts[key.part].epoch += 1
        request.parts[key.part].phase = .running(
            RequestPart.Attempt(
                worker: session.address, firstToken: request.parts[key.part].tokens.count))
        request.parts[key.part].startedAt = request.parts[key.part].startedAt ?? now
        let part = request.parts[key.part]
        requests[key.request] = request
        if !part.tokens.isEmpty { counters.resumed += 1 }
        if !request.body.encodeOnly { sessions[index].remember(part.prefixes) }
        sessions[index].take(key, epoch: part.epoch, isEncoding: request.body.encodeOnly)
        let order = order(request, part: key.part, now: now)
        actions.append(.toWorker(session.address, .dispatch(order)))
    }

    /// Everything that lets any worker go on where the reply stands.
    private func order(_ request: ServedRequest, part index: Int, now: Instant) -> WireDispatch {
        let part = request.parts[index]
        let edition = request.edition.flatMap { editions[$0] }
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
        order.scores = request.body.scores
        order.promptScored = UInt32(clamping: part.promptScoreCount)
        order.encodeOnly = request.body.encodeOnly
        order.noSpecialTokens = request.body.noSpecialTokens
        order.emittedTextBytes = UInt32(clamping: part.textByteCount)
        if let auto = request.auto {
            order.reroute = request.kvRule != .pin
            order.allowedAdapters = auto.allowed.compactMap { name in
                edition?.adapter(named: name).map { Data($0.digest.bytes) }
            }
            order.weighting = auto.weighting
            order.gain = auto.gain
            order.router = request.origin.router.map { Data($0.bytes) } ?? Data()
        }
        if shelf != nil { order.edition = Data(request.edition?.bytes ?? []) }
        return order
    }
}
