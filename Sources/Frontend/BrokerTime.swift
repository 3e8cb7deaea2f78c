import Journal
import Wire

/// What the passing of time brings about.
extension Broker {
    mutating func tick(_ now: Instant) {
        // Time alone lets suspects grow old and clients fall quiet.
        mayDispatch = true
        clients.forgetQuiet(for: configuration.activityTime, now)
        for session in sessions { watch(session, now: now) }
        for id in requests.live { expire(id, now: now) }
        for id in clients.waiting { pace(id, now: now) }
        trimEnded(now)
        admission.forgetMissed(now)
        expireChange(now)
        retireEditions()
        if drainingSince != nil { continueDrain(now) }
    }

    /// Counts against nobody what the front did not hear while it was away.
    mutating func excuse(_ now: Instant) {
        for index in sessions.indices {
            sessions[index].excuse(now)
        }
    }

    /// Sends heartbeats, and gives up workers that send none or do not stop what they should.
    private mutating func watch(_ session: WorkerSession, now: Instant) {
        if now - session.heardAt >= configuration.workerTimeout + session.announcedSilence {
            return kill(session.address, because: "it has not been heard of", now: now)
        }
        let patience = configuration.stopTimeout + session.announcedSilence
        let isHung = session.occupants.contains { occupant in
            occupant.stopSince.map { now - $0 >= patience } ?? false
        }
        if isHung {
            return kill(session.address, because: "it does not stop what it should", now: now)
        }
        retryOrders(session, now: now)
        guard now - session.beatenAt >= configuration.heartbeatInterval,
            let index = sessions.firstIndex(where: { $0.address == session.address })
        else { return }
        sessions[index].noteBeat(now)
        actions.append(.toWorker(session.address, heartbeat(for: session)))
    }

    /// Lets a worker hear of the front, and asks it whether it lives as long as it has not answered.
    func heartbeat(for session: WorkerSession) -> WorkerOrder {
        .heartbeat(
            WireHeartbeat { $0.rollCall = session.answeredRollCall < rollCall ? rollCall : 0 })
    }

    /// Ends what is too late, or has nobody left to read it.
    private mutating func expire(_ id: RequestID, now: Instant) {
        guard let request = requests[id] else { return }
        if let deadline = request.deadline, now >= deadline {
            stop(id, reason: .deadline, now: now)
        }
        // What an earlier front accepted waits for its client from when there is somebody to serve it, unless that was here.
        if !request.body.keep, request.edition != nil || request.delivery.isAccepted,
            let since = request.delivery.detachedSince, now - since >= configuration.clientGrace
        {
            stop(id, reason: .cancelled, now: now)
        }
    }

    /// Tries full pipes again, and deals with clients that take nothing.
    private mutating func pace(_ id: RequestID, now: Instant) {
        unpark(id, now: now)
        guard let request = requests[id], request.delivery.client != nil, !request.isDelivered
        else {
            clients.unwatch(id)
            return
        }
        park(request, now: now)
        let stalledTime = requests[id]?.delivery.stalledTime(now) ?? .zero
        guard stalledTime >= configuration.stallTimeout else {
            return retryDelivery(id, now: now)
        }
        if request.backlogByteCount > configuration.streamByteLimit { failSlow(id, now: now) }
        // The pipe was full all that time: the client is there, but does not read.
        if request.delivery.retryAt != nil { detach(id, now: now) }
    }

    /// Goes on telling: a full pipe is tried again after a while, a long backlog goes tick by tick.
    private mutating func retryDelivery(_ id: RequestID, now: Instant) {
        if requests[id]?.delivery.tryAgain(now) ?? false { deliver(id) }
    }

    /// Stops making what its client does not take.
    ///
    /// What there is can still be had by `Attach`.
    private mutating func failSlow(_ id: RequestID, now: Instant) {
        let refusal = Refusal(
            .slowConsumer,
            "the reply was not taken for \(configuration.stallTimeout); attach to get what there is"
        )
        for index in requests[id]?.parts.indices ?? 0..<0 {
            end(PartKey(request: id, part: index), .failed(refusal), now: now)
        }
    }

    /// Takes no new requests from now on; leaves when the accepted ones are over.
    mutating func drain(_ now: Instant) {
        if drainingSince == nil { drainingSince = now }
        continueDrain(now)
    }

    private mutating func continueDrain(_ now: Instant) {
        guard let since = drainingSince, !isDrained else { return }
        if now - since >= configuration.drainTimeout {
            // What is on disk is the next front's; its clients attach there.
            for id in requests.live where !configuration.isDurable {
                for index in requests[id]?.parts.indices ?? 0..<0 {
                    end(PartKey(request: id, part: index), .failed(leaving), now: now)
                }
            }
        } else {
            let isWaitedFor = requests.ended.contains { id in
                requests[id].map { $0.delivery.client != nil && !$0.isDelivered } ?? false
            }
            guard requests.live.isEmpty, !isWaitedFor else { return }
        }
        isDrained = true
        for index in sessions.indices {
            sessions[index].drain()
            actions.append(.toWorker(sessions[index].address, .drain(WireDrain())))
        }
        actions.append(.drained)
    }
}
