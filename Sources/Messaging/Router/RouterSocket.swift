import DequeModule
import Glibc

/// The name under which a router knows a connection: chosen by it, new with each connection, and no proof of who the
/// peer is.
public struct Peer: Hashable, Sendable {
    public let routingID: [UInt8]

    public init(routingID: [UInt8]) {
        self.routingID = routingID
    }
}

/// Talks to many ZeroMQ peers, each by name; owned by the thread that made it.
///
/// It speaks ZMTP 3 itself. libzmq's own ROUTER buffers all frames of a message that is never finished, cannot cut one
/// peer, and ends the process when a peer whose queue is full sends a PING and goes (`!_io_error`, stream_engine_base.cpp
/// up to 4.3.5 and later): a service that any client may reach needs bounds of its own.
public final class RouterSocket {
    /// What comes in.
    public enum Arrival: Sendable {
        case message(Peer, [[UInt8]])
        /// The connection is over; the name will not come back.
        case left(Peer)
    }

    /// Connections that are looked at in one call, so that no call takes long.
    private static let visitLimit = 32
    private static let sweepInterval: Duration = .milliseconds(250)

    private let options: RouterOptions
    private let queue: EventQueue
    private var listeners: [UInt64: ListeningSocket] = [:]
    /// Those that could not take a connection for want of descriptors or memory.
    private var pausedListeners: [(ListeningSocket, UInt64)] = []
    private var connections: [UInt64: RouterConnection] = [:]
    /// Connections with something to read, in the order of their turns.
    private var line: Deque<UInt64> = []
    private var departed: Deque<Peer> = []
    /// Connections for which something was queued since the last flush.
    private var unsent: [UInt64] = []
    private var nextKey: UInt64 = 1
    private var inputByteCount = 0
    private var outputByteCount = 0
    private var counts = RouterStatistics()
    private var scratch = Array(repeating: UInt8(0), count: RouterConnection.chunkByteCount)
    private var sweptAt = ContinuousClock.now

    public init(_ options: RouterOptions) throws(MessagingError) {
        self.options = options
        queue = try EventQueue()
    }

    /// Readable while a peer has something to say, or room for more.
    var descriptor: Int32 { queue.descriptor }

    public var statistics: RouterStatistics {
        var statistics = counts
        statistics.openCount = connections.count
        statistics.inputByteCount = inputByteCount
        return statistics
    }

    /// Whether `receive` has something to do that no descriptor tells of.
    public var hasBacklog: Bool { !line.isEmpty || !departed.isEmpty }

    /// Listens at an ipc or loopback endpoint.
    ///
    /// - Returns: the endpoint, with the port that `tcp://127.0.0.1:*` got.
    /// - Throws: `.refusedBind` for an endpoint that the network could reach, `.addressInUse`.
    @discardableResult
    public func bind(_ endpoint: Endpoint) throws(MessagingError) -> Endpoint {
        let listener = try ListeningSocket(endpoint)
        let key = takeKey()
        try queue.add(listener.descriptor, key: key)
        listeners[key] = listener
        return listener.endpoint
    }

    private func takeKey() -> UInt64 {
        defer { nextKey += 1 }
        return nextKey
    }

    // MARK: - In

    /// Takes the next message, from each peer in its turn, or the news that one has left.
    ///
    /// nil: nothing is there, or what is there needs more calls (`hasBacklog`).
    public func receive() -> Arrival? {
        if line.isEmpty { collect() }
        let now = ContinuousClock.now
        for _ in 0..<Self.visitLimit {
            if let peer = departed.popFirst() { return .left(peer) }
            guard let key = line.popFirst() else { return nil }
            guard let connection = connections[key] else { continue }
            connection.isInLine = false
            if let frames = visit(connection, key: key, now: now) {
                return .message(connection.peer, frames)
            }
        }
        return nil
    }

    /// Asks the system which peers have something; call it once a turn, so that none has to wait for the others' end.
    public func collect() {
        for (key, isReadable, hasRoom) in queue.ready() {
            if let listener = listeners[key] {
                accept(from: listener, key: key)
                continue
            }
            guard let connection = connections[key] else { continue }
            if hasRoom { flush(connection, key: key) }
            if isReadable { putInLine(connection, key: key) }
        }
    }

    private func putInLine(_ connection: RouterConnection, key: UInt64) {
        guard !connection.isInLine else { return }
        connection.isInLine = true
        line.append(key)
    }

    private func accept(from listener: ListeningSocket, key: UInt64) {
        // The others come with the next turn.
        for _ in 0..<Self.visitLimit {
            switch listener.accept() {
            case .none: return
            case .refused: counts.refusedCount += 1
            case .impossible:
                // It stays readable: without a pause the front would do nothing else.
                pausedListeners.append((listener, key))
                try? queue.watch(listener.descriptor, key: key, forInput: false)
                return
            case .connection(let descriptor):
                guard connections.count < options.connectionLimit else {
                    counts.refusedCount += 1
                    Glibc.close(descriptor)
                    continue
                }
                open(descriptor)
            }
        }
    }

    private func open(_ descriptor: Int32) {
        let key = takeKey()
        let peer = Peer(
            routingID: (0..<8).reversed().map { UInt8(truncatingIfNeeded: key >> (8 * $0)) })
        let connection = RouterConnection(
            descriptor, peer: peer, options: options, now: ContinuousClock.now)
        guard (try? queue.add(descriptor, key: key)) != nil else {
            counts.refusedCount += 1
            return
        }
        connections[key] = connection
        outputByteCount += connection.outputByteCount
        note(connection, key: key)
    }

    private func visit(
        _ connection: RouterConnection, key: UInt64, now: ContinuousClock.Instant
    ) -> [[UInt8]]? {
        let held = (connection.inputByteCount, connection.outputByteCount)
        do throws(TransportFault) {
            let visit = try connection.visit(&scratch, now: now)
            inputByteCount += connection.inputByteCount - held.0
            outputByteCount += connection.outputByteCount - held.1
            if connection.outputByteCount > held.1 { note(connection, key: key) }
            switch visit {
            case .message(let frames):
                if connection.mayHaveMore { putInLine(connection, key: key) }
                return frames
            case .progress:
                if connection.mayHaveMore { putInLine(connection, key: key) }
                if inputByteCount > options.totalInputByteLimit { cutLargest() }
            case .idle: break
            case .left: drop(key)
            }
        } catch {
            inputByteCount += connection.inputByteCount - held.0
            outputByteCount += connection.outputByteCount - held.1
            cut(key)
        }
        return nil
    }

    private func cutLargest() {
        if let largest = connections.max(by: { $0.value.inputByteCount < $1.value.inputByteCount })
        {
            cut(largest.key)
        }
    }

    private func cut(_ key: UInt64) {
        counts.cutCount += 1
        drop(key)
    }

    /// Ends a connection.
    private func drop(_ key: UInt64) {
        guard let connection = connections.removeValue(forKey: key) else { return }
        inputByteCount -= connection.inputByteCount
        outputByteCount -= connection.outputByteCount
        if connection.isOpen { departed.append(connection.peer) }
    }

    // MARK: - Out

    /// Queues a message for a peer without waiting; `flush` sends it.
    ///
    /// - Throws: `.unreachable` when the peer is gone, `.wouldBlock` when too much waits for it already.
    public func send(_ frames: [[UInt8]], to peer: Peer) throws(MessagingError) {
        let key = peer.routingID.count == 8 ? peer.routingID.reduce(0) { $0 << 8 | UInt64($1) } : 0
        guard let connection = connections[key], connection.isOpen, !connection.isDeaf else {
            throw MessagingError(.unreachable, "the peer is gone")
        }
        let waiting = connection.outputByteCount
        guard
            waiting == 0
                || waiting < options.outputByteLimit
                    && outputByteCount < options.totalOutputByteLimit
        else { throw MessagingError(.wouldBlock, "\(waiting) bytes wait for the peer already") }
        connection.append(frames)
        outputByteCount += connection.outputByteCount - waiting
        note(connection, key: key)
    }

    private func note(_ connection: RouterConnection, key: UInt64) {
        guard !connection.hasOutputQueued else { return }
        connection.hasOutputQueued = true
        unsent.append(key)
    }

    /// Sends what the system takes of all that was queued, and cuts peers that are late; call it once a turn.
    public func flush() {
        let keys = unsent
        unsent.removeAll(keepingCapacity: true)
        for key in keys {
            guard let connection = connections[key] else { continue }
            connection.hasOutputQueued = false
            flush(connection, key: key)
        }
        sweep()
    }

    private func flush(_ connection: RouterConnection, key: UInt64) {
        let waiting = connection.outputByteCount
        connection.flush()
        outputByteCount += connection.outputByteCount - waiting
        let needsRoom = connection.outputByteCount > 0
        guard needsRoom != connection.isWatchedForRoom else { return }
        connection.isWatchedForRoom = needsRoom
        try? queue.watch(connection.descriptor, key: key, forRoom: needsRoom)
    }

    private func sweep() {
        let now = ContinuousClock.now
        guard now - sweptAt >= Self.sweepInterval else { return }
        sweptAt = now
        for (listener, key) in pausedListeners { try? queue.watch(listener.descriptor, key: key) }
        pausedListeners = []
        for (key, connection) in connections {
            if let left = connection.timeLeft(options, now: now), left <= .zero { cut(key) }
        }
    }

    /// Stops listening, sends what is queued for as long as the linger allows, and ends all connections.
    public func close() {
        listeners = [:]
        pausedListeners = []
        let end = ContinuousClock.now + options.linger
        flush()
        while outputByteCount > 0, ContinuousClock.now < end {
            usleep(1000)
            for (key, connection) in connections { flush(connection, key: key) }
        }
        connections = [:]
    }
}
