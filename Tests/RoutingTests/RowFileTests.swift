import Foundation
import TestSupport
import Testing

@testable import Routing

@Suite("Files of rows")
struct RowFileTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func read(_ content: String, name: String) throws -> [RouterExample] {
        try read(Array(content.utf8), name: name)
    }

    private func read(_ content: [UInt8], name: String) throws -> [RouterExample] {
        try folder.write(content, to: name)
        return try RouterExample.read(path: folder.path(name))
    }

    private static let two = [
        RouterExample(text: "a b", adapters: ["x"]), RouterExample(text: "c", adapters: []),
    ]

    @Test(
        "The adapter goes by three names, and files come with marks, returns and other separators",
        arguments: [
            (
                "rows.jsonl",
                "{\"text\":\"a b\",\"label\":\"x\"}\n{\"text\":\"c\",\"intent\":\"base\"}"
            ),
            (
                "rows.jsonl",
                "\u{FEFF}{\"text\":\"a b\",\"adapter\":\"x\"}\r\n\r\n{\"text\":\"c\",\"label\":\"base\"}\r\n"
            ),
            ("rows.csv", "text,label\na b,x\nc,base\n"),
            ("rows.csv", "\u{FEFF}Text;Intent\r\na b;x\r\n\r\nc;base"),
            ("rows.tsv", "id\ttext\tadapter\n1\ta b\tx\n2\tc\tbase\n"),
            ("rows", "label,note,text\nx,\"1, 2\",\"a b\"\nbase,,c\n"),
        ])
    func forms(name: String, content: String) throws {
        #expect(try read(content, name: name) == Self.two)
    }

    @Test("Fields in quotes hold separators, doubled quotes and line ends (RFC 4180)")
    func quotes() throws {
        let rows = try read(
            "text,label\r\n\"say \"\"hi\"\", now\",x\r\n\"two\r\nlines\",x\r\nit's 5\" long,y",
            name: "q.csv")
        #expect(rows.map(\.text) == ["say \"hi\", now", "two\r\nlines", "it's 5\" long"])
        #expect(rows.map(\.adapters) == [["x"], ["x"], ["y"]])
    }

    @Test(
        "Unusable tables are refused with their line",
        arguments: [
            ("text,label\na,x\nb\n", ":3: ", "2"), ("text,label\na,b,x\n", ":2: ", "quotes"),
            ("text,label\n\"a\nb,x\n", ":2: ", "does not end"),
            ("text,label\n\"a\"b,x\n", ":2: ", "closes"),
            ("utterance,label\na,x\n", ":1: ", "\"utterance\""),
            ("text,kind\na,x\n", ":1: ", "label"),
            ("text,label\na,\n", ":2: ", "empty"), ("text,label\n", "rows.csv: ", "no rows"),
            ("", "rows.csv: ", "no rows"), ("text,label\n\"a\nb\",x\nc\n", ":4: ", "fields"),
        ])
    func badTables(content: String, place: String, part: String) {
        let error = #expect(throws: RoutingError.self) { try read(content, name: "rows.csv") }
        #expect(
            error?.message.contains(place) == true && error?.message.contains(part) == true,
            "\(error?.message ?? "")")
    }

    @Test("Bytes that are no UTF-8, and UTF-16, are refused in words")
    func encodings() {
        let latin = Array("text,label\ncaf".utf8) + [0xE9] + Array(",x\n".utf8)
        #expect(throws: RoutingError.self) { try read(latin, name: "rows.csv") }
        let error = #expect(throws: RoutingError.self) {
            try read([0xFF, 0xFE, 0x74, 0x00], name: "rows.csv")
        }
        #expect(error?.message.contains("UTF-16") == true)
    }

    @Test("Compressed rows are read, damaged ones refused with their file")
    func compressed() throws {
        // {"text":"a b","adapter":"x"}, {"text":"c","adapter":"base"}, by gzip.
        let bytes = try #require(
            Data(
                base64Encoded:
                    "H4sIAAAAAAACA6tWKkmtKFGyUkpUSFLSUUpMSSwoSS0C8iuUarmqYZLJKFJJicWpQFkAF8j+8jsAAAA="
            ))
        #expect(try read([UInt8](bytes), name: "rows.jsonl.gz") == Self.two)
        #expect(try read([UInt8](bytes), name: "rows") == Self.two)
        let error = #expect(throws: RoutingError.self) {
            try read([UInt8](bytes.dropLast(3)), name: "rows.jsonl.gz")
        }
        #expect(error?.message.contains("rows.jsonl.gz: gzip") == true)
    }

    @Test("Damaged files end in an error or in rows", arguments: 0..<20)
    func mutations(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        for content in [
            "text,label\n\"a \"\"b\"\", c\",x\r\nd,base\n", "a;text;intent\n1;\"x\ny\";b\n",
            "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\",\"adapters\":[\"x\",\"y\"]}\n",
        ] {
            for _ in 0..<60 {
                let bytes = Mutation.of(Array(content.utf8), using: &random)
                for name in ["rows.csv", "rows.jsonl", "rows"] {
                    do {
                        #expect(try !read(bytes, name: name).isEmpty)
                    } catch is RoutingError {}
                }
            }
        }
    }
}
