public import SwiftProtobuf

/// The names that frame 1 may hold, in ASCII.
///
/// `Protos/fusebox/v1` says which message goes with each.
public enum Kind: String, CaseIterable, Sendable {
    // client to front
    case submit = "SUBMIT"
    case attach = "ATTACH"
    case cancel = "CANCEL"
    case credit = "CREDIT"
    case close = "CLOSE"
    case route = "ROUTE"
    case listAdapters = "LIST_ADAPTERS"
    case status = "STATUS"
    case listRequests = "LIST_REQUESTS"
    case retry = "RETRY"
    case drop = "DROP"
    case changeAdapter = "CHANGE_ADAPTER"

    // front to client
    case accepted = "ACCEPTED"
    case routed = "ROUTED"
    case chunk = "CHUNK"
    case done = "DONE"
    case failed = "FAILED"
    case routeReply = "ROUTE_REPLY"
    case adapters = "ADAPTERS"
    case statusReply = "STATUS_REPLY"
    case requests = "REQUESTS"
    case adapterChanged = "ADAPTER_CHANGED"

    // worker to front, and HEARTBEAT and FAILED back
    case ready = "READY"
    case heartbeat = "HEARTBEAT"
    case workerChunk = "WORKER_CHUNK"
    case workerRouted = "WORKER_ROUTED"
    case finished = "FINISHED"
    case editionHeld = "EDITION_HELD"

    // front to worker
    case dispatch = "DISPATCH"
    case workerCancel = "WORKER_CANCEL"
    case expect = "EXPECT"
    case drain = "DRAIN"
    case edition = "EDITION"
    case dropEdition = "DROP_EDITION"

    /// The kinds by frame 1.
    static let named = Dictionary(
        uniqueKeysWithValues: allCases.map { (Array($0.rawValue.utf8), $0) })
}

/// A message of `Protos/`: it knows its kind and what its fields may hold.
public protocol WireMessage: SwiftProtobuf.Message, Equatable {
    static var kind: Kind { get }

    /// - Throws: `.invalidField` for the first field whose value is not allowed.
    func validate() throws(WireError)
}

extension SwiftProtobuf.Message {
    /// A message whose fields the closure sets: `WireCancel { $0.requestID = id }`.
    public init(_ fill: (inout Self) throws -> Void) rethrows {
        self.init()
        try fill(&self)
    }
}

/// What travels one way between two parties: an enum with a case a kind, so that a receiver can
/// only meet what its peer may send.
public protocol WireDirection: Sendable, Equatable {
    /// The largest frame that the receiver takes.
    static var frameLimit: Int { get }

    /// The message in the case.
    var message: any WireMessage { get }

    /// Reads the body of a kind; nil for a kind that does not travel this way.
    init?(kind: Kind, body: [UInt8]) throws(WireError)
}

/// The three frames of every message: version, kind, body.
///
/// To change the protocol: add the message to `Protos/`, its name to `Kind`, its checks beside the
/// others in `ClientMessages` or `WorkerMessages`, its case to the direction in which it travels.
public enum Frames {
    public static let count = 3

    /// No sender needs more frames than this, routing frames included; what follows is not stored.
    public static let countLimit = 16

    /// Bytes in a frame from a client: prompts, no replies.
    public static let clientLimit = 1 << 20

    /// Bytes in a frame from the front or a worker: token ids of a prompt and its reply.
    public static let serviceLimit = 4 << 20

    /// The messages nest four deep; this leaves room to grow and none to overflow a stack.
    private static let depthLimit = 16

    private static let versionFrame = ProtocolVersion.current.frame

    /// Lays a message out.
    ///
    /// - Throws: `.oversizedFrame` when the receiver would refuse it.
    public static func encode(_ sent: some WireDirection) throws(WireError) -> [[UInt8]] {
        let message = sent.message
        let kind = type(of: message).kind
        let body: [UInt8]
        do {
            body = try message.serializedBytes()
        } catch {
            throw WireError(.malformedBody, "\(kind.rawValue) cannot be written: \(error)")
        }
        try checkSize(body, of: kind.rawValue, limit: type(of: sent).frameLimit)
        return [versionFrame, Array(kind.rawValue.utf8), body]
    }

    /// Reads what came in, and checks every field.
    ///
    /// - Throws: the reason why it cannot be taken; `WireError.refusal` is the answer to give.
    public static func decode<Direction: WireDirection>(
        _ frames: [[UInt8]], as direction: Direction.Type = Direction.self
    ) throws(WireError) -> Direction {
        guard let first = frames.first else {
            throw WireError(.foreign, "a message without frames")
        }
        let peer = try ProtocolVersion(frame: first)
        let own = ProtocolVersion.current
        guard own.isCompatible(with: peer) else {
            throw WireError(
                .unsupportedVersion,
                "the peer speaks protocol versions \(peer.minimum) to \(peer.major), "
                    + "this service \(own.minimum) to \(own.major)")
        }
        guard frames.count == count else {
            throw WireError(
                .wrongFrameCount, "a message has \(count) frames, this one has \(frames.count)")
        }
        guard let kind = Kind.named[frames[1]] else {
            throw WireError(.unknownKind, "frame 1 names no kind of message")
        }
        try checkSize(frames[2], of: kind.rawValue, limit: Direction.frameLimit)
        guard let message = try Direction(kind: kind, body: frames[2]) else {
            throw WireError(.unknownKind, "\(kind.rawValue) is not a message to this receiver")
        }
        return message
    }

    /// Parses a body and checks its fields.
    static func read<M: WireMessage>(_ body: [UInt8]) throws(WireError) -> M {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = depthLimit
        let message: M
        do {
            message = try M(serializedBytes: body, options: options)
        } catch BinaryDecodingError.invalidUTF8 {
            throw WireError(
                .malformedBody, "a text in the body of \(M.kind.rawValue) is not valid UTF-8")
        } catch {
            throw WireError(.malformedBody, "the body of \(M.kind.rawValue) is not its protobuf")
        }
        do {
            try message.validate()
        } catch {
            var named = error
            named.request = (message as? any RequestMessage).flatMap {
                RequestID(bytes: $0.request)
            }
            throw named
        }
        return message
    }

    private static func checkSize(_ body: [UInt8], of kind: String, limit: Int) throws(WireError) {
        guard body.count <= limit else {
            throw WireError(
                .oversizedFrame, "\(kind) has \(body.count) bytes, at most \(limit) are taken")
        }
    }
}
