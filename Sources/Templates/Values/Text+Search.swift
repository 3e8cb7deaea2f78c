extension Text {
    /// The offset of the first occurrence of a pattern in a part of the text.
    func firstOffset(of pattern: [UInt8], in range: Range<Int>) -> Int? {
        let search = TextSearch(pattern)
        return search.next(in: bytes, range)
    }

    /// The offset of the last occurrence of a pattern in a part of the text.
    func lastOffset(of pattern: [UInt8], in range: Range<Int>) -> Int? {
        let mirrored = Array(bytes[range].reversed())
        let search = TextSearch(pattern.reversed())
        return search.next(in: mirrored, 0..<mirrored.count).map {
            range.upperBound - $0 - pattern.count
        }
    }

    /// The offsets of occurrences that do not overlap, from the left.
    func offsets(of pattern: [UInt8], limit: Int = .max) -> [Int] {
        var offsets: [Int] = []
        guard !pattern.isEmpty else { return offsets }
        let search = TextSearch(pattern)
        var start = 0
        while offsets.count < limit, let offset = search.next(in: bytes, start..<bytes.count) {
            offsets.append(offset)
            start = offset + pattern.count
        }
        return offsets
    }

    func contains(_ pattern: Text) -> Bool {
        firstOffset(of: pattern.bytes, in: 0..<bytes.count) != nil
    }

    func hasPrefix(_ pattern: Text) -> Bool { bytes.starts(with: pattern.bytes) }

    func hasSuffix(_ pattern: Text) -> Bool {
        bytes.count >= pattern.bytes.count
            && bytes.suffix(pattern.bytes.count).elementsEqual(pattern.bytes)
    }

    // MARK: Taking apart

    /// Python's `str.split` with a separator that is not empty.
    func split(_ separator: Text, limit: Int) -> [Text] {
        var parts: [Text] = []
        var start = 0
        for offset in offsets(of: separator.bytes, limit: limit) {
            parts.append(self[start..<offset])
            start = offset + separator.bytes.count
        }
        return parts + [self[start..<bytes.count]]
    }

    /// Python's `str.rsplit` with a separator that is not empty.
    func splitFromEnd(_ separator: Text, limit: Int) -> [Text] {
        let mirrored = Array(bytes.reversed())
        let search = TextSearch(separator.bytes.reversed())
        var parts: [Text] = []
        var start = 0
        while parts.count < limit, let offset = search.next(in: mirrored, start..<mirrored.count) {
            parts.append(self[(bytes.count - offset)..<(bytes.count - start)])
            start = offset + separator.bytes.count
        }
        parts.append(self[0..<(bytes.count - start)])
        return parts.reversed()
    }

    /// Python's `str.split` at white space.
    func splitAtSpace(limit: Int) -> [Text] {
        var parts: [Text] = []
        var start = spaceEnd(from: 0)
        while start < bytes.count {
            var end = start
            while end < bytes.count, parts.count < limit {
                let next = scalar(at: end)
                if next.value.isPythonSpace { break }
                end = next.end
            }
            if parts.count == limit { end = bytes.count }
            parts.append(self[start..<end])
            start = spaceEnd(from: end)
        }
        return parts
    }

    private func spaceEnd(from start: Int) -> Int {
        var end = start
        while end < bytes.count {
            let next = scalar(at: end)
            guard next.value.isPythonSpace else { break }
            end = next.end
        }
        return end
    }

    /// Python's `str.splitlines`.
    func lines(keepingEnds: Bool = false) -> [Text] {
        var lines: [Text] = []
        var start = 0
        var offset = 0
        while offset < bytes.count {
            var (scalar, end) = scalar(at: offset)
            guard scalar.isPythonLineEnd else {
                offset = end
                continue
            }
            if scalar == "\r", end < bytes.count, bytes[end] == UInt8(ascii: "\n") { end += 1 }
            lines.append(self[start..<(keepingEnds ? end : offset)])
            start = end
            offset = end
        }
        if start < bytes.count { lines.append(self[start..<bytes.count]) }
        return lines
    }

    /// Python's `str.strip` and its halves.
    func trimmed(left: Bool = true, right: Bool = true, of isRemoved: (Unicode.Scalar) -> Bool)
        -> Text
    {
        var start = 0
        var end = bytes.count
        while left, start < end {
            let next = scalar(at: start)
            guard isRemoved(next.value) else { break }
            start = next.end
        }
        while right, start < end {
            let last = scalarStart(before: end)
            guard isRemoved(scalar(at: last).value) else { break }
            end = last
        }
        return self[start..<end]
    }

    /// Python's `str.replace`; `limit` below 0 is none.
    func replacing(_ pattern: Text, with replacement: Text, limit: Int) -> Text {
        var result = Text()
        result.isMarkup = isMarkup
        let limit = limit < 0 ? Int.max : limit
        var start = 0
        guard !pattern.isEmpty else {
            for offset in scalarOffsets.prefix(limit) {
                result.append(self[start..<offset])
                result.append(replacement)
                start = offset
            }
            result.append(self[start..<bytes.count])
            return result
        }
        for offset in offsets(of: pattern.bytes, limit: limit) {
            result.append(self[start..<offset])
            result.append(replacement)
            start = offset + pattern.bytes.count
        }
        result.append(self[start..<bytes.count])
        return result
    }
}

/// Finds a pattern in time that is linear in text and pattern (Knuth, Morris and Pratt).
struct TextSearch {
    private let pattern: [UInt8]
    /// For each prefix of the pattern the length of its longest border.
    private var borders: [Int] = []

    init(_ pattern: [UInt8]) {
        self.pattern = pattern
        var length = 0
        for (index, byte) in pattern.enumerated() {
            while index > 0, length > 0, pattern[length] != byte { length = borders[length - 1] }
            if index > 0, pattern[length] == byte { length += 1 }
            borders.append(length)
        }
    }

    /// The offset of the first occurrence that lies in a range of the text.
    func next(in text: [UInt8], _ range: Range<Int>) -> Int? {
        guard !pattern.isEmpty else { return range.lowerBound }
        var length = 0
        for index in range {
            while length > 0, pattern[length] != text[index] { length = borders[length - 1] }
            if pattern[length] == text[index] { length += 1 }
            if length == pattern.count { return index + 1 - length }
        }
        return nil
    }
}

extension Unicode.Scalar {
    /// Python's `str.isspace`.
    var isPythonSpace: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }

    /// What `str.splitlines` ends a line at.
    var isPythonLineEnd: Bool {
        switch value {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }
}
