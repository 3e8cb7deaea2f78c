internal import Adapters
public import Kernels
public import Tensors

/// A decoder with its weights packed for the kernels, read-only and shared by all who run it.
public final class Transformer: Sendable {
    public let configuration: ModelConfiguration
    public let precision: Precision
    /// SHA-256 of the source checkpoint.
    public let digest: Digest
    let embedding: PackedWeights
    let blocks: [TransformerBlock]
    let finalNorm: AlignedBuffer<Float>
    let head: Projection

    /// Binds every tensor of a checkpoint, and packs its matrices or takes them from an image.
    ///
    /// - Throws: for missing tensors, shapes that do not fit the configuration, and values that are not finite.
    public init(
        _ checkpoint: Checkpoint, precision: Precision, pool: ThreadPool, image: ModelImage? = nil
    ) throws(ModelError) {
        configuration = checkpoint.configuration
        self.precision = precision
        digest = checkpoint.digest
        let loader = WeightLoader(
            checkpoint: checkpoint, type: precision.weights, pool: pool, image: image)
        embedding = try loader.matrix(.embedding)
        var blocks: [TransformerBlock] = []
        for layer in 0..<configuration.layerCount {
            blocks.append(try TransformerBlock(checkpoint, layer: layer, loader: loader))
        }
        self.blocks = blocks
        // The head is linear, so what logits are multiplied with may be in the norm before it.
        let scale = configuration.multipliers.logits
        let norm = try checkpoint.norm(.finalNorm) ?? AlignedBuffer(count: 0)
        for index in 0..<norm.count where scale != 1 { norm[index] *= scale }
        finalNorm = norm
        head = Projection([(configuration.isTied ? embedding : try loader.matrix(.head), nil)])
    }

    /// Whether any weights read int8 activations.
    public var readsIntegers: Bool {
        blocks.contains { block in
            LinearName.Site.allCases.contains { site in
                block.projection(site).parts.contains { $0.weights.format.readsIntegers }
            }
        } || head.parts.contains { $0.weights.format.readsIntegers }
    }

    /// Memory that the weights take.
    public var byteCount: Int {
        embedding.byteCount + head.byteCount
            + blocks.reduce(0) { sum, block in
                sum + LinearName.Site.allCases.reduce(0) { $0 + block.projection($1).byteCount }
            }
    }

    /// Reads once all weights that a token's pass reads: the time that it takes bounds decode.
    public func readWeights(pool: ThreadPool) {
        for block in blocks {
            for site in LinearName.Site.allCases { block.projection(site).read(pool: pool) }
        }
        head.read(pool: pool)
    }

    /// Memory for keys and values of `blockCount` blocks; nil when the system has not so much.
    public func makePages(blockCount: Int) -> KVPages? {
        KVPages(
            layerCount: configuration.layerCount, blockCount: blockCount,
            headCount: configuration.keyValueHeads, headDimension: configuration.headDimension,
            type: precision.cache)
    }

    /// Bytes of one block of keys and values.
    public var blockBytes: Int {
        KVPages.blockBytes(
            layerCount: configuration.layerCount, headCount: configuration.keyValueHeads,
            headDimension: configuration.headDimension, type: precision.cache)
    }

    /// Runs a step's rows through the model: their keys and values go into the pages, the last hidden states
    /// of those wanted stay in the workspace for `computeLogits`.
    public func forward(
        _ step: TransformerStep, in work: Workspace, pages: KVPages, on compute: Compute
    ) {
        precondition(step.rowCount <= work.rowCapacity)
        for rotations in work.rotations { rotations.prepare(step) }
        compute.use(step.groups)
        compute.embed(
            step.tokens, with: embedding, scale: configuration.multipliers.embedding,
            into: work.hidden)
        for (layer, block) in blocks.enumerated() {
            let isLast = layer == blocks.count - 1
            block.forward(
                step, wanted: isLast ? step.wanted : step.rows, in: work, pages: pages,
                layer: layer, on: compute)
        }
        compute.add(
            work.branch, to: work.hidden, scale: work.residualMultiplier, rows: step.wanted)
    }

    /// Computes the logits of up to `logitCapacity` rows of the last step into the first rows of `work.logits`.
    public func computeLogits(of rows: RowList, in work: Workspace, on compute: Compute) {
        precondition(rows.count <= work.logitCapacity)
        compute.normalize(
            work.hidden, weight: finalNorm, epsilon: configuration.normEpsilon, into: work.final,
            rows: rows)
        compute.projectHead(
            head, work.final, into: work.logits, rows: rows,
            site: LinearName.headSite(layerCount: blocks.count))
        if let cap = configuration.logitCap {
            compute.softCap(work.logits, at: cap, count: rows.count)
        }
    }
}
