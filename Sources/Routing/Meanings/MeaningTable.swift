internal import Optimization
internal import Tensors

/// What pieces of words mean: a vector each, so that texts that say the same in other words are near one another.
///
/// A text's vector is the sum of those of its pieces, scaled to `length`: a bag of words whose vectors' lengths say how much
/// they matter (Arora, Liang and Ma 2017). `Router/meanings/README.md` tells how the shipped table was learned.
public struct MeaningTable: Sendable {
    let pieces: WordPieces
    /// `(piece, widthBlock)` lanes.
    var vectors: [Lanes]
    /// Numbers of a vector.
    let width: Int

    static let widths = 16...512
    /// The length of a text's vector: with it, what a text means weighs as much in training as what it is spelled with.
    static let length: Float = 3

    /// - Parameter vectors: `(piece, widthBlock)` lanes.
    init(pieces: WordPieces, vectors: [Lanes], width: Int) {
        precondition(width.isMultiple(of: Lanes.scalarCount), "the width is whole blocks")
        precondition(
            vectors.count == pieces.names.count * width / Lanes.scalarCount, "a vector a piece")
        self.pieces = pieces
        self.vectors = vectors
        self.width = width
    }

    /// The vector of some pieces, in blocks, and what their sum was multiplied by; zeros without any.
    func vector(of pieces: [Int]) -> (lanes: [Lanes], scale: Float) {
        let blockCount = width / Lanes.scalarCount
        var sums = [Lanes](repeating: .zero, count: blockCount)
        for piece in pieces {
            let first = piece * blockCount
            for block in 0..<blockCount { sums[block] += vectors[first + block] }
        }
        let squares = sums.reduce(0) { $0 + ($1 * $1).sum() }
        let scale = squares > 0 ? Self.length / squares.squareRoot() : 0
        return (sums.map { $0 * scale }, scale)
    }

    /// The table with the values that a file will hold.
    func rounded() -> MeaningTable {
        MeaningTable(
            pieces: pieces, vectors: vectors.map { Lanes(SIMD16<Float16>($0)) }, width: width)
    }
}

// MARK: Files

extension MeaningTable {
    private static let tensorName = "meanings"
    private static let piecesKey = "pieces"

    /// Reads a table of its own: a safetensors file as `Router/meanings` has it.
    ///
    /// - Throws: for files that cannot be read, for shapes and vocabularies that do not fit, and for values that are not finite.
    public init(path: String) throws(RoutingError) {
        let file: SafetensorsFile
        do {
            file = try SafetensorsFile(path: path, loading: .copied, limits: .adapter)
        } catch {
            throw RoutingError(.file, "\(error.message); a table of meanings is expected")
        }
        do throws(RoutingError) {
            try self.init(in: file)
        } catch {
            throw error.at(path)
        }
    }

    /// Reads the tensor `meanings` `[pieces, width]` and the pieces, one a line under `pieces` of the metadata.
    init(in file: SafetensorsFile) throws(RoutingError) {
        guard let names = file.metadata[Self.piecesKey] else {
            throw RoutingError(.malformed, "the metadata lacks \"\(Self.piecesKey)\"")
        }
        let pieces = try WordPieces(names: names.split(separator: "\n").map(String.init))
        guard let width = file[Self.tensorName]?.shape.last, Self.widths.contains(width),
            width.isMultiple(of: Lanes.scalarCount)
        else {
            throw RoutingError(
                .malformed,
                "the tensor \"\(Self.tensorName)\" is missing, or its width no multiple of \(Lanes.scalarCount) in \(Self.widths)"
            )
        }
        self.init(
            pieces: pieces,
            vectors: Lanes.blocks(
                of: try RouterWeights.values(
                    of: file, Self.tensorName, [pieces.names.count, width])),
            width: width)
    }

    /// Adds what `init(in:)` reads.
    func add(to writer: inout SafetensorsWriter) throws(TensorError) {
        writer.metadata[Self.piecesKey] = pieces.names.joined(separator: "\n")
        try writer.add(
            RouterWeights.half(
                Self.tensorName, [pieces.names.count, width],
                vectors.scalars(pieces.names.count * width)))
    }
}
