/// A text on its way through the steps of a `Normalizer`, and where it stands.
struct NormalizedText {
    var bytes: [UInt8]
    /// How many of the first bytes stand for the first character of the input, as the `tokenizers` package aligns them: what
    /// begins behind them gets no mark that is for the start alone.
    var startCount: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        startCount = bytes.isEmpty ? 0 : bytes.span.scalar(at: 0).end
    }

    /// Takes other bytes whose first character stands where the first one stood.
    mutating func replaceAll(_ replacement: [UInt8]) {
        let isAtStart = startCount > 0
        self = NormalizedText(replacement)
        if !isAtStart { startCount = 0 }
    }

    mutating func prepend(_ prefix: [UInt8]) {
        guard !bytes.isEmpty else { return }
        bytes = prefix + bytes
        if startCount > 0 { startCount += prefix.count }
    }

    mutating func keep(_ range: Range<Int>) {
        bytes = Array(bytes[range])
        startCount = min(max(0, startCount - range.lowerBound), bytes.count)
    }

    /// Replaces ranges that follow each other.
    ///
    /// The package aligns what is put in with the last byte that it takes the place of.
    mutating func replace(_ ranges: [Range<Int>], with replacement: [UInt8]) {
        var result: [UInt8] = []
        var count = 0
        var start = 0
        for range in ranges {
            result += bytes[start..<range.lowerBound]
            count += max(0, min(range.lowerBound, startCount) - start)
            result += replacement
            if range.upperBound <= startCount { count += replacement.count }
            start = range.upperBound
        }
        result += bytes[start...]
        count += max(0, startCount - start)
        (bytes, startCount) = (result, count)
    }
}
