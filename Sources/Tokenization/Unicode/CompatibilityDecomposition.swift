/// What characters are compatible with (Unicode Standard Annex 15), with the tables of the `tokenizers` package.
///
/// `NFKC` is this and `CanonicalComposition` behind it.
enum CompatibilityDecomposition {
    private static let table: [UInt32: [UInt8]] = {
        var table: [UInt32: [UInt8]] = [:]
        let numbers = hexadecimalTable(runs)
        var character: UInt32 = 0
        var index = 0
        while index < numbers.count {
            character += numbers[index]
            let count = numbers[index + 1]
            let start = index + 3
            index = start + Int(numbers[index + 2])
            for offset in 0..<count {
                table[character] = numbers[start..<index].flatMap { bytes(of: $0 + offset) }
                character += 1
            }
        }
        return table
    }()

    private static func bytes(of value: UInt32) -> [UInt8] {
        Unicode.Scalar(value).flatMap(UTF8.encode).map(Array.init) ?? []
    }

    /// Valid UTF-8 with what its characters are compatible with.
    static func apply(to text: [UInt8]) -> [UInt8] {
        // No character of the table starts with less than the first of Latin-1.
        guard text.contains(where: { $0 >= 0xC2 }) else { return text }
        let span = text.span
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let scalar = span.scalar(at: index)
            if scalar.value >= 0xA0, let replacement = table[scalar.value] {
                result += replacement
            } else {
                result += text[index..<scalar.end]
            }
            index = scalar.end
        }
        return result
    }
}
