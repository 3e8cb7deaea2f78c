public import Adapters
public import Tensors

/// Adapters in memory and on their way there.
extension Engine {
    /// Bytes that adapters take, those that are being loaded too, and that they may take.
    public var adapterByteCount: Int { residency.byteCount }
    public var adapterByteLimit: Int { residency.byteLimit }

    /// What became of an adapter so far; nil: it is not here.
    public func figures(of adapter: Digest) -> AdapterFigures? { residency.figures(of: adapter) }

    // MARK: The shelf

    /// Whether requests may use an adapter.
    public func holds(_ adapter: Digest) -> Bool { mixes.shelf[adapter] != nil }

    /// The adapters that requests may use.
    public var adapters: [Digest] { mixes.shelf.adapters.map(\.digest) }

    /// Puts an adapter on the shelf without a name: mixes name its content.
    ///
    /// Weights that came with it stay if there is room for them; else they are read again when they are asked for.
    public func hold(_ adapter: ShelvedAdapter) {
        mixes.hold(adapter)
        guard retired.removeValue(forKey: adapter.digest) == nil else { return }
        let hasRoom = adapterByteCount + adapter.byteCount <= adapterByteLimit
        let weights = hasRoom ? adapter.weights : nil
        residency.add(
            adapter.digest, byteCount: adapter.byteCount, isResident: weights != nil)
        if let weights { mixes.insert(weights) }
    }

    /// Takes an adapter off the shelf: new requests are refused; sequences that have it in a mix go on, as long as its
    /// files are there to be read again.
    func remove(_ adapter: Digest) {
        guard let shelved = mixes.shelf[adapter] else { return }
        retired[adapter] = shelved
        mixes.remove(adapter)
        forgetRetired()
    }

    /// Takes an adapter off the shelf that was put there without a name.
    public func release(_ adapter: Digest) {
        guard !mixes.shelf.named.values.contains(where: { $0.digest == adapter }) else { return }
        remove(adapter)
    }

    /// Forgets adapters that are off the shelf and that no sequence uses any more.
    func forgetRetired() {
        guard !retired.isEmpty else { return }
        let used = Set(sequences.values.flatMap(\.segments).flatMap(\.mix.shares).map(\.adapter))
        // What is on its way would be mistaken for a later load of the same.
        for adapter in retired.keys where !used.contains(adapter) && !residency.isLoading(adapter) {
            retired[adapter] = nil
            residency.remove(adapter)
            mixes.evict(adapter)
        }
    }

    // MARK: Mixes

    /// Refuses a mix that cannot be had, or that there is no room for.
    public func check(_ mix: AdapterMix) throws(InferenceError) {
        try mixes.check(mix)
        let adapters = mix.shares.map(\.adapter)
        let byteCount = residency.byteCount(of: adapters)
        guard byteCount <= residency.byteLimit else {
            let names = adapters.map { mixes.shelf.name(of: $0) }.sorted().joined(separator: ", ")
            throw InferenceError.adapterOverflow(
                "the adapters \(names) take \(byteCount) bytes together, all adapters may take \(residency.byteLimit); use fewer in one mix, or start the worker with more --adapter-memory"
            )
        }
    }

    /// Says that a mix will be asked for: what of it is not in memory is loaded when there is time for it.
    public func expect(_ mix: AdapterMix) {
        residency.expect(mix.shares.map(\.adapter))
    }

    // MARK: Turns

    /// Takes what was loaded, asks for the turns that running sequences need, and begins loads.
    func giveTurns(_ events: inout [EngineEvent]) {
        for load in loader.finished() { finish(load, &events) }
        for id in scheduler.running {
            guard let sequence = sequences[id],
                sequence.turnEnd.map({ sequence.computedCount >= $0 }) ?? true
            else { continue }
            let (adapters, end) = turn(of: sequence)
            sequence.turnEnd = end
            residency.ask(id, for: adapters)
        }
        for order in residency.advance() {
            switch order {
            case .evict(let adapter): mixes.evict(adapter)
            case .load(let adapter): load(adapter, &events)
            }
        }
    }

    /// The tokens of a sequence that may go through the model now.
    func dueCount(of sequence: TokenSequence) -> Int {
        guard let end = sequence.turnEnd, residency.hasTurn(sequence.id) else { return 0 }
        return min(end, sequence.tokens.count) - sequence.computedCount
    }

    func endTurn(of sequence: TokenSequence) {
        residency.end(sequence.id)
        sequence.turnEnd = nil
    }

    /// The adapters of a sequence's next tokens, and the position before which they are enough: as many of its mixes as
    /// there is room for together, the first in any case.
    private func turn(of sequence: TokenSequence) -> (adapters: [Digest], end: Int) {
        var adapters: Set<Digest> = []
        var position = sequence.computedCount
        repeat {
            let (mix, end) = sequence.governingMix(at: position)
            let more = adapters.union(mix.shares.map(\.adapter))
            guard
                position == sequence.computedCount
                    || residency.byteCount(of: more) <= residency.byteLimit
            else { break }
            (adapters, position) = (more, end)
        } while position < sequence.tokens.count
        return (adapters.sorted(), position)
    }

    private func load(_ adapter: Digest, _ events: inout [EngineEvent]) {
        if let shelved = mixes.shelf[adapter] ?? retired[adapter] { return loader.begin(shelved) }
        let error = AdapterError(.notFound, "the adapter \(adapter) is not on the shelf any more")
        finish(AdapterLoader.Load(adapter: adapter, result: .failure(error), seconds: 0), &events)
    }

    private func finish(_ load: AdapterLoader.Load, _ events: inout [EngineEvent]) {
        var problem = ""
        switch load.result {
        case .success(let adapter): mixes.insert(adapter)
        case .failure(let error): problem = "\(error)"
        }
        let ended = residency.finishLoad(
            of: load.adapter, seconds: load.seconds, succeeded: problem.isEmpty)
        if !residency.isResident(load.adapter) { mixes.evict(load.adapter) }
        for sequence in ended.compactMap({ sequences[$0] }) {
            fail(
                sequence,
                .adapter("the adapter \(name(of: load.adapter)) cannot be loaded: \(problem)"),
                &events)
        }
        forgetRetired()
    }

    private func name(of adapter: Digest) -> String {
        mixes.shelf.name(of: adapter)
    }
}
