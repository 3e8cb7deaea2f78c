/// Why adapters are not merged, and what to do about it.
public struct MergeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, for callers that react to it.
    public enum Code: String, Sendable {
        /// Settings or weights without sense.
        case invalid
        /// Adapters that do not go together.
        case mismatch
        /// What comes out cannot be computed or held.
        case unsupported
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
