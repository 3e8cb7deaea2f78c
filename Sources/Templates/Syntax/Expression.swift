/// A part of a template that has a value.
struct Expression: Sendable {
    let kind: Kind
    let line: Int
    /// Nodes on the way to the deepest leaf.
    let depth: Int

    indirect enum Kind: Sendable {
        case constant(Value)
        case name(Name)
        case list([Expression])
        case tuple([Expression])
        case mapping([(key: Expression, value: Expression)])
        case attribute(Expression, Member)
        case item(Expression, Expression)
        case slice(Expression, Bounds)
        case call(Expression, Arguments)
        /// The operand of the first filter of a block is the block's text.
        case filter(Expression?, String, Arguments)
        case test(Expression, String, Arguments)
        case unary(Token.Symbol, Expression)
        case binary(Token.Symbol, Expression, Expression)
        case concatenation([Expression])
        case comparison(Expression, [(relation: Relation, right: Expression)])
        case and(Expression, Expression)
        case or(Expression, Expression)
        case not(Expression)
        case conditional(Expression, then: Expression, otherwise: Expression?)
    }

    /// `[start:end:step]`.
    struct Bounds: Sendable {
        var start: Expression?
        var end: Expression?
        var step: Expression?
    }

    /// What a call passes.
    struct Arguments: Sendable {
        var positional: [Expression] = []
        var named: [(name: String, value: Expression)] = []
        /// `*values` and `**values`.
        var unpackedList: Expression?
        var unpackedMapping: Expression?
    }

    enum Relation: Sendable {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, isIn, isNotIn
    }
}

/// A name behind a dot.
struct Member: Sendable {
    let name: String
    let bytes: [UInt8]

    init(_ name: String) {
        self.name = name
        bytes = Array(name.utf8)
    }
}

/// A variable's name and its number in the template.
struct Name: Sendable {
    let text: String
    let id: Int
}

/// Numbers the names of a template's variables.
struct NameTable: Sendable {
    private var ids: [String: Int] = [:]

    /// Names that the renderer itself sets.
    static let loop = 0
    static let caller = 1
    static let varargs = 2
    static let kwargs = 3

    init() {
        for name in ["loop", "caller", "varargs", "kwargs"] { _ = id(of: name) }
    }

    mutating func id(of name: String) -> Int {
        if let id = ids[name] { return id }
        ids[name] = ids.count
        return ids.count - 1
    }

    var count: Int { ids.count }

    /// The number of a name that the template uses.
    subscript(name: String) -> Int? { ids[name] }
}
