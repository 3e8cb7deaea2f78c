/// SentencePiece's table of characters, `precompiled_charsmap`: texts, and what takes their place.
///
/// The size of a trie in bytes (u32, little-endian as all numbers), the trie, and replacements that end with a NUL.
/// The trie is a double array of u32, in which a unit names a byte and leads to the units of the bytes behind it.
///
/// Source: `DecodePrecompiledCharsMap` in SentencePiece's `normalizer.cc`; `DoubleArrayUnit` of darts-clone.
struct CharacterMap: Sendable, Equatable {
    private let units: [UInt32]
    private let replacements: [UInt8]

    /// Longest text that is looked for, in bytes: a damaged trie may lead in circles.
    private static let maximumKeyByteCount = 256

    /// - Throws: for what leads out of the table.
    init(_ bytes: [UInt8]) throws(TokenizationError) {
        let head = MemoryLayout<UInt32>.size
        guard bytes.count > head else { throw Self.malformed("it ends early") }
        let size = Int(Self.unit(bytes[..<head]))
        guard size >= head, size % head == 0, size < bytes.count - head else {
            throw Self.malformed("a trie of \(size) bytes in a table of \(bytes.count)")
        }
        units = stride(from: head, to: head + size, by: head).map {
            Self.unit(bytes[$0..<$0 + head])
        }
        replacements = Array(bytes[(head + size)...])
        guard String(validating: replacements, as: UTF8.self) != nil else {
            throw Self.malformed("a replacement is not valid UTF-8")
        }
        for (index, unit) in units.enumerated() where !unit.isLeaf && unit.hasLeaf {
            let leaf = index ^ Int(unit.offset)
            guard leaf < units.count, units[leaf].isLeaf else {
                throw Self.malformed("unit \(index) has no replacement where it says")
            }
            let place = Int(units[leaf].place)
            guard place < replacements.count, replacements[place] & 0xC0 != 0x80 else {
                throw Self.malformed("there is no replacement at byte \(place)")
            }
        }
    }

    private static func unit(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func malformed(_ what: String) -> TokenizationError {
        TokenizationError(
            .malformed,
            "the table that replaces characters is damaged: \(what); fetch the file anew")
    }

    /// The replacement of the shortest text of the table that a text begins with.
    func shortestReplacement(in text: Span<UInt8>) -> ArraySlice<UInt8>? {
        var walk = Walk(at: 0, in: units)
        while walk.end < text.count {
            guard advance(&walk, in: text) else { return nil }
            if let place = walk.place { return replacement(at: place) }
        }
        return nil
    }

    /// The end of the longest text of the table that starts at an index, and its replacement.
    ///
    /// - Throws: for a table with texts of more than 256 bytes.
    func longestReplacement(
        in text: Span<UInt8>, from start: Int
    ) throws(TokenizationError) -> (end: Int, bytes: ArraySlice<UInt8>)? {
        var walk = Walk(at: start, in: units)
        var best: (end: Int, place: Int)?
        while walk.end < text.count, advance(&walk, in: text) {
            guard walk.end - start <= Self.maximumKeyByteCount else {
                throw Self.malformed("it has texts of more than \(Self.maximumKeyByteCount) bytes")
            }
            if let place = walk.place { best = (walk.end, place) }
        }
        return best.map { ($0.end, replacement(at: $0.place)) }
    }

    private func replacement(at place: Int) -> ArraySlice<UInt8> {
        replacements[place...].prefix { $0 != 0 }
    }

    // MARK: The trie

    /// A way down the trie along a text.
    private struct Walk {
        /// Where the bytes end that the way has taken.
        var end: Int
        /// The unit of a byte behind them has this index, less the byte's bits.
        var base: UInt32
        /// Where the replacement of what was taken is; nil: the table does not have it.
        var place: Int?

        init(at start: Int, in units: [UInt32]) {
            end = start
            base = units[0].offset
        }
    }

    /// Takes the next byte of a text; false when no text of the table goes on with it.
    private func advance(_ walk: inout Walk, in text: Span<UInt8>) -> Bool {
        let byte = text[walk.end]
        let index = walk.base ^ UInt32(byte)
        // No text of a table has a NUL.
        guard byte != 0, index < units.count else { return false }
        let unit = units[Int(index)]
        guard unit.label == UInt32(byte) else { return false }
        walk.end += 1
        walk.base = index ^ unit.offset
        walk.place = unit.hasLeaf ? Int(units[Int(walk.base)].place) : nil
        return true
    }
}

/// A unit of a double array.
extension UInt32 {
    /// Whether it holds a value, not a byte.
    fileprivate var isLeaf: Bool { self >> 31 == 1 }
    fileprivate var place: UInt32 { self & 0x7FFF_FFFF }
    /// The byte that leads here, or for a leaf no byte.
    fileprivate var label: UInt32 { self & 0x8000_00FF }
    /// Whether a text of the table ends here; its leaf is the unit of the byte 0.
    fileprivate var hasLeaf: Bool { self >> 8 & 1 == 1 }
    /// What the index of the units below differs by: at most 30 bits.
    fileprivate var offset: UInt32 { (self >> 10) << ((self & 0x200) >> 6) }
}
