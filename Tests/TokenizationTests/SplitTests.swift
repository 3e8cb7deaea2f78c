import Tensors
import TestSupport
import Testing

@testable import Tokenization

@Suite struct SplitTests {
    static let count = 28

    private func preTokenizer(_ entry: JSONValue) throws -> PreTokenizer {
        if let name = entry["rule"]?.string {
            var value = PreTokenizer()
            value.steps = try #require(PreTokenizer.rule(namedInGGUF: name)).steps
            return value
        }
        let fields = try JSONFields(try #require(entry["pre_tokenizer"]), "here")
        return try PreTokenizerJSON(fields).value
    }

    @Test(arguments: 0..<count) func linesAreCutAsByOthers(_ index: Int) throws {
        let path = GoldenFolder.path("splits/splits.json")
        let entries = try #require(JSONValue(parsing: Goldens.bytes(path)).array)
        #expect(entries.count == Self.count)
        let entry = entries[index]
        let name = entry["name"]?.string ?? ""
        let preTokenizer = try preTokenizer(entry)
        var lines = VariedLines(seed: 2027)
        for (block, hash) in (entry["hashes"]?.array ?? []).enumerated() {
            var found = WordHash()
            for _ in 0..<100 {
                try preTokenizer.forEachWord(of: Array(lines.next().utf8), isFirst: true) {
                    found.add(Int32($0.count))
                }
                found.add(-1)
            }
            #expect(found.hexadecimal == hash.string, "block \(block) of \(name)")
        }
    }

    @Test func everyNameHasExpressionsThatCanBeRead() {
        for name in [
            "gpt-2", "llama-bpe", "dbrx", "qwen2", "smollm", "tekken", "gpt-4o", "deepseek-v3",
            "deepseek-llm", "deepseek-coder", "bloom", "viking", "falcon", "default",
        ] {
            #expect(PreTokenizer.rule(namedInGGUF: name) != nil, "\(name)")
        }
        #expect(PreTokenizer.rule(namedInGGUF: "kimi-k2") == nil)
    }

    @Test func otherConstructsAreNamed() throws {
        for (text, word) in [
            ("(a)+", "(a)"), ("(?=a)b", "(?="), ("a**", "two signs"), ("\\d+", "\\d"),
            ("", "nothing"),
            ("a|", "nothing"), ("a*", "nothing"), ("[a", "does not end"), ("[a[b]]", "inside"),
            ("[z-a]", "range"), ("\\p{Han}", "\\p{Han"), ("(?:ab)+", "repeated group"),
            ("(?i:a.)", "ignores case"), ("a{3,2}", "{"), ("^a", "^"), ("(?:a", "does not end"),
            (String(repeating: "a", count: 9000), "length"), ("a\\", "backslash"),
        ] {
            let error = #expect(throws: TokenizationError.self) { try SplitExpression(text) }
            #expect(error?.message.contains(word) == true, "\(text): \(error as Any)")
        }
    }

    /// Damaged expressions are refused or run to an end.
    @Test func expressionsNeverTrapOrHang() throws {
        var random = SeededGenerator(seed: 4)
        let texts = [
            #"[^\r\n\p{L}\p{N}]?[\p{Lu}&&[^a-z]]*\p{Ll}+(?i:'s|'t)?|\p{N}{1,3}+| ?[^\s]+[\r\n/]*|\s+(?!\S)|\s+$"#,
            #"a*a*a*a*a*a*a*b|(?:ab|c)?\s++"#,
        ]
        let line = String(repeating: "aaaa AA 12 \n'S ", count: 40)
        for round in 0..<4000 {
            let bytes = Mutation.of(Array(texts[round % 2].utf8), using: &random)
            guard
                let expression = try? SplitExpression(String(decoding: bytes, as: UTF8.self))
            else { continue }
            let splitting = ExpressionSplitting(expression: expression)
            let text = Array(line.utf8)
            guard let pieces = try? splitting.pieces(of: text.span) else { continue }
            #expect(pieces.reduce(0) { $0 + $1.count } == text.count)
        }
    }

    /// What would take an engine that backtracks longer than the world lasts is refused.
    @Test func textsThatTakeTooManyStepsAreRefused() throws {
        let expression = try SplitExpression("a*a*a*a*a*a*a*a*b")
        let splitting = ExpressionSplitting(expression: expression)
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 2000)
        let error = #expect(throws: TokenizationError.self) {
            try splitting.pieces(of: text.span)
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test func longRunsTakeFewSteps() throws {
        for name in ["tekken", "gpt-4o", "deepseek-v3", "deepseek-llm", "falcon", "default"] {
            var value = PreTokenizer()
            value.steps = try #require(PreTokenizer.rule(namedInGGUF: name)).steps
            for unit in [" ", "a", "A", "1", "!", "\n", "水", " \n", "aA", "\t.", "'s"] {
                let text = Array(String(repeating: unit, count: 20_000).utf8) + Array("x".utf8)
                var count = 0
                try value.forEachWord(of: text, isFirst: true) { count += $0.count }
                #expect(count == text.count, "\(name) \(unit.debugDescription)")
            }
        }
    }
}
