/// What went wrong with a router, its training data or a routing request, and what to do about it.
public struct RoutingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, for callers that react to it.
    public enum Code: String, Sendable {
        /// A file could not be read or written.
        case file
        /// An artefact breaks the rules of its format.
        case malformed
        /// Training or evaluation data is unusable.
        case data
        /// A setting is out of its range.
        case setting
        /// The router and the shelf of adapters do not fit together.
        case binding
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }

    /// The same error, said of a file or a part of it.
    public func at(_ place: String) -> RoutingError {
        RoutingError(code, "\(place): \(message)")
    }
}
