/// What is wrong with a message from outside, or with one that was to be sent.
public struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// Not this protocol at all; such messages get no answer.
        case foreign
        case unsupportedVersion
        case wrongFrameCount
        case oversizedFrame
        case unknownKind
        /// The body is no valid protobuf of its kind.
        case malformedBody
        /// The body was read, but a field's value is not allowed.
        case invalidField
    }

    public let code: Code
    /// One sentence for the peer: what is wrong, where, what is allowed.
    public let message: String
    /// The request that the message belongs to, where its body could be read.
    public internal(set) var request: RequestID?

    public init(_ code: Code, _ message: String, request: RequestID? = nil) {
        self.code = code
        self.message = message
        self.request = request
    }

    public var description: String { message }

    /// The refusal to send back, or nil where the sender does not speak this protocol.
    ///
    /// A peer of another major version is told once, in a message whose frame 0 names the versions
    /// that would do.
    public var refusal: WireFailed? {
        guard code != .foreign else { return nil }
        return WireFailed {
            if let request { $0.requestID = request }
            $0.code = code == .unsupportedVersion ? .unsupportedVersion : .invalidArgument
            $0.message = message
        }
    }
}
