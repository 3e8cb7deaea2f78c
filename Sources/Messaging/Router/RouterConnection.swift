import Glibc

/// A router's connection to one peer: what arrives, and what waits to leave.
///
/// Owned by the router's thread.
final class RouterConnection {
    /// Bytes taken from the system at a time.
    static let chunkByteCount = 64 << 10

    let peer: Peer
    let descriptor: Int32
    private var stream: PeerStream
    /// Arrived but not cut yet, from `position` on.
    private var input: [UInt8] = []
    private var position = 0
    private var output: [UInt8] = Handshake.greeting
    private var sentCount = 0
    private(set) var isOpen = false
    /// It takes nothing any more; what it said last may still be read.
    private(set) var isDeaf = false
    /// Since when the handshake, or a message, has been waited for.
    private(set) var waitingSince: ContinuousClock.Instant
    /// Whether it stands in the router's line of connections with something to read.
    var isInLine = false
    var hasOutputQueued = false
    /// Whether the system tells when there is room to write.
    var isWatchedForRoom = false

    init(_ descriptor: Int32, peer: Peer, options: RouterOptions, now: ContinuousClock.Instant) {
        self.descriptor = descriptor
        self.peer = peer
        stream = PeerStream(options)
        waitingSince = now
    }

    deinit { Glibc.close(descriptor) }

    var inputByteCount: Int { stream.byteCount + input.count - position }
    var outputByteCount: Int { output.count - sentCount }
    /// Whether something is there that was read and not looked at.
    private var hasInput: Bool { position < input.count }
    private var wasReadFull = false
    /// Whether another visit may bring something; else the system tells when there is more.
    var mayHaveMore: Bool { hasInput || wasReadFull }

    /// How long its handshake or its message may still take; nil: nothing was begun.
    func timeLeft(
        _ options: RouterOptions, now: ContinuousClock.Instant
    ) -> Duration? {
        guard isOpen else { return options.handshakeTimeout - (now - waitingSince) }
        return stream.isAmid ? options.messageTimeout - (now - waitingSince) : nil
    }

    /// What a visit brought.
    enum Visit {
        case message([[UInt8]])
        /// Something was read, and there may be more.
        case progress
        /// Nothing more is there for now.
        case idle
        /// The peer closed the connection, or the system did.
        case left
    }

    /// Reads once, if nothing is left from before, and cuts off the next message.
    ///
    /// - Parameter scratch: where the system puts what it has; used by all connections in turn.
    func visit(
        _ scratch: inout [UInt8], now: ContinuousClock.Instant
    ) throws(TransportFault) -> Visit {
        if hasInput {
            let message = try cut(input, to: input.count, now: now)
            if position == input.count { forgetInput() }
            return message.map(Visit.message) ?? .progress
        }
        let count = unsafe scratch.withUnsafeMutableBytes { bytes in
            unsafe recv(descriptor, bytes.baseAddress, bytes.count, 0)
        }
        wasReadFull = count == scratch.count
        guard count > 0 else {
            if count < 0, errno == EINTR { return .progress }
            return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? .idle : .left
        }
        position = 0
        let message = try cut(scratch, to: count, now: now)
        if position < count { input = Array(scratch[position..<count]) }
        position = 0
        return message.map(Visit.message) ?? .progress
    }

    private func forgetInput() {
        input = []
        position = 0
    }

    /// The next message, with the answers that it takes to get there put in the output.
    private func cut(
        _ bytes: [UInt8], to end: Int, now: ContinuousClock.Instant
    ) throws(TransportFault) -> [[UInt8]]? {
        let wasAmid = stream.isAmid
        defer { if !wasAmid { waitingSince = now } }
        while let next = try stream.next(bytes, from: &position, to: end) {
            switch next {
            case .opened: isOpen = true
            case .answer(let bytes):
                // A peer that asks and does not listen shall not fill memory with answers.
                if outputByteCount < Self.chunkByteCount, !isDeaf { output += bytes }
            case .tooManyFrames: waitingSince = now
            case .message(let frames):
                waitingSince = now
                return frames
            }
        }
        return nil
    }

    func append(_ frames: [[UInt8]]) {
        for (index, frame) in frames.enumerated() {
            output += FrameHeader.bytes(length: frame.count, hasMore: index + 1 < frames.count)
            output += frame
        }
    }

    /// Gives the system what it takes; what a peer that is gone would not get is thrown away.
    func flush() {
        while sentCount < output.count {
            let count = unsafe output.withUnsafeBytes { bytes in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sentCount...])
                return unsafe send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN || errno == EWOULDBLOCK { break }
                isDeaf = true
                sentCount = output.count
                break
            }
            sentCount += count
        }
        if sentCount == output.count {
            output.removeAll(keepingCapacity: output.capacity <= Self.chunkByteCount)
            sentCount = 0
        } else if sentCount > Self.chunkByteCount {
            output.removeFirst(sentCount)
            sentCount = 0
        }
    }
}
