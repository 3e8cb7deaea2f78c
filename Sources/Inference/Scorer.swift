public import Adapters
public import Kernels
public import Models

/// Runs given sequences through a model under one mix and hands out the logits of every position.
public struct Scorer {
    private let model: Transformer
    private let compute: Compute
    private let workspace: Workspace
    private let groups: [(group: LowRankGroup, weight: Float)]

    /// Positions that go through the model at once.
    private static let chunk = 64

    public init(
        model: Transformer, shelf: AdapterShelf, mix: AdapterMix, kernels: KernelSet,
        pool: ThreadPool
    ) throws(InferenceError) {
        self.model = model
        compute = Compute(kernels: kernels, pool: pool, rowCapacity: Self.chunk)
        workspace = Workspace(for: model, rowCapacity: Self.chunk, logitCapacity: Self.chunk)
        var table = MixTable(shelf: shelf)
        try table.check(mix)
        for share in mix.shares {
            do {
                if let adapter = shelf[share.adapter] { table.insert(try adapter.load()) }
            } catch {
                throw InferenceError.adapter("\(error)")
            }
        }
        groups = try table.resolve(mix).groups
    }

    /// Calls `body(position, logits)` for each position of a sequence from `first` on, in order.
    ///
    /// - Throws: for ids outside the vocabulary, and for sequences beyond the model's context.
    public func score(
        _ tokens: [Int32], from first: Int = 0, _ body: (Int, Span<Float>) -> Void
    ) throws(InferenceError) {
        let configuration = model.configuration
        for id in tokens where id < 0 || Int(id) >= configuration.vocabularySize {
            throw InferenceError.idOutOfRange(id, vocabulary: configuration.vocabularySize)
        }
        guard tokens.count <= configuration.contextLength else {
            throw InferenceError.sequenceOverflow(
                tokens: tokens.count, limit: configuration.contextLength)
        }
        let blockCount = (tokens.count + KVPages.blockSize - 1) / KVPages.blockSize
        guard let pages = model.makePages(blockCount: blockCount) else {
            throw InferenceError.outOfMemory(byteCount: blockCount * model.blockBytes)
        }
        let table = RowList(identity: blockCount)
        var step = TransformerStep()
        for begin in stride(from: 0, to: tokens.count, by: Self.chunk) {
            let end = min(begin + Self.chunk, tokens.count)
            step.removeAll()
            let sequence = step.add(
                table,
                rotaryLength: configuration.rotaryLength(
                    prompt: tokens.count, total: tokens.count))
            for (group, _) in groups { group.removeAll() }
            for position in begin..<end {
                for (group, weight) in groups { group.append(row: step.rowCount, weight: weight) }
                step.append(
                    token: tokens[position], sequence: sequence, position: position,
                    wantsLogits: position >= first)
            }
            step.groups = groups.map(\.group)
            model.forward(step, in: workspace, pages: pages, on: compute)
            guard first < end else { continue }
            model.computeLogits(of: step.wanted, in: workspace, on: compute)
            let wanted = max(begin, first)
            for position in wanted..<end {
                workspace.logits.withRow(position - wanted) { body(position, $0) }
            }
        }
    }

    /// The natural logarithm of the probability that logits give to a token; not a number where they are no distribution.
    public static func logProbability(of token: Int32, _ logits: Span<Float>) -> Double {
        LogSoftmax(logits)?.logProbability(of: logits[Int(token)]) ?? .nan
    }
}
