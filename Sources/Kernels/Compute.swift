internal import CKernels
internal import Tensors

/// The operations of a transformer step over rows of activations, on one kernel set and one thread pool.
///
/// Determinism: each output is summed by one thread in one fixed order, so a row's result depends neither on the number
/// of threads nor on the rows beside it.
///
/// Sendable unchecked: one thread asks for one operation after the other; only their chunks run in parallel.
@safe public final class Compute: @unchecked Sendable {
    public let kernels: KernelSet
    public let pool: ThreadPool
    let adapters: StepAdapters
    private let identity: RowList
    private var parts = unsafe Scratch<fb_part>()
    /// Chunks of A x that the laid out parts need first.
    private var shrinkChunks = 0
    var runs = AttentionRuns()
    /// Logits of heads that adapters brought, before they are mixed with the base's; made when the first one is used.
    var otherLogits: Activations?

    /// - Parameter rowCapacity: the most rows that a step has.
    public init(kernels: KernelSet, pool: ThreadPool, rowCapacity: Int) {
        self.kernels = kernels
        self.pool = pool
        adapters = StepAdapters(rowCapacity: rowCapacity)
        identity = RowList(identity: rowCapacity)
    }

    /// Takes the adapters of a step, each with its rows, in the order in which a row adds them.
    public func use(_ groups: [LowRankGroup]) {
        adapters.arrange(groups)
    }

    /// From here to the end of the step only these of its rows go on: the adapters have no others to read.
    public func narrow(to rows: RowList) {
        adapters.narrow(to: rows)
    }

    /// y = W x + bias + sum over adapters of weight (factor B (A x) + gain ⊙ W x + shift), for the rows listed.
    ///
    /// The coefficient goes onto the rank-sized intermediate (c ⊙ (A x)), so A and B are shared by all rows.
    ///
    /// - Parameters:
    ///   - x: rows that `normalize` or `quantize` prepared where the weights read integers.
    ///   - site: which of the terms of the adapters in use belong to this projection; nil: no adapters.
    ///   - compact: write the i-th row listed to row i of y, instead of where it stands in x.
    public func project(
        _ projection: Projection, _ x: Activations, into y: Activations, rows: RowList,
        site: Int? = nil, compact: Bool = false
    ) {
        guard rows.count > 0 else { return }
        lay(projection, x, into: y, rows: rows, site: site, compact: compact)
        let project = unsafe kernels.table.pointee.project
        let list = unsafe parts.pointer
        let chunks = unsafe projection.chunks.pointer
        pool.run(
            first: shrinkChunks, { shrink(x, chunk: $0) }, then: projection.chunks.count
        ) { index in
            let chunk = unsafe chunks[index]
            unsafe project(list + Int(chunk.part), chunk.begin, chunk.end)
        }
    }

    /// out = activation(gate) * up, where the projection's two parts are gate and up; with its int8 form where `out` has room for
    /// one.
    ///
    /// A thread computes the same outputs of both parts and activates them itself: what lies between stays in its cache.
    ///
    /// - Parameter y: room for gate and up.
    public func projectGated(
        _ projection: Projection, _ x: Activations, through y: Activations, into out: Activations,
        activation: Activation = .silu, rows: RowList, site: Int? = nil
    ) {
        guard rows.count > 0 else { return }
        precondition(
            projection.parts.count == 2
                && projection.parts.allSatisfy { $0.weights.outputs == out.width },
            "gate, up and what they become differ in width")
        lay(projection, x, into: y, rows: rows, site: site)
        let tiles = projection.parts[0].weights.tileCount
        let list = unsafe parts.pointer
        // Tiles of up come with gate's, which alone fetch the next A.
        unsafe (list[0].all_tiles, list[1].all_tiles) = (Int32(tiles), 0)
        let projectGated = unsafe kernels.table.pointee.project_gated
        let chunks = unsafe projection.chunks.pointer
        let gated = unsafe fb_gated(
            activation: activation.code, values: out.values.pointer, stride: out.stride,
            quantized: out.isQuantized ? out.quantized(at: 0) : fb_quantized())
        unsafe withUnsafePointer(to: gated) { gated in
            unsafe (list[0].gated, list[1].gated) = (gated, gated)
            pool.run(
                first: shrinkChunks, { shrink(x, chunk: $0) }, then: projection.firstPartChunks
            ) { index in
                let chunk = unsafe chunks[index]
                unsafe projectGated(list, chunk.begin, chunk.end)
            }
        }
    }

    /// Lays out the parts of a projection and the adapters of its site.
    private func lay(
        _ projection: Projection, _ x: Activations, into y: Activations, rows: RowList, site: Int?,
        compact: Bool = false
    ) {
        if let site { select(site, reading: x) }
        let usesAdapters = site != nil && adapters.chunks.count > 0
        shrinkChunks = usesAdapters ? adapters.chunks.count : 0
        unsafe parts.removeAll()
        for (number, part) in projection.parts.enumerated() {
            let weights = part.weights
            precondition(
                !weights.format.readsIntegers || x.isQuantized, "activations without int8 form")
            let base = unsafe fb_matmul(
                format: weights.format.code, weights: weights.pointer,
                tile_bytes: weights.tileBytes, table: weights.table, inputs: Int32(weights.inputs),
                outputs: Int32(weights.outputs), x: x.values.pointer, x_stride: x.stride,
                xq: x.quantized(at: 0), xq_stride: x.stride, x_rows: rows.pointer,
                y_rows: (compact ? identity : rows).pointer,
                row_count: Int32(rows.count), y: y.values.pointer + part.column,
                y_stride: y.stride)
            unsafe parts.append(
                fb_part(
                    base: base, number: Int32(number),
                    first_tile: Int32(part.firstTile), all_tiles: Int32(projection.tileCount),
                    adapters: adapters.adapters.pointer,
                    adapter_count: usesAdapters ? Int32(adapters.adapters.count) : 0,
                    use_starts: usesAdapters ? adapters.useStarts.pointer : nil,
                    uses: adapters.uses.pointer,
                    scales: usesAdapters && adapters.scale ? 1 : 0, bias: part.bias?.pointer,
                    gated: nil))
        }
    }

    private func select(_ site: Int, reading x: Activations) {
        precondition(
            x.isQuantized || !adapters.readBFloats, "activations without bfloat16 form")
        adapters.select(site: site)
    }

    /// A chunk of c ⊙ (A x) of the adapters in use.
    private func shrink(_ x: Activations, chunk: Int) {
        let chunk = unsafe adapters.chunks.pointer[chunk]
        unsafe kernels.table.pointee.shrink(
            adapters.adapters.pointer + Int(chunk.adapter), x.values.pointer,
            x.isQuantized ? x.bfloats.pointer : nil, x.stride, chunk.begin, chunk.end,
            chunk.piece, chunk.pieces)
    }
}
