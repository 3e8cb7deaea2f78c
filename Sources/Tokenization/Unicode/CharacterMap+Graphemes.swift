extension CharacterMap {
    /// Longest cluster that is looked up as a whole, in bytes.
    private static let longestCluster = 5

    /// A text with its characters replaced as `Precompiled` of the `tokenizers` package does it.
    ///
    /// A short grapheme cluster of which the table has the beginning becomes its replacement, whatever follows in the
    /// cluster; any other is replaced scalar by scalar. Clusters are the standard library's: of what fits in so few
    /// bytes both know the same.
    ///
    /// - Throws: when the result would exceed `byteLimit`.
    func replaceClusters(
        in text: [UInt8], byteLimit: Int
    ) throws(TokenizationError) -> [UInt8] {
        let string = String(decoding: text, as: UTF8.self)
        let span = text.span
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var start = 0
        var index = string.startIndex
        while index < string.endIndex {
            let next = string.index(after: index)
            let end = start + string.utf8.distance(from: index, to: next)
            if end - start <= Self.longestCluster,
                let bytes = shortestReplacement(in: span.extracting(start..<end))
            {
                result += bytes
                start = end
            }
            while start < end {
                let scalarEnd = span.scalar(at: start).end
                result +=
                    shortestReplacement(in: span.extracting(start..<scalarEnd))
                    ?? text[start..<scalarEnd]
                start = scalarEnd
                try Normalizer.check(result.count, byteLimit)
            }
            index = next
            try Normalizer.check(result.count, byteLimit)
        }
        return result
    }
}
