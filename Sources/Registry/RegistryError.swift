/// Why a registry does not change, or cannot be read, and what to do about it.
public struct RegistryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, for callers that react to it.
    public enum Code: String, Sendable {
        case unknownName, nameTaken, invalid, conflict, malformed, newer, file
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
