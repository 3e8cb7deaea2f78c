/// What the split patterns tell apart: `\p{L}`, `\p{N}`, `\s` and all else.
///
/// Letters and numbers are those of the `tokenizers` package, whose regular expressions follow
/// another version of Unicode than the Swift standard library.
enum CharacterClass: UInt8 {
    case other
    case letter
    case number
    case space

    /// One byte a code point, up to the last letter or number.
    private static let table: [UInt8] = {
        var table: [UInt8] = []
        for (ranges, value) in [(letterRanges, letter), (numberRanges, number)] {
            var point = 0
            var isGap = true
            for count in hexadecimalTable(ranges) {
                let end = point + Int(count)
                if !isGap {
                    if table.count < end {
                        table += repeatElement(other.rawValue, count: end - table.count)
                    }
                    for member in point..<end { table[member] = value.rawValue }
                }
                point = end
                isGap.toggle()
            }
        }
        for space in [0x09...0x0D, 0x20...0x20, 0x85...0x85, 0xA0...0xA0, 0x1680...0x1680]
            + [0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000]
        {
            for member in space { table[member] = CharacterClass.space.rawValue }
        }
        return table
    }()

    /// A copy of the table to take once before a loop over characters.
    static var lookup: Lookup { Lookup(table: table) }

    struct Lookup {
        fileprivate let table: [UInt8]

        subscript(scalar: UInt32) -> CharacterClass {
            let index = Int(scalar)
            guard index < table.count else { return .other }
            return CharacterClass(rawValue: table[index]) ?? .other
        }
    }
}
