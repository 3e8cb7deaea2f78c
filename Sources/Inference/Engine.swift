public import Adapters
public import Kernels
public import Models
internal import Tensors

/// Runs many sequences at once, each under its own mixes.
///
/// Owned by one thread; knows token ids, never text or routing.
public final class Engine {
    public let model: Transformer
    /// Tokens that a sequence may have.
    public let contextLength: Int
    public let slotCount: Int
    /// Forward passes and sampled tokens so far.
    public private(set) var stepCount = 0
    public internal(set) var tokenCount = 0
    /// Prompt tokens of the sequences begun so far, and how many of them the prefix cache had; a prompt that is made again
    /// under another mix counts again.
    public private(set) var promptTokenCount = 0
    public private(set) var cachedTokenCount = 0

    let compute: Compute
    let workspace: Workspace
    let pages: KVPages
    private let keepsPrefixes: Bool
    private var cache: BlockCache
    private let blockCount: Int
    var scheduler: Scheduler
    var pacer: StepPacer
    var mixes: MixTable
    /// Which adapters are in memory, and whose turn it is to use them.
    var residency: AdapterResidency
    let loader: AdapterLoader
    /// Adapters that were taken off the shelf while sequences use them.
    var retired: [Digest: ShelvedAdapter] = [:]
    /// One for each thread, since each has working memory.
    let samplers: [Sampler]
    var sequences: [Int: TokenSequence] = [:]
    private var nextID = 1
    var step = TransformerStep()
    private var shares: [Scheduler.Share] = []
    var uses: [LogitUse] = []
    /// The mixes of the rows that are being added.
    private var rowMixes: [MixTable.Resolved] = []
    /// Bytes of weights that a thread multiplies with a row a second, before that was measured: a quarter of what vector
    /// units do, so that even an unknown machine does not begin with a step of many seconds.
    private static let assumedByteRate = 50e9
    /// Milliseconds for which a step that has to wait for adapters waits at most: orders may come meanwhile.
    private static let patience = 20
    /// Sees the logits (sequence, index in the reply) that each token is sampled from.
    var onLogits: ((Int, Int, Span<Float>) -> Void)?

    /// Reserves the memory of an engine.
    ///
    /// - Throws: for a context beyond the model's, a cache that holds nothing, and memory that is not there.
    public init(
        model: Transformer, shelf: AdapterShelf, kernels: KernelSet, pool: ThreadPool,
        settings: EngineSettings = EngineSettings()
    ) throws(InferenceError) {
        self.model = model
        let most = model.configuration.contextLength
        contextLength = settings.contextLength ?? most
        guard contextLength <= most else {
            throw InferenceError.setting(
                "--context \(contextLength): the model ends at \(most) tokens")
        }
        guard settings.cacheByteCount >= model.blockBytes else {
            throw InferenceError.setting(
                "--cache-bytes \(settings.cacheByteCount): \(KVPages.blockSize) tokens, the least, take \(model.blockBytes)"
            )
        }
        slotCount = settings.slotCount
        let wanted = (contextLength + KVPages.blockSize - 1) / KVPages.blockSize * slotCount
        blockCount = min(settings.cacheByteCount / model.blockBytes, wanted)
        guard let pages = model.makePages(blockCount: blockCount) else {
            throw InferenceError.outOfMemory(byteCount: blockCount * model.blockBytes)
        }
        self.pages = pages
        cache = BlockCache(blockCount: blockCount)
        keepsPrefixes = settings.keepsPrefixes
        let rows = max(settings.rowCapacity, settings.slotCount)
        compute = Compute(kernels: kernels, pool: pool, rowCapacity: rows)
        workspace = Workspace(for: model, rowCapacity: rows, logitCapacity: min(rows, 32))
        scheduler = Scheduler(rowCapacity: rows, slotCount: settings.slotCount)
        pacer = StepPacer(
            rowCapacity: rows,
            assumedRowSeconds: Double(model.byteCount) / Double(pool.threadCount)
                / Self.assumedByteRate)
        mixes = MixTable(shelf: shelf)
        loader = AdapterLoader(beside: pool)
        residency = AdapterResidency(byteLimit: settings.adapterByteCount)
        for adapter in shelf.adapters {
            residency.add(
                adapter.digest, byteCount: adapter.byteCount, isResident: adapter.weights != nil)
        }
        samplers = (0..<pool.threadCount).map { _ in Sampler(kernels: kernels) }
    }

    public var kernelName: String { compute.kernels.name }
    public var hasWork: Bool { !sequences.isEmpty }
    public var sequenceCount: Int { sequences.count }
    /// Tokens whose keys and values there is room for.
    public var cacheTokenCount: Int { blockCount * KVPages.blockSize }
    /// Cache blocks that a new sequence could have.
    public var availableBlockCount: Int { cache.availableCount }

    /// Blocks that the prefix cache gave up for others so far.
    public var evictedBlockCount: Int { cache.evictionCount }

    /// Takes a request; its tokens come from `step`.
    ///
    /// - Throws: before any work, when the request cannot be run to its end.
    public func submit(_ request: GenerationRequest) throws(InferenceError) -> Int {
        guard !request.prompt.isEmpty, !request.segments.isEmpty else {
            throw InferenceError.emptyPrompt
        }
        let vocabulary = model.configuration.vocabularySize
        for id in request.prompt + request.emitted where id < 0 || Int(id) >= vocabulary {
            throw InferenceError.idOutOfRange(id, vocabulary: vocabulary)
        }
        let (total, overflow) = request.prompt.count.addingReportingOverflow(
            max(request.maxTokens, 0))
        guard !overflow, total <= contextLength else {
            throw InferenceError.contextOverflow(
                tokens: overflow ? .max : total, limit: contextLength,
                model: model.configuration.contextLength)
        }
        guard blocks(for: total) <= blockCount else {
            throw InferenceError.memoryOverflow(tokens: total, limit: cacheTokenCount)
        }
        for segment in request.segments { try check(segment.mix) }
        for segment in request.segments { expect(segment.mix) }
        let sequence = TokenSequence(id: nextID, request: request)
        nextID += 1
        sequences[sequence.id] = sequence
        scheduler.enqueue(sequence.id)
        return sequence.id
    }

    /// Ends a sequence at once and returns how many of its prompt tokens the prefix cache had.
    ///
    /// Unknown ids are no error:
    /// the sequence may have finished.
    @discardableResult
    public func cancel(_ id: Int) -> Int {
        guard let sequence = sequences.removeValue(forKey: id) else { return 0 }
        scheduler.remove(id)
        release(sequence)
        forgetRetired()
        return sequence.cachedCount
    }

    /// Lets a sequence go on under another mix from its next token on.
    public func route(_ id: Int, to mix: AdapterMix) throws(InferenceError) {
        guard let sequence = sequences[id] else { return }
        try check(mix)
        sequence.add(MixSegment(fromToken: sequence.replyCount, mix: mix))
        sequence.turnEnd = nil
        // A switch before the first token governs the prompt too, also what of it is computed already.
        if sequence.request.kvRule == .recompute || sequence.replyCount == 0 { restart(sequence) }
    }

    /// Seconds that the next step should take, as steps so far went; nil as long as there was none.
    ///
    /// What of a new prompt the prefix cache has is not looked up: then the step may be shorter.
    public var nextStepSeconds: Double? {
        var next = scheduler
        var shares: [Scheduler.Share] = []
        next.admit { _ in true }
        plan(with: &next, into: &shares) { $0.tokens.count - $0.computedCount }
        let decodeRows = shares.count { $0.tokenCount == 1 }
        let rowCount = shares.reduce(0) { $0 + $1.tokenCount }
        return pacer.predictedSeconds(decodeRows: decodeRows, prefillRows: rowCount - decodeRows)
    }

    /// One forward pass over the rows that are due, and the tokens that it brings.
    public func runStep() -> [EngineEvent] {
        var events = endFinished()
        schedule(&events)
        guard step.rowCount > 0 else {
            if events.isEmpty { loader.wait(milliseconds: Self.patience) }
            return events
        }
        let time = ContinuousClock().measure {
            model.forward(step, in: workspace, pages: pages, on: compute)
            sample(into: &events)
        }
        let decodeRows = shares.count { $0.tokenCount == 1 }
        pacer.note(
            decodeRows: decodeRows, prefillRows: step.rowCount - decodeRows,
            seconds: time / .seconds(1))
        seal()
        stepCount += 1
        return events
    }

    /// Sequences that arrive complete: a resumed one may have all its tokens already.
    private func endFinished() -> [EngineEvent] {
        let complete = sequences.values.filter(\.isComplete)
        return complete.sorted { $0.id < $1.id }.map { sequence in
            cancel(sequence.id)
            return sequence.finished(.length)
        }
    }

    private func schedule(_ events: inout [EngineEvent]) {
        step.removeAll()
        mixes.removeRows()
        uses.removeAll(keepingCapacity: true)
        scheduler.admit { id in sequences[id].map(start) ?? true }
        giveTurns(&events)
        plan(with: &scheduler, into: &shares, dueCount)
        for share in shares {
            guard let sequence = sequences[share.sequence] else { continue }
            do throws(InferenceError) {
                try addRows(of: sequence, count: share.tokenCount)
                if sequence.scoreStart == 0 {
                    let first = TokenScore(first: sequence.request.prompt[0])
                    events.append(.promptScores(sequence: sequence.id, start: 0, [first]))
                    sequence.noteScores(upTo: 1)
                }
            } catch {
                fail(sequence, error, &events)
            }
        }
        shares.removeAll { sequences[$0.sequence] == nil }
        mixes.used(into: &step.groups)
    }

    /// - Parameter remaining: how many tokens of a sequence are due.
    private func plan(
        with scheduler: inout Scheduler, into shares: inout [Scheduler.Share],
        _ remaining: (TokenSequence) -> Int
    ) {
        scheduler.plan(into: &shares, limit: pacer.rowLimit, chunk: pacer.chunk) { id in
            sequences[id].map(remaining) ?? 0
        }
    }

    /// Finds what the cache has of a sequence and takes blocks for all the rest of it, so that it can never get stuck.
    private func start(_ sequence: TokenSequence) -> Bool {
        let total = sequence.request.prompt.count + sequence.request.maxTokens
        guard blocks(for: total) <= cache.availableCount else { return false }
        sequence.rotaryLength = rotaryLength(of: sequence)
        var parent = 0
        // What is scored has to be computed.
        while keepsPrefixes, sequence.scoreStart == nil,
            (sequence.sealed.count + 1) * KVPages.blockSize < sequence.tokens.count
        {
            let key = sequence.key(of: sequence.sealed.count, parent: parent)
            guard let (block, serial) = cache.find(key) else { break }
            sequence.table.append(block)
            sequence.sealed.append(serial)
            parent = serial
        }
        sequence.computedCount = sequence.sealed.count * KVPages.blockSize
        sequence.cachedCount = min(sequence.computedCount, sequence.request.prompt.count)
        promptTokenCount += sequence.request.prompt.count
        cachedTokenCount += sequence.cachedCount
        while sequence.table.count < blocks(for: total), let block = cache.allocate() {
            sequence.table.append(block)
        }
        return true
    }

    /// Adds rows to the step, all of them or, when one's mix cannot be had, none.
    private func addRows(of sequence: TokenSequence, count: Int) throws(InferenceError) {
        let positions = sequence.computedCount..<sequence.computedCount + count
        rowMixes.removeAll(keepingCapacity: true)
        for position in positions { rowMixes.append(try mixes.resolve(sequence.mix(at: position))) }
        let index = step.add(sequence.table, rotaryLength: sequence.rotaryLength)
        let isLast = sequence.samples(after: count)
        for (position, mix) in zip(positions, rowMixes) {
            let row = step.rowCount
            let use: LogitUse?
            if isLast && position == positions.upperBound - 1 {
                use = .draw(sequence)
            } else if sequence.scores(after: position) {
                use = .score(PromptPlace(sequence: sequence, position: position + 1))
            } else {
                use = nil
            }
            if let use { uses.append(use) }
            step.append(
                token: sequence.tokens[position], sequence: index, position: position,
                wantsLogits: use != nil)
            for (group, weight) in mix.groups { group.append(row: row, weight: weight) }
        }
        sequence.computedCount += count
    }

    /// Ends a sequence that cannot go on as it was asked for.
    func fail(
        _ sequence: TokenSequence, _ error: InferenceError, _ events: inout [EngineEvent]
    ) {
        cancel(sequence.id)
        events.append(.failed(sequence: sequence.id, error))
    }

    var cancelAfterSealing: [Int] = []

    /// Makes the blocks that the step filled findable, then lets finished sequences go.
    private func seal() {
        if keepsPrefixes {
            for share in shares {
                guard let sequence = sequences[share.sequence] else { continue }
                while (sequence.sealed.count + 1) * KVPages.blockSize <= sequence.computedCount {
                    let block = sequence.sealed.count
                    let key = sequence.key(of: block, parent: sequence.sealed.last ?? 0)
                    sequence.sealed.append(cache.seal(sequence.table[block], key: key))
                }
            }
        }
        for id in cancelAfterSealing { cancel(id) }
        cancelAfterSealing.removeAll(keepingCapacity: true)
        restartOutgrown()
    }

    private func rotaryLength(of sequence: TokenSequence) -> Int {
        model.configuration.rotaryLength(
            prompt: sequence.request.prompt.count, total: sequence.tokens.count)
    }

    /// Computes sequences anew that have come to a length from which on all their keys are rotated otherwise.
    private func restartOutgrown() {
        for case .draw(let sequence) in uses
        where sequences[sequence.id] != nil && rotaryLength(of: sequence) != sequence.rotaryLength {
            restart(sequence)
        }
    }

    /// Forgets what a sequence has in the cache; it is prefilled again, at once or, where it shared blocks that others
    /// still use, when there is room for blocks of its own.
    private func restart(_ sequence: TokenSequence) {
        guard sequence.table.count > 0 else { return }
        release(sequence)
        if !start(sequence) { scheduler.postpone(sequence.id) }
    }

    private func release(_ sequence: TokenSequence) {
        cache.release((0..<sequence.table.count).map { sequence.table[$0] })
        sequence.table.removeAll()
        sequence.sealed.removeAll()
        sequence.computedCount = 0
        endTurn(of: sequence)
    }

    private func blocks(for tokens: Int) -> Int {
        (tokens + KVPages.blockSize - 1) / KVPages.blockSize
    }
}
