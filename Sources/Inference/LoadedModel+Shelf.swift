internal import Adapters
internal import Kernels
internal import Synchronization
internal import Tensors

/// A folder of adapters, which may be more than memory has room for.
extension LoadedModel {
    /// An adapter of the folder that was read for the first time.
    private struct Reading: Sendable {
        let stamp: AdapterStamp?
        let result: Result<ShelvedAdapter, AdapterError>
    }

    /// Puts all adapters of a folder on the shelf, with their weights if there is room for those of all.
    ///
    /// Those of which nothing is known from an earlier run are read, by all threads; the others are not.
    ///
    /// - Parameter byteLimit: what the weights may take.
    /// - Returns: those that are refused, each with the reason.
    public mutating func addAdapters(
        in folder: String, byteLimit: Int = .max
    ) throws(LoadError) -> [(name: String, reason: String)] {
        let places: [AdapterPlace]
        do {
            places = try AdapterPlace.all(in: folder)
        } catch {
            throw LoadError("\(error)")
        }
        let sources = places.map { adapterSource(path: $0.path) }
        guard let example = sources.first else { return [] }
        var catalog = catalogFolder.map {
            AdapterCatalog(of: folder, in: $0, for: example)
        }
        var adapters: [ShelvedAdapter?] = sources.map { source in
            catalog?.summary(of: source).map { ShelvedAdapter($0, source: source) }
        }
        var refused: [(name: String, reason: String)] = []
        let unknown = adapters.indices.filter { adapters[$0] == nil }
        for (index, reading) in zip(unknown, read(unknown.map { sources[$0] }, byteLimit)) {
            switch reading.result {
            case .success(let adapter):
                catalog?.note(adapter, stamp: reading.stamp)
                adapters[index] = adapter
            case .failure(let error): refused.append((places[index].name, "\(error)"))
            }
        }
        catalog?.save(keeping: sources)
        let total = adapters.reduce(0) { $0 + ($1?.byteCount ?? 0) }
        if total <= byteLimit { loadMissing(&adapters, places, &refused) }
        for (place, adapter) in zip(places, adapters) {
            guard var adapter else { continue }
            if total > byteLimit {
                adapter = ShelvedAdapter(adapter.summary, source: adapter.source)
            }
            do throws(AdapterError) {
                guard adapter.byteCount <= byteLimit else {
                    throw AdapterError(
                        .unsupported,
                        "\(place.path): takes \(adapter.byteCount) bytes, all adapters may take \(byteLimit); start with more --adapter-memory"
                    )
                }
                try shelf.add(adapter, name: place.name)
            } catch {
                refused.append((place.name, "\(error)"))
            }
        }
        return refused.sorted { $0.name < $1.name }
    }

    /// Lets go of the weights of all adapters: an engine has taken them over.
    public mutating func dropAdapterWeights() {
        shelf.dropWeights()
    }

    /// Reads adapters, by all threads, and keeps the weights of as many as there is room for.
    private func read(_ sources: [AdapterSource], _ byteLimit: Int) -> [Reading] {
        let readings = Mutex<[Reading?]>(Array(repeating: nil, count: sources.count))
        let taken = Mutex(0)
        pool.run(sources.count) { index in
            let stamp = AdapterStamp(of: sources[index])
            let result = Result { () throws(AdapterError) in
                let adapter = try ShelvedAdapter(reading: sources[index])
                let isKept = taken.withLock { taken in
                    guard byteLimit - taken >= adapter.byteCount else { return false }
                    taken += adapter.byteCount
                    return true
                }
                return isKept ? adapter : ShelvedAdapter(adapter.summary, source: adapter.source)
            }
            readings.withLock { $0[index] = Reading(stamp: stamp, result: result) }
        }
        return readings.withLock { $0.compactMap(\.self) }
    }

    /// Loads the weights of adapters that were only known.
    private func loadMissing(
        _ adapters: inout [ShelvedAdapter?], _ places: [AdapterPlace],
        _ refused: inout [(name: String, reason: String)]
    ) {
        let missing = adapters.indices.filter {
            adapters[$0]?.weights == nil && adapters[$0] != nil
        }
        let sources = missing.compactMap { adapters[$0]?.source }
        for (index, reading) in zip(missing, read(sources, .max)) {
            switch reading.result {
            case .success(let adapter): adapters[index] = adapter
            case .failure(let error):
                refused.append((places[index].name, "\(error)"))
                adapters[index] = nil
            }
        }
    }
}
