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
        ("^x|q_proj", query, true), ("q_proj$", query, true), ("q_proj$", down, false),
        ("", query, false),
        ("q", query, false), ("(q|k|v)_proj", query, true), ("(?:q|k|v)_proj", query, true),
        ("[qkv]_proj", query, true), ("q_?proj", query, true), ("qx?_proj", query, true),
        ("model", query, false), ("model.layers.1", query, false), ("MODEL.*", query, false),
        ("Q_proj", query, false), (#"self_attn\.q_proj"#, query, true),
        (#"self_attn\\.q_proj"#, query, false), ("self.attn.q.proj", query, true),
        (".*", "x", true),
        (".+", "", false), ("a|", "", true), ("(a|b)*c", "abbac", true), ("(a|b)+c", "c", false),
        ("a-b", "a-b", true), ("[a-]+", "a-a", true), ("[+*.]", "*", true),
    ]

    @Test func matchesAsPEFTDoes() throws {
        for (expression, name, matches) in Self.table {
            let pattern = try #require(ModulePattern(expression), "\(expression)")
            #expect(pattern.matches(name) == matches, "\(expression) and \(name)")
        }
    }

    /// Refused rather than read as something else: errors in Python, or features beyond the ones that occur.
    @Test(arguments: [
        "(q_proj", "q_proj)", "*q", "+q", "?q", "q**", "q*+", "a+?b", "a*?b", "a{2}", "[^q]_proj",
        #"\w+_proj"#,
        #"\bq"#, "[ab", "[", "[]", "[z-a]", #"[\d]"#, "^*q", #"(a)\1"#, "a$b", "(a$)b", "(?i)Q",
        "(?=q)q_proj",
        "(?!k)q_proj", "(?P<x>q)", #"q\"#, "(", ")", "|(", "a)(b",
    ])
    func otherExpressionsAreRefused(_ expression: String) {
        #expect(ModulePattern(expression) == nil)
    }

    @Test func sizesAreLimited() {
        #expect(ModulePattern(String(repeating: "a", count: 1024)) != nil)
        #expect(ModulePattern(String(repeating: "a", count: 1025)) == nil)
        #expect(
            ModulePattern(String(repeating: "(", count: 500) + String(repeating: ")", count: 500))
                == nil)
    }

    /// Expressions on which a backtracking matcher takes longer than anyone waits.
    @Test(arguments: [
        "(.*)*(.*)*x", "(a*)*b", "((a*)*)*b", "(a|a)*b", "(a|aa)+b", "(.*.*.*.*)*z",
        "(((((.+)+)+)+)+)+z",
        String(repeating: "a?", count: 60) + String(repeating: "a", count: 60),
        String(repeating: ".*", count: 500) + "z",
        String(repeating: "(.|", count: 15) + ".*" + String(repeating: "z)*", count: 15) + "z",
    ])
    func hostileExpressionsAreQuick(_ expression: String) throws {
        let pattern = try #require(ModulePattern(expression))
        let name = String(repeating: "a", count: 250)
        let start = ContinuousClock.now
        _ = pattern.matches(name)
        _ = pattern.matches(name + ".b")
        _ = pattern.matches(Self.query)
        #expect(ContinuousClock.now - start < .seconds(2))
    }
}
