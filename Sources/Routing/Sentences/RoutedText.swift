/// What the router reads of a text: all of it or, of a long one, its two ends, where people say what they want.
///
/// The bounds keep a routing below some milliseconds whatever the text.
public struct RoutedText: Sendable, Equatable {
    /// Bytes of UTF-8 that are read.
    public static let byteLimit = 16 << 10
    /// Sentences that are read.
    public static let sentenceLimit = 128

    /// In order, without surrounding white space.
    public let sentences: [String]
    /// Bytes of the text's middle that are not in `sentences`; 0 where nothing was left out.
    public let unreadByteCount: Int

    public init(_ text: some StringProtocol) {
        let text = Substring(text)
        let count = text.utf8.count
        guard count > Self.byteLimit else {
            self.init(pieces: SentenceSplitter.split(text), byteCount: count)
            return
        }
        let half = Self.byteLimit / 2
        let head = text[..<Self.scalar(in: text, at: half)]
        let tail = text[Self.scalar(in: text, at: count - half)...]
        self.init(
            pieces: SentenceSplitter.split(head) + SentenceSplitter.split(tail), byteCount: count)
    }

    private init(pieces: [Substring], byteCount: Int) {
        var kept = pieces
        if kept.count > Self.sentenceLimit {
            let half = Self.sentenceLimit / 2
            kept = kept.prefix(half) + kept.suffix(half)
        }
        sentences = kept.map(SentenceSplitter.trimmed).filter { !$0.isEmpty }
        unreadByteCount = byteCount - kept.reduce(0) { $0 + $1.utf8.count }
    }

    /// The beginning of the scalar that the byte at an offset belongs to.
    private static func scalar(in text: Substring, at offset: Int) -> Substring.Index {
        var index = text.utf8.index(text.startIndex, offsetBy: offset)
        while index > text.startIndex, text.utf8[index] & 0xC0 == 0x80 {
            index = text.utf8.index(before: index)
        }
        return index
    }
}
