/// What arrives from one peer, cut into messages; a pure state machine, so that it can be tested and fuzzed without
/// sockets.
///
/// It never holds more than one message, and of a frame only what has arrived.
struct PeerStream {
    enum Output: Equatable {
        /// The handshake is done: what follows are messages.
        case opened
        case message([[UInt8]])
        /// A message with more frames than are taken; it was not kept.
        case tooManyFrames
        /// Bytes to be sent to the peer.
        case answer([UInt8])
    }

    /// Commands are short; what the handshake says of itself too.
    private static let commandByteLimit = 8 << 10

    private enum Phase {
        case greeting([UInt8])
        case handshake
        case open
    }

    private let options: RouterOptions
    private var phase = Phase.greeting([])
    private var header: [UInt8] = []
    private var frame: (header: FrameHeader, body: [UInt8])?
    /// Bytes of the frame that have arrived and were not kept.
    private var skippedCount = 0
    private var message: [[UInt8]] = []
    private var frameCount = 0
    /// Bytes of the message's finished frames.
    private var messageByteCount = 0

    init(_ options: RouterOptions) {
        self.options = options
    }

    /// Bytes held of a message that is not complete.
    var byteCount: Int { messageByteCount + (frame?.body.count ?? 0) }

    /// Whether something was begun that is not finished: a message, or the handshake.
    var isAmid: Bool {
        guard case .open = phase else { return true }
        return frameCount > 0 || frame != nil || !header.isEmpty
    }

    /// Reads from `bytes[position..<end]` up to the next output; nil when it needs more.
    mutating func next(
        _ bytes: [UInt8], from position: inout Int, to end: Int
    ) throws(TransportFault) -> Output? {
        if case .greeting(var greeting) = phase {
            let count = min(end - position, Handshake.greetingByteCount - greeting.count)
            greeting += bytes[position..<position + count]
            position += count
            phase = .greeting(greeting)
            // Whoever speaks something else is told from the first byte, not after a timeout.
            guard greeting.first ?? 0xFF == 0xFF else { throw .foreign }
            guard greeting.count == Handshake.greetingByteCount else { return nil }
            try Handshake.check(greeting: greeting)
            phase = .handshake
            return .answer(Handshake.ready)
        }
        while true {
            if frame == nil {
                guard let header = try readHeader(bytes, from: &position, to: end) else {
                    return nil
                }
                try begin(header)
            }
            guard let (header, body) = readBody(bytes, from: &position, to: end) else {
                return nil
            }
            if let output = try take(header, body) { return output }
        }
    }

    private mutating func readHeader(
        _ bytes: [UInt8], from position: inout Int, to end: Int
    ) throws(TransportFault) -> FrameHeader? {
        while position < end {
            header.append(bytes[position])
            position += 1
            guard header.count == FrameHeader.byteCount(flags: header[0]) else { continue }
            defer { header.removeAll(keepingCapacity: true) }
            return try FrameHeader(header)
        }
        return nil
    }

    private mutating func begin(_ header: FrameHeader) throws(TransportFault) {
        let room = options.messageByteLimit - messageByteCount
        let limit = header.isCommand ? Self.commandByteLimit : min(options.frameByteLimit, room)
        guard header.length <= limit else { throw .oversized }
        if case .handshake = phase, !header.isCommand { throw .malformed }
        frame = (header, [])
    }

    /// Takes what there is of the frame; frames beyond the limit are counted but not kept.
    private mutating func readBody(
        _ bytes: [UInt8], from position: inout Int, to end: Int
    ) -> (FrameHeader, [UInt8])? {
        guard let (header, known) = frame.map({ ($0.header, $0.body.count) }) else { return nil }
        let missing = header.length - known - skippedCount
        let count = min(end - position, missing)
        if header.isCommand || frameCount < options.frameLimit {
            frame?.body += bytes[position..<position + count]
        } else {
            skippedCount += count
        }
        position += count
        guard count == missing, let body = frame?.body else { return nil }
        frame = nil
        skippedCount = 0
        return (header, body)
    }

    private mutating func take(
        _ header: FrameHeader, _ body: [UInt8]
    ) throws(TransportFault) -> Output? {
        if header.isCommand { return try take(command: body) }
        frameCount += 1
        if frameCount <= options.frameLimit {
            message.append(body)
            messageByteCount += body.count
        }
        guard !header.hasMore else { return nil }
        defer {
            message = []
            messageByteCount = 0
            frameCount = 0
        }
        return frameCount <= options.frameLimit ? .message(message) : .tooManyFrames
    }

    private mutating func take(command body: [UInt8]) throws(TransportFault) -> Output? {
        if case .handshake = phase {
            try Handshake.check(ready: body)
            phase = .open
            return .opened
        }
        return Handshake.pong(to: body).map(Output.answer)
    }
}
