/// A key of PEFT's `rank_pattern` and `alpha_pattern`: a name, or a regular expression, of a module or of its last components.
///
/// PEFT looks for `(.*\.)?(key)$` from the start of the module's name (`get_pattern_key`).
struct ModulePattern: Sendable {
    /// A name whose dots stand for any character, as in an expression; matched without an automaton, since adapters whose
    /// ranks were allocated have a key for each of their modules.
    private enum Form: Sendable {
        case name([UInt8])
        case expression(RegularExpression)
    }

    private let form: Form

    init(_ key: String) throws(RegularExpressionError) {
        let dot = UInt8(ascii: ".")
        if key.utf8.allSatisfy({ RegularExpressionParser.word.contains($0) || $0 == dot }) {
            form = .name(Array(key.utf8))
        } else {
            form = .expression(try RegularExpression("(.*\\.)?(\(key))$"))
        }
    }

    /// Whether the key matches the whole name or what follows one of its dots.
    func matches(_ module: String) -> Bool {
        switch form {
        case .name(let key): Self.isSuffix(key, of: Array(module.utf8))
        case .expression(let expression): expression.matchesStart(of: module)
        }
    }

    private static func isSuffix(_ key: [UInt8], of name: [UInt8]) -> Bool {
        let dot = UInt8(ascii: ".")
        let start = name.count - key.count
        guard start == 0 || start > 0 && name[start - 1] == dot else { return false }
        return zip(key, name[start...]).allSatisfy { $0 == dot || $0 == $1 }
    }
}
