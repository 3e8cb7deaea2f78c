/// Uncompresses one deflate stream (RFC 1951).
struct Inflater {
    private(set) var reader: BitReader
    /// What came before, and what the stream adds to it.
    private(set) var output: [UInt8]
    private let start: Int
    private let limit: Int

    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115,
        131, 163, 195, 227, 258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
        2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
    ]
    private static let distanceBits = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12,
        13, 13,
    ]
    /// The order in which the lengths of the code of lengths are stored.
    private static let lengthOrder = [
        16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
    ]
    private static let endOfBlock = 256

    init(reader: BitReader, output: [UInt8], limit: Int) {
        self.reader = reader
        self.output = output
        self.limit = limit
        start = output.count
    }

    mutating func run() throws(TensorError) {
        var isLast = false
        while !isLast {
            isLast = try reader.take(1) == 1
            switch try reader.take(2) {
            case 0: try copyStored()
            case 1: try inflate(literals: Self.fixedLiterals(), distances: Self.fixedDistances())
            case 2:
                let (literals, distances) = try readCodes()
                try inflate(literals: literals, distances: distances)
            default: throw TensorError(.malformed, "gzip: a block has no known type")
            }
        }
    }

    private mutating func copyStored() throws(TensorError) {
        let bytes = [
            try reader.byte(), try reader.byte(), try reader.byte(), try reader.byte(),
        ].map(Int.init)
        let count = bytes[0] + bytes[1] << 8
        guard count ^ 0xFFFF == bytes[2] + bytes[3] << 8 else {
            throw TensorError(.malformed, "gzip: a stored block's length is damaged")
        }
        for _ in 0..<count { try append(try reader.byte()) }
    }

    private mutating func inflate(
        literals: HuffmanCode, distances: HuffmanCode
    ) throws(TensorError) {
        while true {
            let symbol = try literals.symbol(from: &reader)
            if symbol == Self.endOfBlock { return }
            guard symbol > Self.endOfBlock else {
                try append(UInt8(truncatingIfNeeded: symbol))
                continue
            }
            let length = try value(
                symbol - Self.endOfBlock - 1, of: Self.lengthBases, Self.lengthBits)
            let distance = try value(
                try distances.symbol(from: &reader), of: Self.distanceBases, Self.distanceBits)
            guard distance <= output.count - start else {
                throw TensorError(.malformed, "gzip: a copy reaches back before the beginning")
            }
            for _ in 0..<length { try append(output[output.count - distance]) }
        }
    }

    /// A length or distance: the symbol's base and the bits that follow it.
    private mutating func value(
        _ symbol: Int, of bases: [Int], _ bits: [Int]
    ) throws(TensorError) -> Int {
        guard bases.indices.contains(symbol) else {
            throw TensorError(.malformed, "gzip: a length or distance is of no known kind")
        }
        return bases[symbol] + (try reader.take(bits[symbol]))
    }

    private mutating func append(_ byte: UInt8) throws(TensorError) {
        guard output.count < limit else {
            throw TensorError(
                .limitExceeded, "gzip: the content has more than the \(limit) bytes allowed")
        }
        output.append(byte)
    }

    // MARK: Codes

    private static func fixedLiterals() throws(TensorError) -> HuffmanCode {
        try HuffmanCode(
            lengths: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    }

    private static func fixedDistances() throws(TensorError) -> HuffmanCode {
        try HuffmanCode(lengths: [Int](repeating: 5, count: 32))
    }

    private mutating func readCodes() throws(TensorError) -> (HuffmanCode, HuffmanCode) {
        let literalCount = try reader.take(5) + 257
        let distanceCount = try reader.take(5) + 1
        let lengthCount = try reader.take(4) + 4
        var lengths = [Int](repeating: 0, count: 19)
        for place in Self.lengthOrder.prefix(lengthCount) { lengths[place] = try reader.take(3) }
        let all = try readLengths(
            literalCount + distanceCount, code: HuffmanCode(lengths: lengths))
        guard all[Self.endOfBlock] > 0 else {
            throw TensorError(.malformed, "gzip: a block cannot end")
        }
        return (
            try HuffmanCode(lengths: Array(all[..<literalCount])),
            try HuffmanCode(lengths: Array(all[literalCount...]))
        )
    }

    /// Code lengths, of which runs are stored as repetitions.
    private mutating func readLengths(
        _ count: Int, code: HuffmanCode
    ) throws(TensorError) -> [Int] {
        var lengths: [Int] = []
        while lengths.count < count {
            let symbol = try code.symbol(from: &reader)
            var repeated = symbol
            var times = 1
            switch symbol {
            case 16:
                guard let last = lengths.last else {
                    throw TensorError(.malformed, "gzip: a repetition has nothing to repeat")
                }
                repeated = last
                times = 3 + (try reader.take(2))
            case 17: (repeated, times) = (0, 3 + (try reader.take(3)))
            case 18: (repeated, times) = (0, 11 + (try reader.take(7)))
            default: break
            }
            guard lengths.count + times <= count else {
                throw TensorError(.malformed, "gzip: a block has too many code lengths")
            }
            lengths.append(contentsOf: [Int](repeating: repeated, count: times))
        }
        return lengths
    }
}
