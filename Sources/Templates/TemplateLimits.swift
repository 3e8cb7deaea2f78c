/// What reading and rendering a template may take; beyond, it is refused.
public struct TemplateLimits: Sendable {
    /// Bytes of a template's source.
    public static let sourceByteCount = 1 << 20
    /// Nesting of a template's statements, and of one expression while it is read.
    static let syntaxDepth = 100
    /// Nodes on the way from the root of an expression to its deepest leaf.
    static let expressionDepth = 200
    /// Nesting of lists and mappings.
    static let valueDepth = 64
    /// Different names of variables; scopes are searched one by one.
    static let nameCount = 1000
    static let namedArgumentCount = 256
    /// Items of a `range`, as jinja2's sandbox has it.
    static let rangeCount = 100_000

    /// Evaluated nodes and visited items.
    public var stepCount = 2_000_000
    /// Bytes of all texts and items that are made on the way, the result included.
    public var byteCount = 1 << 27
    /// Statements, expressions and calls within each other while rendering.
    public var depth = 400

    public init() {}
}
