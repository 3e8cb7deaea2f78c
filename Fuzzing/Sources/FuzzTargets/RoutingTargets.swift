import Tensors

@testable import Routing

/// Files of rows, and the texts that are cut into sentences.
enum RoutingTargets {
    static func gzip(_ bytes: [UInt8]) throws {
        let content = try GzipFile.content(of: bytes, limit: 1 << 20)
        precondition(content.count <= 1 << 20, "more bytes than the limit")
    }

    /// Both files of a router: two bytes with the length of the first, the first, and the second; then it routes a text.
    static func router(_ bytes: [UInt8]) throws {
        guard bytes.count > 2 else { return }
        let length = min(Int(bytes[0]) | Int(bytes[1]) << 8, bytes.count - 2)
        let router = try AdapterRouter(
            settings: Array(bytes[2..<2 + length]), weights: Array(bytes[(2 + length)...]), from: ""
        )
        let scores = router.scores(of: "a calm ship, by night")
        precondition(scores.probabilities.count == router.labels.count, "a class is lost")
    }

    /// As JSON lines, as a table and as a file without a known ending.
    static func rows(_ bytes: [UInt8]) {
        for path in ["rows.jsonl", "rows.csv", "rows"] {
            _ = try? RowFile(bytes: bytes, path: path).examples()
        }
    }

    /// The sentences are the text, and a stream that comes scalar by scalar finds the same.
    static func sentences(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let sentences = SentenceSplitter.split(text).map(String.init)
        precondition(Array(sentences.joined().utf8) == Array(text.utf8), "a text is lost")
        var splitter = StreamingSentenceSplitter()
        var streamed = text.unicodeScalars.flatMap { splitter.push(String($0)) }
        streamed += splitter.finish()
        precondition(
            streamed.map { Array($0.utf8) } == sentences.map { Array($0.utf8) },
            "a stream is cut in another way")
    }
}
