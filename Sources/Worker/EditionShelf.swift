internal import Adapters
internal import FoundationEssentials
internal import Inference
internal import Registry
internal import Routing
internal import Tensors
internal import Wire

/// The editions of the front's shelf that a worker holds for a session, and those that it is loading.
///
/// Adapters are loaded one at a time, between steps, so that what runs goes on meanwhile; one stays for as long as an edition
/// has it.
final class EditionShelf {
    private struct Arrival {
        let id: Digest
        /// That it is answered with.
        let offer: UInt64
        let shelf: [String: Digest]
        let store: AdapterStore
        let router: Digest?
        let routers: String
        /// Still to be loaded, the next one last.
        var missing: [String]
        var loaded: [WireResidentAdapter] = []
        var refused: [WireRefusedAdapter] = []
    }

    private let runner: JobRunner
    private let own: HeldEdition
    private var held: [Digest: HeldEdition] = [:]
    private var arrivals: [Arrival] = []

    init(_ runner: JobRunner) {
        self.runner = runner
        own = HeldEdition(own: runner.model)
    }

    /// Whether there is something to load or to say.
    var isLoading: Bool { !arrivals.isEmpty }

    /// What a part was accepted under.
    ///
    /// - Parameter id: empty: what the worker came with.
    func edition(_ id: Data) throws(WorkerError) -> HeldEdition {
        if id.isEmpty { return own }
        guard let digest = Digest(bytes: id), let edition = held[digest] else {
            throw WorkerError(
                .unavailable, "this worker does not hold the adapters that the request came under")
        }
        return edition
    }

    /// Begins to load what an edition has and this worker has not.
    func take(_ edition: WireEdition) {
        guard let id = Digest(bytes: edition.edition) else { return }
        var shelf: [String: Digest] = [:]
        for adapter in edition.adapters { shelf[adapter.name] = Digest(bytes: adapter.digest) }
        let missing = shelf.filter { !runner.engine.holds($0.value) }.keys.sorted(by: >)
        arrivals.append(
            Arrival(
                id: id, offer: edition.offer, shelf: shelf,
                store: AdapterStore(path: edition.store),
                router: Digest(bytes: edition.router), routers: edition.routers,
                missing: missing))
    }

    /// Lets an edition go, and the adapters that no other one has.
    func drop(_ edition: WireDropEdition) {
        guard let id = Digest(bytes: edition.edition) else { return }
        let digests = held.removeValue(forKey: id).map { Set($0.names.keys) } ?? []
        let coming = arrivals.filter { $0.id == id }.flatMap { $0.shelf.values }
        arrivals.removeAll { $0.id == id }
        release(digests.union(coming))
    }

    /// Lets everything go: the front that asked for it is gone.
    func dropAll() {
        let digests = held.values.flatMap { $0.names.keys } + arrivals.flatMap { $0.shelf.values }
        held = [:]
        arrivals = []
        release(Set(digests))
    }

    /// Loads the next adapter, and says so of an edition that is complete.
    func loadNext() -> [WorkerReport] {
        guard var arrival = arrivals.first else { return [] }
        if let name = arrival.missing.popLast(), let digest = arrival.shelf[name] {
            do throws(WorkerError) {
                if let adapter = try load(name, digest, from: arrival.store) {
                    arrival.loaded.append(adapter)
                }
            } catch {
                arrival.refused.append(WireRefusedAdapter(folder: name, reason: error.description))
            }
            arrivals[0] = arrival
        }
        guard arrival.missing.isEmpty else { return [] }
        arrivals.removeFirst()
        do throws(WorkerError) {
            let router = try router(of: arrival)
            if arrival.refused.isEmpty {
                held[arrival.id] = HeldEdition(arrival.shelf, router: router)
            }
        } catch {
            arrival.refused.append(
                WireRefusedAdapter(folder: "router", reason: error.description))
        }
        if !arrival.refused.isEmpty { release(Set(arrival.shelf.values)) }
        return [
            .editionHeld(
                WireEditionHeld {
                    $0.edition = Data(arrival.id.bytes)
                    $0.offer = arrival.offer
                    $0.adapters = arrival.loaded
                    $0.refused = arrival.refused
                })
        ]
    }

    /// - Returns: nil for one that came under another name meanwhile.
    private func load(
        _ name: String, _ digest: Digest, from store: AdapterStore
    ) throws(WorkerError) -> WireResidentAdapter? {
        guard !runner.engine.holds(digest) else { return nil }
        guard let place = store.place(of: digest) else {
            throw WorkerError(.notFound, "\(store.path) has no adapter \(digest)")
        }
        return WireResidentAdapter(try runner.hold(path: place, digest: digest), name: name)
    }

    /// The router of an edition: the one that the worker came with, or one that learned since.
    private func router(of arrival: Arrival) throws(WorkerError) -> AdapterRouter? {
        guard let digest = arrival.router else { return nil }
        if let own = runner.model.router, own.digest == digest { return own }
        do {
            let router = try AdapterRouter(directory: "\(arrival.routers)/\(digest)")
                .abstaining(below: runner.model.threshold)
            guard router.digest == digest else {
                throw WorkerError(.invalidArgument, "its files have the digest \(router.digest)")
            }
            return router
        } catch {
            throw WorkerError(.notFound, "the router \(digest) is not here: \(error)")
        }
    }

    private func release(_ digests: Set<Digest>) {
        let wanted = Set(held.values.flatMap { $0.names.keys })
            .union(arrivals.flatMap { $0.shelf.values })
        for digest in digests.subtracting(wanted) { runner.engine.release(digest) }
    }
}

extension WireResidentAdapter {
    init(_ adapter: ShelvedAdapter, name: String) {
        self.init()
        self.name = name
        digest = Data(adapter.digest.bytes)
        rank = UInt32(clamping: adapter.rank)
        byteCount = UInt64(clamping: adapter.byteCount)
        warnings = adapter.warnings
    }
}
