/// Joins bytes to text and holds back those of a character that is not complete yet.
struct UTF8Assembler: Sendable {
    private var pending: [UInt8] = []

    private static let replacement = "\u{FFFD}"

    private enum Sequence {
        case complete
        case incomplete
        case invalid
    }

    /// Adds bytes whose ill-formed parts each become one U+FFFD (the maximal subparts of the Unicode
    /// Standard, section 3.9).
    mutating func append(_ bytes: some Collection<UInt8>, to text: inout String) {
        pending += bytes
        let held = Self.incompleteCount(pending)
        text += String(decoding: pending.dropLast(held), as: UTF8.self)
        pending = pending.suffix(held)
    }

    /// Adds one byte of a run in which every ill-formed byte becomes its own U+FFFD.
    mutating func append(byte: UInt8, to text: inout String) {
        pending.append(byte)
        while !pending.isEmpty {
            switch Self.classify(pending[...]) {
            case .incomplete: return
            case .complete:
                text += String(decoding: pending, as: UTF8.self)
                pending.removeAll()
            case .invalid:
                text += Self.replacement
                pending.removeFirst()
            }
        }
    }

    /// Ends a run of single bytes.
    mutating func finishBytes(to text: inout String) {
        for _ in pending { text += Self.replacement }
        pending.removeAll()
    }

    /// Ends the text.
    mutating func finish(to text: inout String) {
        text += String(decoding: pending, as: UTF8.self)
        pending.removeAll()
    }

    /// Trailing bytes that a character could start with.
    private static func incompleteCount(_ bytes: [UInt8]) -> Int {
        for count in 1...3 where count <= bytes.count {
            let tail = bytes.suffix(count)
            guard let first = tail.first, first & 0xC0 != 0x80 else { continue }
            return classify(tail) == .incomplete ? count : 0
        }
        return 0
    }

    /// Whether bytes are a character, its start, or neither (table 3-7 of the Unicode Standard).
    private static func classify(_ bytes: ArraySlice<UInt8>) -> Sequence {
        guard let first = bytes.first else { return .incomplete }
        let count: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0x00...0x7F: count = 1
        case 0xC2...0xDF: count = 2
        case 0xE0: (count, second) = (3, 0xA0...0xBF)
        case 0xED: (count, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: count = 3
        case 0xF0: (count, second) = (4, 0x90...0xBF)
        case 0xF4: (count, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: count = 4
        default: return .invalid
        }
        guard bytes.count <= count else { return .invalid }
        for (offset, byte) in bytes.enumerated().dropFirst() {
            let range = offset == 1 ? second : 0x80...0xBF
            guard range.contains(byte) else { return .invalid }
        }
        return bytes.count == count ? .complete : .incomplete
    }
}
