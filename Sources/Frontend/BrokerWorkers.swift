import Messaging
import Tensors
import Wire

/// Workers that come and go.
extension Broker {
    /// Takes a worker into the pool, unless it is not like the others.
    mutating func ready(_ ready: WireReady, from worker: Peer, now: Instant) {
        lose(worker, because: "it began a new session", now: now)
        do {
            let identity = try PoolIdentity(ready)
            try check(identity)
            try adopt(identity)
            sessions.append(
                WorkerSession(
                    address: worker, pid: ready.pid, slots: Int(ready.slots),
                    adapters: Set(identity.adapters.map(\.digest)), now: now))
            actions.append(
                .workerReady(
                    pid: ready.pid, type: identity.type, adapterCount: identity.adapters.count))
        } catch {
            actions.append(.toWorker(worker, .failed(Reply.failed(error, part: 0))))
            actions.append(.killWorker(pid: ready.pid, reason: error.message))
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

    /// Makes the first worker's identity the pool's.
    private mutating func adopt(_ identity: PoolIdentity) throws(Refusal) {
        guard pool == nil else { return }
        for warning in try router?.bind(to: identity.adapters) ?? [] {
            actions.append(.report(warning))
        }
        pool = identity
    }

    mutating func started(place: Int, pid: Int32) {
        if var known = places[place] {
            known.pid = pid
            known.isAlive = true
            known.restarts += 1
            places[place] = known
        } else {
            places[place] = WorkerPlace(pid: pid)
        }
    }

    mutating func exited(place: Int, pid: Int32, now: Instant) {
        if places[place]?.pid == pid { places[place]?.isAlive = false }
        if let session = sessions.first(where: { $0.pid == pid }) {
            lose(session.address, because: "its process ended", now: now)
        }
    }
}
