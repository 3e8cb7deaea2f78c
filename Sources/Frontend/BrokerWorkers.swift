import Journal
import Tensors
import Wire

/// Workers that come and go.
extension Broker {
    /// Takes a worker into the pool, unless it is not like the others.
    mutating func ready(_ ready: WireReady, from worker: Address, now: Instant) {
        lose(worker, because: "it began a new session", now: now)
        let identity = WorkerIdentity(ready.identity)
        for session in sessions where identity != nil && session.identity == identity {
            lose(session.address, because: "it began a new session", now: now)
        }
        do {
            let pool = try PoolIdentity(ready)
            try check(pool)
            var session = WorkerSession(
                ready, from: worker, rollCall: rollCall, now: now)
            let isFirst = editions.current == nil
            if shelf == nil { session.hold(try adoptAdapters(ready)) }
            self.pool = self.pool ?? pool
            if isFirst { adoptRestored(now) }
            mayDispatch = true
            sessions.append(session)
            places.serves(identity)
            announce(sessions.count - 1)
            offerEditions(to: worker)
            beginChange(now)
        } catch {
            actions.append(.toWorker(worker, .failed(Reply.failed(error, part: 0))))
            if let identity {
                actions.append(.killWorker(identity, reason: error.message))
            }
        }
    }

    private func check(_ identity: PoolIdentity) throws(Refusal) {
        if let pool, let difference = pool.difference(from: identity) {
            throw Refusal(
                .invalidArgument,
                "the worker is not like the others: \(difference); start the service anew to "
                    + "change what it serves")
        }
        guard identity.router == router?.digest else {
            throw Refusal(
                .invalidArgument,
                "the worker has the router \(PoolIdentity.name(identity.router)), the front has "
                    + PoolIdentity.name(router?.digest))
        }
    }

    /// Makes the first worker's adapters the service's; others must have the same.
    ///
    /// - Returns: the edition that they are.
    private mutating func adoptAdapters(_ ready: WireReady) throws(Refusal) -> Digest {
        let adapters = try RegisteredAdapter.all(in: ready)
        if let current = editions.current {
            guard current.adapters == adapters else {
                throw Refusal(
                    .invalidArgument,
                    "the worker is not like the others: its adapters are not those of the pool; "
                        + "start the service anew to change what it serves")
            }
            return current.id
        }
        let edition = try Edition(adapters, router: router)
        for warning in edition.warnings { actions.append(.report(warning)) }
        refusedAdapters = ready.refused
        editions.install(edition)
        return edition.id
    }

    mutating func exited(
        place: Int, identity: WorkerIdentity, because reason: String, now: Instant
    ) {
        places.exited(place, identity: identity, because: reason)
        if let session = sessions.first(where: { $0.identity == identity }) {
            lose(session.address, because: reason, now: now)
        }
    }

    /// What a worker is called in reports: by its place, or by its process where somebody else started it.
    func name(of session: WorkerSession) -> String {
        places.index(of: session.identity).map { "worker-\($0)" }
            ?? "worker of process \(session.statedPID)"
    }

    /// Why fewer workers serve than should; empty where all do.
    var degradation: String {
        let serving = Set(sessions.filter(\.isAnnounced).compactMap(\.identity))
        return places.degradation(serving: serving)
    }
}
