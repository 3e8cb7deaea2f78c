/// The points that a code of ggml's types of 1 to 3 bits names: 8 or 4 neighbouring weights each, without their signs.
struct BlockGrid: Sendable {
    /// Weights of a point.
    let width: Int
    /// Point after point.
    private let values: [Int8]

    /// - Parameter points: four hexadecimal digits each: `width` numbers of levels, the first lowest.
    private init(_ points: String, width: Int, levels: [Int8]) {
        self.width = width
        let digits = points.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        let bits = 16 / width
        values = stride(from: 0, to: digits.count, by: 4).flatMap { place in
            let point = digits[place..<place + 4].reduce(0) { $0 << 4 | $1 }
            return (0..<width).map { levels[point >> (bits * $0) & (1 << bits - 1)] }
        }
    }

    /// Writes the weights of a point, those negative whose bit in `signs` is set, the first lowest.
    @inline(__always)
    func write(_ point: Int, signs: UInt8, to codes: UnsafeMutablePointer<Int8>) {
        for index in 0..<width {
            let value = values[point &* width &+ index]
            unsafe codes[index] = signs &>> UInt8(index) & 1 == 1 ? 0 &- value : value
        }
    }

    /// Levels -1, 0 and 1 in eighths.
    static let iq1 = BlockGrid(iq1Points, width: 8, levels: [-8, 0, 8])
    static let iq2xxs = BlockGrid(iq2xxsPoints, width: 8, levels: [8, 25, 43])
    static let iq2xs = BlockGrid(iq2xsPoints, width: 8, levels: [8, 25, 43])
    static let iq2s = BlockGrid(iq2sPoints, width: 8, levels: [8, 25, 43])
    static let iq3xxs = BlockGrid(iq3xxsPoints, width: 4, levels: [4, 12, 20, 28, 36, 44, 52, 62])
    static let iq3s = BlockGrid(iq3sPoints, width: 4, levels: [1, 3, 5, 7, 9, 11, 13, 15])

    /// Every number that a weight of these levels can be.
    static let iq1Table: [Int8] = [-9, -7, -1, 1, 7, 9]
    static let iq2Table = signed([8, 25, 43])
    static let iq3xxsTable = signed([4, 12, 20, 28, 36, 44, 52, 62])
    static let iq3sTable = signed([1, 3, 5, 7, 9, 11, 13, 15])

    private static func signed(_ levels: [Int8]) -> [Int8] {
        levels.reversed().map { -$0 } + levels
    }
}
