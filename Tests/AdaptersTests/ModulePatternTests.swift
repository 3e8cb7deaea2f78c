import Testing

@testable import Adapters

@Suite struct ModulePatternTests {
    static let query = "model.layers.1.self_attn.q_proj"
    static let down = "model.layers.10.mlp.down_proj"

    /// What Python's `re.match(rf"(.*\.)?({key})$", name)` says, which is how PEFT looks a module up.
    static let table: [(expression: String, name: String, matches: Bool)] = [
        ("q_proj", query, true), ("q_proj", down, false), ("proj", query, false),
        ("_proj", query, false),
        ("self_attn.q_proj", query, true), ("attn.q_proj", query, false),
        ("layers.1.self_attn.q_proj", query, true), ("1.self_attn.q_proj", query, true),
        ("layers.1.self_attn.q_proj", "model.layers.11.self_attn.q_proj", false),
        (".*q_proj", query, true), (#".*\.1\..*"#, query, true), (#".*\.1\..*"#, down, false),
        (#"layers\.\d+\.mlp\..*"#, down, true), (#"layers\.\d\.mlp\..*"#, down, false),
        (#".*\.(self_attn\.(k|o)_proj|mlp\.down_proj)"#, down, true),
        (#".*\.(self_attn\.(k|o)_proj|mlp\.down_proj)"#, query, false),
        ("q_proj|down_proj", down, true), ("q_proj|down_proj", query, true),
        (#"layers\.[01]\..*"#, query, true), (#"layers\.[0-9]\..*"#, down, false),
        (#"layers\.[0-9]+\..*"#, down, true), ("^q_proj", query, false),
        ("^model.layers.1.self_attn.q_proj", query, true),
        ("^layers.1.self_attn.q_proj", query, false), ("^model.*q_proj", query, true),
        ("^x|q_proj", query, true), (#"\w+_proj"#, query, true), ("[^q]_proj", query, false),
        ("q_proj$", query, true), ("q_proj$", down, false),
        ("", query, false),
        ("q", query, false), ("(q|k|v)_proj", query, true), ("(?:q|k|v)_proj", query, true),
        ("[qkv]_proj", query, true), ("q_?proj", query, true), ("qx?_proj", query, true),
        ("model", query, false), ("model.layers.1", query, false), ("MODEL.*", query, false),
        ("Q_proj", query, false), (#"self_attn\.q_proj"#, query, true),
        (#"self_attn\\.q_proj"#, query, false), ("self.attn.q.proj", query, true),
        (".*", "x", true),
        (".+", "", false), ("a|", "", true), ("(a|b)*c", "abbac", true), ("(a|b)+c", "c", false),
        ("a-b", "a-b", true), ("a)(b", "ab", true), ("[a-]+", "a-a", true), ("[+*.]", "*", true),
    ]

    @Test func matchesAsPEFTDoes() throws {
        for (expression, name, matches) in Self.table {
            let pattern = try ModulePattern(expression)
            #expect(pattern.matches(name) == matches, "\(expression) and \(name)")
        }
    }

    /// Refused rather than read as something else.
    @Test(arguments: [
        "(q_proj", "q_proj)", "q**", "q*+", "[ab", "[", "[]", "[z-a]", "^*q", #"(a)\1"#, "(?i)Q",
        #"q\"#, "(", ")", "|(",
    ])
    func otherExpressionsAreRefused(_ expression: String) {
        #expect(throws: RegularExpressionError.self) { try ModulePattern(expression) }
    }

    /// An adapter whose ranks were allocated has a key for each of its modules.
    @Test func manyNamesAreQuick() throws {
        let names = (0..<1024).map { "model.layers.\($0).self_attn.q_proj" }
        let patterns = try names.map { try ModulePattern($0) }
        let start = ContinuousClock.now
        for name in names {
            #expect(patterns.firstIndex { $0.matches(name) } == names.firstIndex(of: name))
        }
        #expect(ContinuousClock.now - start < .seconds(10))
    }
}
