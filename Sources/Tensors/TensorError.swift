/// What went wrong with a file, a document or a tensor, where, and what to do about it.
public struct TensorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, for callers that react to it.
    public enum Code: String, Sendable {
        /// The file could not be opened or read.
        case unreadable
        /// The file could not be written.
        case unwritable
        /// The content breaks the rules of its format.
        case malformed
        /// The content is valid, but of a kind that is not supported.
        case unsupported
        /// The content exceeds a limit.
        case limitExceeded
        /// Shapes, counts or types do not fit together.
        case mismatch
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }

    /// The same error, said of a file or a part of it.
    public func at(_ place: String) -> TensorError {
        TensorError(code, "\(place): \(message)")
    }
}
