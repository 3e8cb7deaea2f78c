internal import CKernels
public import Tensors

/// Where the rows of a step stand: their sequences' block tables and their positions.
public struct RowPlaces: Sendable {
    /// One a sequence of the step: its blocks in `KVPages`, in order.
    public var tables: [RowList] = []
    /// For each row its sequence, as an index of `tables`.
    public var sequences: [Int] = []
    /// For each row its position in the sequence.
    public var positions: [Int] = []

    public init() {}

    public mutating func removeAll() {
        tables.removeAll(keepingCapacity: true)
        sequences.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
    }
}

/// The heads of an attention layer in a row of `qkv`: queries, then keys, then values.
public struct AttentionShape: Sendable {
    public let queryHeads: Int
    public let keyValueHeads: Int
    public let headDimension: Int
    /// Positions that a row sees, its own included; nil: all before it.
    public let window: Int?
    public let scale: Float
    /// Scores are kept in (-cap, cap) by a hyperbolic tangent; nil: as they are.
    public let cap: Float?

    public init(
        queryHeads: Int, keyValueHeads: Int, headDimension: Int, window: Int?, scale: Float,
        cap: Float? = nil
    ) {
        self.queryHeads = queryHeads
        self.keyValueHeads = keyValueHeads
        self.headDimension = headDimension
        self.window = window
        self.scale = scale
        self.cap = cap
    }

    /// The largest head dimension that the kernels take.
    public static let largestHeadDimension = Int(FB_MAX_HEAD)
}

/// Norms of queries and keys before the rotation: over each head's elements (Qwen 3, Gemma 3), or over those of all heads
/// (OLMo 2), as many as there are weights.
public struct HeadNorms: Sendable {
    let query: AlignedBuffer<Float>
    let key: AlignedBuffer<Float>
    let epsilon: Float

    public init(query: AlignedBuffer<Float>, key: AlignedBuffer<Float>, epsilon: Float) {
        self.query = query
        self.key = key
        self.epsilon = epsilon
    }
}

extension Compute {
    /// Normalizes and rotates each row's queries and keys, and writes keys and values into the cache.
    ///
    /// - Parameter rotation: of the first elements of each head; nil: positions are not told apart.
    public func cacheKeysAndValues(
        _ qkv: Activations, shape: AttentionShape, norms: HeadNorms?, rotation: RowRotations?,
        places: RowPlaces, pages: KVPages, layer: Int, rows: RowList
    ) {
        let dimension = shape.headDimension
        let kernels = unsafe kernels.table.pointee
        forEachRow(rows) { row in
            let queries = unsafe qkv.row(row)
            let keys = unsafe queries + shape.queryHeads * dimension
            let values = unsafe keys + shape.keyValueHeads * dimension
            if let norms {
                unsafe normalize(
                    queries, count: shape.queryHeads * dimension, weight: norms.query,
                    epsilon: norms.epsilon)
                unsafe normalize(
                    keys, count: shape.keyValueHeads * dimension, weight: norms.key,
                    epsilon: norms.epsilon)
            }
            if let rotation {
                let angles = unsafe rotation[row]
                unsafe kernels.rotate(
                    queries, Int32(shape.queryHeads + shape.keyValueHeads),
                    Int32(2 * rotation.pairs), dimension, angles.cosines, angles.sines)
            }
            let position = places.positions[row]
            let table = unsafe places.tables[places.sequences[row]].pointer
            let block = unsafe Int(table[position / KVPages.blockSize])
            for head in 0..<shape.keyValueHeads {
                let index = block * pages.headCount + head
                unsafe kernels.store_kv(
                    keys + head * dimension, values + head * dimension, Int32(dimension),
                    Int32(position % KVPages.blockSize), pages.type.code,
                    pages.layerKeys(layer) + index * pages.keyHeadBytes,
                    pages.layerValues(layer) + index * pages.valueHeadBytes,
                    Int32(pages.paddedDimension))
            }
        }
    }

    /// Normalizes vectors that follow each other in place, each of as many elements as there are weights.
    private func normalize(
        _ vectors: UnsafeMutablePointer<Float>, count: Int, weight: AlignedBuffer<Float>,
        epsilon: Float
    ) {
        for start in stride(from: 0, to: count, by: weight.count) {
            let vector = unsafe vectors + start
            unsafe kernels.table.pointee.rms_norm(
                vector, weight.pointer, Int32(weight.count), epsilon, vector)
        }
    }

    /// out = softmax(q Kᵀ scale) V for each row over the positions that it sees, grouped heads sharing keys and values;
    /// with its int8 form where `out` has room for one.
    public func attend(
        _ qkv: Activations, into out: Activations, shape: AttentionShape, places: RowPlaces,
        pages: KVPages, layer: Int, rows: RowList
    ) {
        let dimension = shape.headDimension
        let group = shape.queryHeads / shape.keyValueHeads
        let width = group * dimension
        // Where a group's outputs are whole blocks, each chunk brings its own int8 form up to date.
        let areBlocks = width.isMultiple(of: Activations.blockSize)
        runs.cut(rows, at: places, limit: max(kernels.attentionQueries / group, 1))
        pool.run(runs.count * shape.keyValueHeads) { chunk in
            // A thread has whole heads, whose keys and values then come to its caches once; of each, decoding sequences,
            // which are first in a step, go last: what takes long goes first, so that threads end together.
            let run = runs[runs.count - 1 - chunk % runs.count]
            let head = chunk / runs.count
            var job = unsafe fb_attention(
                q: qkv.row(run.row) + head * width, q_stride: qkv.stride,
                out: out.row(run.row) + head * width, out_stride: out.stride,
                head_stride: dimension, rows: Int32(run.count), group: Int32(group),
                head_dim: Int32(dimension), padded_dim: Int32(pages.paddedDimension),
                scale: shape.scale, cap: shape.cap ?? 0, keys: pages.layerKeys(layer),
                values: pages.layerValues(layer),
                key_block_bytes: pages.headCount * pages.keyHeadBytes,
                value_block_bytes: pages.headCount * pages.valueHeadBytes,
                key_offset: head * pages.keyHeadBytes, value_offset: head * pages.valueHeadBytes,
                blocks: places.tables[places.sequences[run.row]].pointer,
                position: Int32(places.positions[run.row]),
                window: Int32(clamping: shape.window ?? .max), cache: pages.type.code)
            unsafe kernels.table.pointee.attention(&job)
            guard areBlocks, out.isQuantized else { return }
            for row in run.row..<run.row + run.count {
                quantize(out, row: row, columns: head * width..<(head + 1) * width)
            }
        }
        if !areBlocks { quantize(out, rows: rows) }
    }
}
