internal import CKernels
public import Tensors

/// One or several weight matrices that read the same input, side by side in one output row: q, k and v; gate and up.
public struct Projection: Sendable {
    /// One matrix and where its outputs begin.
    public struct Part: Sendable {
        public let weights: PackedWeights
        public let bias: AlignedBuffer<Float>?
        public let column: Int
        /// Tiles of the parts before it.
        let firstTile: Int
    }

    /// Some tiles of one part: what one thread computes at a time.
    struct Chunk: BitwiseCopyable, Sendable {
        let part: Int32
        let begin: Int32
        let end: Int32
    }

    public let parts: [Part]
    public let inputs: Int
    public let outputs: Int
    let tileCount: Int
    /// The first part's come first in `chunks`.
    let firstPartChunks: Int
    let chunks: AlignedBuffer<Chunk>

    /// Weights that a chunk holds at least: large against the cost of handing it out, small against the whole.
    private static let chunkBytes = 24 << 10

    public init(_ matrices: [(weights: PackedWeights, bias: [Float]?)]) {
        var parts: [Part] = []
        var chunks: [Chunk] = []
        var (column, firstTile) = (0, 0)
        for (index, matrix) in matrices.enumerated() {
            let weights = matrix.weights
            parts.append(
                Part(
                    weights: weights, bias: matrix.bias.map { AlignedBuffer($0) }, column: column,
                    firstTile: firstTile))
            // A multiple of four tiles, which the kernels for single rows take together.
            let tiles = (Self.chunkBytes / max(weights.tileBytes, 1) + 3) / 4 * 4
            for begin in stride(from: 0, to: weights.tileCount, by: max(tiles, 4)) {
                let end = min(begin + max(tiles, 4), weights.tileCount)
                chunks.append(
                    Chunk(part: Int32(index), begin: Int32(begin), end: Int32(end)))
            }
            column += weights.outputs
            firstTile += weights.tileCount
        }
        self.parts = parts
        self.chunks = AlignedBuffer(chunks)
        inputs = matrices.first?.weights.inputs ?? 0
        outputs = column
        tileCount = firstTile
        firstPartChunks = chunks.prefix { $0.part == 0 }.count
    }

    /// Memory that the weights take.
    public var byteCount: Int { parts.reduce(0) { $0 + $1.weights.byteCount } }

    /// Reads all weights once with all threads: what no product can be faster than.
    public func read(pool: ThreadPool) {
        pool.run(chunks.count) { index in
            let chunk = chunks[index]
            let weights = parts[Int(chunk.part)].weights
            let bytes = Int(chunk.end - chunk.begin) * weights.tileBytes
            unsafe _ = fb_read(weights.pointer + Int(chunk.begin) * weights.tileBytes, bytes)
        }
    }
}
