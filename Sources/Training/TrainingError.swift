/// What went wrong with a training, and what to do.
public struct TrainingError: Error, Equatable, CustomStringConvertible, Sendable {
    public enum Code: Sendable, Hashable {
        /// Settings or data that cannot be trained with.
        case setting
        /// The loss is no number any more.
        case diverged
        /// A state of another training, or none where one was asked for.
        case mismatch
        case malformed
        case unwritable
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
