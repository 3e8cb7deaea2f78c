/// A string as templates see it: Unicode scalars in UTF-8, and who wrote which of them.
///
/// Every operation carries the origins along, so that a rendered text can tell the template's own words
/// from those of messages. Offsets are in bytes and lie between scalars.
struct Text: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Stretches of one origin; none is empty, and neighbours differ.
    private(set) var runs: [Run] = []
    /// Whether the text is HTML (Python's `Markup`), as the filter `safe` makes it; it escapes what is added to it.
    var isMarkup = false

    struct Run: Sendable, Equatable {
        var end: Int
        var origin: TextOrigin
    }

    init() {}

    init(_ string: String, _ origin: TextOrigin = .template) {
        append(string.utf8, origin)
    }

    var isEmpty: Bool { bytes.isEmpty }

    var string: String { String(decoding: bytes, as: UTF8.self) }

    /// Unicode scalars, which is Python's length.
    var scalarCount: Int { bytes.count { $0 & 0xC0 != 0x80 } }

    // MARK: Appending

    mutating func append(_ more: some Collection<UInt8>, _ origin: TextOrigin) {
        guard !more.isEmpty else { return }
        bytes += more
        extend(to: bytes.count, origin)
    }

    mutating func append(_ string: String, _ origin: TextOrigin = .template) {
        append(string.utf8, origin)
    }

    mutating func append(_ other: Text) {
        let offset = bytes.count
        bytes += other.bytes
        for run in other.runs { extend(to: offset + run.end, run.origin) }
    }

    private mutating func extend(to end: Int, _ origin: TextOrigin) {
        if let last = runs.indices.last, runs[last].origin == origin {
            runs[last].end = end
        } else {
            runs.append(Run(end: end, origin: origin))
        }
    }

    static func + (left: Text, right: Text) -> Text {
        var sum = left
        sum.append(right)
        return sum
    }

    // MARK: Parts

    /// A part by byte offsets, which lie within the text.
    subscript(range: Range<Int>) -> Text {
        guard range.count < bytes.count else { return self }
        var part = Text()
        part.isMarkup = isMarkup
        guard !range.isEmpty else { return part }
        part.bytes = Array(bytes[range])
        var index = firstRun(endingAfter: range.lowerBound)
        while index < runs.count {
            let end = min(runs[index].end, range.upperBound)
            part.extend(to: end - range.lowerBound, runs[index].origin)
            guard end < range.upperBound else { break }
            index += 1
        }
        return part
    }

    private func firstRun(endingAfter offset: Int) -> Int {
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].end > offset { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Who wrote the byte at an offset within the text.
    func origin(at offset: Int) -> TextOrigin {
        let index = firstRun(endingAfter: offset)
        return index < runs.count ? runs[index].origin : .message
    }

    /// The origin of what is computed from the whole text.
    var wholeOrigin: TextOrigin {
        runs.contains { $0.origin == .message } ? .message : .template
    }

    /// The text in stretches of one origin.
    var templateRuns: [TemplateRun] {
        var start = 0
        return runs.map { run in
            defer { start = run.end }
            return TemplateRun(
                text: String(decoding: bytes[start..<run.end], as: UTF8.self), origin: run.origin)
        }
    }

    // MARK: Scalars

    /// The scalar that starts at an offset below the count, and where the next one starts.
    func scalar(at offset: Int) -> (value: Unicode.Scalar, end: Int) {
        let first = UInt32(bytes[offset])
        if first < 0x80 { return (Unicode.Scalar(UInt8(first)), offset + 1) }
        let count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        var value = first & (0xFF >> UInt32(count + 1))
        let end = min(offset + count, bytes.count)
        for byte in bytes[(offset + 1)..<end] { value = value << 6 | UInt32(byte & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", end)
    }

    /// The offset of the scalar that ends at an offset above 0.
    func scalarStart(before offset: Int) -> Int {
        var start = offset - 1
        while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }

    /// Applies a change to each scalar; what it becomes has the scalar's origin.
    func mapScalars(_ change: (Unicode.Scalar, _ offset: Int) -> String) -> Text {
        var result = Text()
        result.isMarkup = isMarkup
        var run = 0
        var offset = 0
        while offset < bytes.count {
            while runs[run].end <= offset { run += 1 }
            let (scalar, end) = scalar(at: offset)
            result.append(change(scalar, offset).utf8, runs[run].origin)
            offset = end
        }
        return result
    }

    /// The text of each scalar.
    var scalarTexts: [Text] {
        var texts: [Text] = []
        var offset = 0
        while offset < bytes.count {
            let end = scalar(at: offset).end
            texts.append(self[offset..<end])
            offset = end
        }
        return texts
    }

    /// The offset of each scalar, and the byte count at the end.
    var scalarOffsets: [Int] {
        bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 } + [bytes.count]
    }
}

extension Text {
    func hasSameBytes(as other: Text) -> Bool { bytes == other.bytes }

    /// Whether it comes first in the order of code points, which UTF-8 keeps.
    func precedes(_ other: Text) -> Bool { bytes.lexicographicallyPrecedes(other.bytes) }

    /// HTML's five characters as entities, as `markupsafe` writes them; what is HTML stays.
    var escaped: Text {
        if isMarkup { return self }
        var result = Text()
        var start = 0
        for (offset, byte) in bytes.enumerated() {
            let entity: String
            switch byte {
            case UInt8(ascii: "&"): entity = "&amp;"
            case UInt8(ascii: "<"): entity = "&lt;"
            case UInt8(ascii: ">"): entity = "&gt;"
            case UInt8(ascii: "'"): entity = "&#39;"
            case UInt8(ascii: "\""): entity = "&#34;"
            default: continue
            }
            result.append(self[start..<offset])
            result.append(entity.utf8, origin(at: offset))
            start = offset + 1
        }
        result.append(self[start..<bytes.count])
        result.isMarkup = true
        return result
    }

    /// The same characters as plain text.
    var plain: Text {
        var text = self
        text.isMarkup = false
        return text
    }
}
