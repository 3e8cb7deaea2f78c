public import Wire

/// Why a request or a worker fails, in one line that says what, where and what to do.
public struct WorkerError: Error, Sendable, CustomStringConvertible {
    public let code: WireCode
    public let description: String

    public init(_ code: WireCode, _ description: String) {
        self.code = code
        self.description = description
    }
}
