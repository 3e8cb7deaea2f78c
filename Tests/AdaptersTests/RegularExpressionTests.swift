import Tensors
import TestSupport
import Testing

@testable import Adapters

@Suite struct RegularExpressionTests {
    /// What Python knows and is refused here, with the name that the refusal gives it.
    static let refused = [
        "a++b": "possessive", "a*+b": "possessive", "a?+b": "possessive", "a{2}+b": "possessive",
        "(?P<x>a)(?P=x)b": "backreference", #"(a)\1b"#: "backreference",
        "(?i)LM_HEAD": "inline flags", "(?i:LM)_head": "inline flags", "(?>a+)b": "atomic",
        "(?#c)aab": "comment", "(?<=a)b": "lookbehind", "(?<!a)b": "negative lookbehind",
        "(a)?(?(1)ab|b)": "conditional", "é": "ASCII", "[é]": "ASCII",
    ]

    /// Golden: `make_expressions.py`.
    @Test func matchesAsPythonDoes() throws {
        let path = GoldenFolder.path("expressions/cases.json")
        let json = try FileBytes(path: path, loading: .copied).json()
        let names = try #require(json["names"]?.array).compactMap(\.string)
        let cases = try #require(json["cases"]?.array)
        #expect(names.count == 8 && cases.count > 100)
        for item in cases {
            let text = try #require(item["expression"]?.string)
            guard let matches = item["matches"]?.array else {
                #expect(throws: RegularExpressionError.self, "\(text)") {
                    try RegularExpression(text)
                }
                continue
            }
            if let reason = Self.refused[text] {
                #expect {
                    try RegularExpression(text)
                } throws: { error in
                    "\(error)".contains(reason)
                }
                continue
            }
            let expression = try RegularExpression(text)
            for (name, expected) in zip(names, matches) {
                let found = [expression.matchesAll(of: name), expression.matchesStart(of: name)]
                #expect(found == expected.array?.compactMap(\.bool), "\(text) and \"\(name)\"")
            }
        }
    }

    @Test func lookaheadsInOthersAreRefused() {
        #expect(throws: RegularExpressionError.self) { try RegularExpression("(?!a(?=b))") }
        #expect(throws: Never.self) { try RegularExpression("(?!a)(?=b)b") }
    }

    @Test func sizesAreLimited() {
        for expression in [
            String(repeating: "a", count: 1 << 17), "((a{100}){100}){100}", "a{10001}",
            String(repeating: "(", count: 500) + String(repeating: ")", count: 500),
        ] {
            #expect(throws: RegularExpressionError.self) { try RegularExpression(expression) }
        }
    }

    /// Expressions on which a backtracking matcher takes longer than anyone waits.
    @Test(arguments: [
        "(.*)*(.*)*x", "(a*)*b", "((a*)*)*b", "(a|a)*b", "(a|aa)+b", "(.*.*.*.*)*z",
        "(((((.+)+)+)+)+)+z", "(?:a{0,50}){0,50}b", "(?!(a*)*b)(a*)*b",
        String(repeating: "a?", count: 60) + String(repeating: "a", count: 60),
        String(repeating: ".*", count: 500) + "z",
        String(repeating: "(.|", count: 15) + ".*" + String(repeating: "z)*", count: 15) + "z",
    ])
    func hostileExpressionsAreQuick(_ text: String) throws {
        let expression = try RegularExpression(text)
        let name = String(repeating: "a", count: 250)
        let start = ContinuousClock.now
        _ = expression.matchesAll(of: name)
        _ = expression.matchesStart(of: name + ".b")
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    @Test func randomExpressionsNeverTrap() throws {
        var random = SeededGenerator(seed: 77)
        let alphabet = Array(#"ab.*+?|()[]{}^$\dwZb,12-:=!<P>"#)
        for _ in 0..<4000 {
            let text = String(
                (0..<Int.random(in: 1...16, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? "a"
                })
            guard let expression = try? RegularExpression(text) else { continue }
            _ = expression.matchesAll(of: "ab.1a")
        }
    }
}
