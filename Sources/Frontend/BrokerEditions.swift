import FoundationEssentials
import Registry
import Tensors
import Wire

/// Editions at workers: who holds what, and until when.
extension Broker {
    /// Tells a worker what it has to hold: what new requests get, what is to come, and what runs.
    mutating func offerEditions(to worker: Address) {
        guard let shelf, let index = sessions.firstIndex(where: { $0.address == worker }) else {
            return
        }
        let used = usedEditions
        let outlines =
            editions.all.map(\.outline).filter {
                used.contains($0.id) || editions.wanted.contains($0.id)
            } + (shelf.change?.proposal?.outlines ?? [])
        for outline in outlines {
            guard let number = sessions[index].offer(outline.id) else { continue }
            order(shelf.order(outline, offer: number), at: index)
        }
    }

    /// Notes that a worker holds an edition, or does not.
    ///
    /// What it says of an offer that was dropped since, and maybe made again, counts for nothing; 0: it knows no numbers.
    mutating func take(_ held: WireEditionHeld, from worker: Address, now: Instant) {
        guard let index = sessions.firstIndex(where: { $0.address == worker }),
            let id = Digest(bytes: held.edition), let offer = sessions[index].offered[id],
            [0, offer].contains(held.offer)
        else { return }
        guard held.refused.isEmpty else {
            sessions[index].drop(id)
            return refused(held.refused, of: id, by: worker, now: now)
        }
        editions.learn(held.adapters.compactMap { try? RegisteredAdapter($0) })
        sessions[index].hold(id)
        mayDispatch = true
        announce(index)
        advanceChange(now)
    }

    private mutating func refused(
        _ adapters: [WireRefusedAdapter], of edition: Digest, by worker: Address, now: Instant
    ) {
        let reason = adapters.map { "\($0.name): \($0.reason)" }.joined(separator: "; ")
        let change = shelf?.change
        // What is in force already the others hold: the change is not to blame.
        let isInForce = editions.wanted.contains(edition) || usedEditions.contains(edition)
        if let change, case .distributing(let proposal) = change.phase, proposal.contains(edition),
            change.isStart || !isInForce
        {
            if !change.isStart {
                let refusal = Refusal(.invalidArgument, "a worker refuses \(reason)")
                return abortChange(refusal, now: now)
            }
            if leaveOut(adapters, now: now) { return }
        }
        // What is being written down may be in force already: whoever lacks it goes.
        guard needs(edition) else { return }
        let lack = Refusal(.notFound, "the worker lacks what is served: \(reason)")
        actions.append(.toWorker(worker, .failed(Reply.failed(lack, part: 0))))
        kill(worker, because: lack.message, now: now)
    }

    /// Says once of a worker that it serves: it holds what new requests get.
    mutating func announce(_ index: Int) {
        guard let pool, let current = editions.current, !sessions[index].isAnnounced,
            editions.wanted.isSubset(of: sessions[index].editions)
        else { return }
        sessions[index].noteAnnounced()
        actions.append(
            .workerReady(
                sessions[index].identity, type: pool.type, adapterCount: current.adapters.count,
                refused: refusedAdapters))
    }

    /// Lets workers drop what nothing runs under any more, be it that they hold it or load it, and forgets what nobody can ask for.
    mutating func retireEditions() {
        guard let shelf else { return }
        let proposed = shelf.change?.proposal
        let kept = editions.wanted.union(proposed?.outlines.map(\.id) ?? [])
        let hasSurplus =
            editions.all.contains { !kept.contains($0.id) }
            || sessions.contains { !kept.isSuperset(of: $0.offered.keys) }
        guard hasSurplus else { return }
        let used = usedEditions.union(kept)
        for index in sessions.indices {
            for id in Set(sessions[index].offered.keys).subtracting(used).sorted() {
                drop(id, at: index)
            }
        }
        let remembered = requests.editions
        editions.forget(
            unless: { remembered.contains($0) },
            keeping: shelf.registry.digests.union(proposed?.registry.digests ?? []))
    }

    /// Has everything removed from disk that neither the registry knows nor a request may need.
    mutating func pruneShelf() {
        guard let registry = shelf?.registry else { return }
        let adapters = editions.all.flatMap { $0.adapters.map(\.digest) }
        let routers = Set(
            (editions.all.map(\.outline.router) + [registry.router?.digest]).compactMap(\.self))
        shelf?.earlierRouters.removeAll { !routers.contains($0.digest) }
        actions.append(
            .pruneShelf(adapters: registry.digests.union(adapters), routers: routers))
    }

    mutating func drop(_ edition: Digest, at index: Int) {
        sessions[index].drop(edition)
        let order = WireDropEdition { $0.edition = Data(edition.bytes) }
        self.order(.dropEdition(order), at: index)
    }

    /// Sends an order after those that wait for a full pipe: what is dropped and held again must not change places.
    private mutating func order(_ order: WorkerOrder, at index: Int) {
        guard sessions[index].unsent.isEmpty else { return sessions[index].put(off: order) }
        actions.append(.toWorker(sessions[index].address, order))
    }

    /// Whether a worker that is to hold an edition still has to.
    func needs(_ edition: Digest) -> Bool {
        editions.wanted.contains(edition) || usedEditions.contains(edition)
            || shelf?.change?.proposal?.contains(edition) ?? false
    }

    /// What requests were accepted under that have not ended.
    private var usedEditions: Set<Digest> {
        Set(requests.live.compactMap { requests[$0]?.edition })
    }
}
