public import Wire

/// Why a request is not taken, or a part of it has failed: what a `Failed` message says.
public struct Refusal: Error, Equatable, Sendable {
    public let code: WireCode
    public let message: String
    /// When trying again makes sense; nil where it does not.
    public let retryAfter: Duration?

    public init(_ code: WireCode, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }
}
