/// Why the service could not start, or cannot go on: one line that says what to do.
public struct ServiceFailure: Error, Equatable, CustomStringConvertible {
    public let message: String

    public init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
}
