import Journal
import Wire

/// Taking requests in.
extension Broker {
    /// Accepts a request, attaches to the one that has its id and body, or refuses.
    mutating func submit(_ submit: WireSubmit, from client: Address, now: Instant) {
        let id = submit.requestID
        var body = submit
        body.credit = 0
        if isDrained { return refuse(leaving, request: id, to: client) }
        if let known = requests[id] {
            guard known.isAnswer(to: body) else {
                let refusal = Refusal(
                    .alreadyExists,
                    "request \(id) exists with another body; choose a new id")
                return refuse(refusal, request: submit.requestID, to: client)
            }
            return attach(id, to: client, offsets: [], credit: submit.credit)
        }
        if requests.isClosed(id) {
            let refusal = Refusal(
                .alreadyExists, "request \(id) was answered and closed; choose a new id")
            return refuse(refusal, request: id, to: client)
        }
        if sessions.contains(where: { $0.holds(id) }) {
            let refusal = Refusal(
                .unavailable, "a request of this id was closed and is still being stopped",
                retryAfter: configuration.congestionDelay)
            return refuse(refusal, request: id, to: client)
        }
        do {
            try accept(body, id: id, credit: submit.credit, client: client, now: now)
        } catch {
            meter.refused += 1
            refuse(error, request: submit.requestID, to: client)
        }
    }

    /// What a service says that shuts down, of requests that it does not take or does not finish.
    var leaving: Refusal {
        Refusal(
            .unavailable,
            "the service is shutting down; its successor, if there is one, takes the request",
            retryAfter: configuration.successorDelay)
    }

    /// What a service says that cannot keep what it accepts.
    func notRecorded(_ problem: String) -> Refusal {
        Refusal(
            .unavailable, "nothing can be accepted now: \(problem)",
            retryAfter: configuration.recordingDelay)
    }

    private mutating func accept(
        _ body: WireSubmit, id: RequestID, credit: UInt32, client: Address, now: Instant
    ) throws(Refusal) {
        guard drainingSince == nil else {
            throw leaving
        }
        if let engineProblem { throw notRecorded(engineProblem) }
        let limits = body.limits
        try SubmissionCheck(configuration: configuration).check(limits)
        let selection = body.encodeOnly ? WireSelection { $0.base = .init() } : body.selection
        let edition = try edition(for: id)
        let plan = try plan(
            body.prompt, selection: selection, split: body.split, under: edition)
        guard let pool else { throw noPool }
        let costs = plan.parts.map { part in
            body.encodeOnly ? part.encodingCost : part.cost(tokenLimit: limits.tokenLimit)
        }
        let load = QueueLoad(parts: plan.parts.count, cost: costs.reduce(0, +))
        try admission.admit(
            load, id, by: deadline(of: body, load, from: client), isKept: body.keep, of: client,
            to: queue, now: now)

        var sampling = body.sampling.completed(by: pool.samplingDefaults)
        if !sampling.hasSeed { sampling.seed = random.next() }
        let parts = plan.parts.enumerated().map { index, part in
            RequestPart(
                prompt: part.prompt, routedText: part.routedText,
                seed: body.split ? SplitMix.seed(sampling.seed, part: index) : sampling.seed,
                prefixes: PromptText.prefixes(part.prompt, mix: part.segment.mix),
                warnings: part.warnings, unreadByteCount: part.unreadByteCount,
                cost: costs[index],
                phase: .queued, queuedSince: now, segments: [part.segment],
                entries: [.routed(part.segment, part.sentences)])
        }
        let request = ServedRequest(
            id: id, serial: requests.takeSerial(), body: body, sampling: sampling,
            kvRule: body.kvRule == .unspecified ? .keep : body.kvRule, edition: edition.id,
            auto: plan.auto,
            deadline: limits.deadlineMs == 0
                ? nil : now + .milliseconds(Int64(limits.deadlineMs)),
            promptByteCount: PromptText.byteCount(body.prompt),
            origin: RequestOrigin(
                base: pool.base, type: pool.type, kernels: pool.kernels,
                router: edition.router?.digest),
            acceptedAt: now, parts: parts,
            delivery: Delivery(client: client, partCount: parts.count, credit: credit))
        requests.add(request)
        clients.move(id, from: nil, to: client)
        clients.noteActivity(of: client, now)
        if !body.encodeOnly {
            for part in plan.parts { meter.noteChoice(of: part.segment.mix) }
        }
        for index in parts.indices { enqueue(PartKey(request: id, part: index), now: now) }
    }

    /// By when a submission is to be answered, and how much goes before it; nil: it has time.
    private func deadline(
        of body: WireSubmit, _ load: QueueLoad, from client: Address
    ) -> Admission.Deadline? {
        guard body.limits.deadlineMs > 0 else { return nil }
        let running = sessions.reduce(0) { sum, session in
            session.occupants.reduce(sum) { $0 + (part($1.key)?.cost ?? 0) }
        }
        let waiting = queue.cost(
            before: client, PriorityClass(body.priority), adding: load.cost)
        return Admission.Deadline(
            time: .milliseconds(Int64(body.limits.deadlineMs)), ahead: running + waiting)
    }

    /// Puts a part where a worker can be found for it.
    mutating func enqueue(_ key: PartKey, now: Instant) {
        guard let request = requests[key.request], request.parts.indices.contains(key.part)
        else { return }
        requests[key.request]?.parts[key.part].phase = .queued
        requests[key.request]?.parts[key.part].isParked = false
        requests[key.request]?.parts[key.part].queuedSince = now
        mayDispatch = true
        let part = request.parts[key.part]
        queue.insert(
            FairQueue.Waiting(
                key: key, serial: request.serial, cost: part.cost,
                priority: PriorityClass(request.body.priority), isSuspect: part.onProbation,
                isEncoding: request.body.encodeOnly,
                isKept: request.body.keep || request.isRestored),
            of: request.delivery.client)
        expect(part, of: request)
    }

    /// Stops a request's parts wherever they are.
    ///
    /// Doing it again changes nothing.
    mutating func cancel(_ cancel: WireCancel, from client: Address, now: Instant) {
        guard requests[cancel.requestID] != nil else {
            return refuse(unknown(cancel.requestID), request: cancel.requestID, to: client)
        }
        stop(cancel.requestID, reason: .cancelled, now: now)
    }

    /// Ends parts that wait, and asks workers to stop those that run.
    mutating func stop(_ id: RequestID, reason: WireFinishReason, now: Instant) {
        guard let request = requests[id] else { return }
        for (index, part) in request.parts.enumerated() where part.stopping == nil {
            let key = PartKey(request: id, part: index)
            switch part.phase {
            case .ended: break
            case .queued: end(key, stoppedBy: reason, now: now)
            case .running(let attempt):
                requests[id]?.parts[index].stopping = reason
                abandon(key, epoch: part.epoch, at: attempt.worker, now: now)
            }
        }
    }

    func unknown(_ id: RequestID) -> Refusal {
        Refusal(
            .notFound,
            requests.isClosed(id)
                ? "request \(id) was closed; what it held is gone"
                : "no such request; it was never accepted, was closed, or is too long over")
    }
}
