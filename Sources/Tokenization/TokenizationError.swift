/// What is wrong with a tokenizer's files, a text or a chat, where, and what to do about it.
public struct TokenizationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, for callers that react to it.
    public enum Code: String, Sendable {
        /// A file could not be read.
        case unreadable
        /// A file breaks the rules of its format, or contradicts itself.
        case malformed
        /// A file is valid and asks for something that is not implemented.
        case unsupported
        /// A count or a length exceeds its limit.
        case limitExceeded
        /// The chat does not fit the model's template.
        case invalidChat
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }

    /// The same error, said of a file or a part of it.
    func at(_ place: String) -> TokenizationError {
        TokenizationError(code, "\(place): \(message)")
    }
}
