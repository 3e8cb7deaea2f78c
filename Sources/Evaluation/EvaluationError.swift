/// Why an evaluation cannot be done or go on, and what to do about it.
public struct EvaluationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, for callers that react to it.
    public enum Code: String, Sendable {
        /// The suite breaks the rules of its format.
        case suite
        /// Rows cannot be used.
        case data
        /// A prompt, an answer or a mix is more than the model can take.
        case model
        /// Results cannot be kept.
        case output
        /// Somebody asked it to stop.
        case interrupted
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }

    /// The same error, said of a file or a part of it.
    public func at(_ place: String) -> EvaluationError {
        EvaluationError(code, "\(place): \(message)")
    }
}
