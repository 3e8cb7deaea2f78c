import Messaging
import Wire

/// Moves messages between the socket, the session and the streams; runs on a thread of its own.
struct ConnectionLoop: ~Copyable {
    private let endpoint: Endpoint
    private let mailbox: Mailbox
    private let dealer: DealerSocket
    private let monitor: ConnectionMonitor
    private var poller: Poller
    private let dealerToken: Poller.Token
    private var session: Session
    private var sinks: [RequestID: Mailbox.Sink] = [:]
    /// Encoded, waiting for room in the socket.
    private var outbox: [[[UInt8]]] = []

    init(
        _ endpoint: Endpoint, _ configuration: ClientConfiguration, _ mailbox: Mailbox,
        _ context: Context
    ) throws(MessagingError) {
        var options = SocketOptions(frameByteLimit: Int64(Frames.serviceLimit))
        // Enough to get a last Cancel or Close out, and no reason to hold up an exit.
        options.linger = .milliseconds(500)
        let dealer = try DealerSocket(context, options)
        let monitor = try ConnectionMonitor(dealer, context, name: "client-connection")
        var poller = Poller()
        let dealerToken = try poller.add(dealer)
        _ = try poller.add(monitor)
        _ = poller.add(mailbox.wakeup)
        try dealer.connect(endpoint)
        self.endpoint = endpoint
        self.mailbox = mailbox
        self.dealer = dealer
        self.monitor = monitor
        self.poller = poller
        self.dealerToken = dealerToken
        session = Session(endpoint: endpoint.description, configuration: configuration, now: .now)
    }

    /// Works until the program asks it to stop.
    mutating func run() throws(MessagingError) {
        while true {
            poller.watchWritable(dealerToken, !outbox.isEmpty)
            try poller.wait(
                session.nextDeadline.map { max(.zero, ContinuousClock.now.duration(to: $0)) })
            for command in mailbox.take() {
                if case .shutDown = command {
                    try flush()
                    return perform(session.shutDown())
                }
                perform(command)
            }
            while let event = try monitor.next() { perform(event) }
            while let frames = try receive() { perform(frames) }
            perform(session.tick(now: .now))
            try flush()
        }
    }

    private mutating func perform(_ command: Mailbox.Command) {
        switch command {
        case .start(let id, let opening, let sink):
            sinks[id] = sink
            perform(session.start(id, opening, now: .now))
        case .cancel(let id): perform(session.cancel(id))
        case .abandon(let id):
            sinks[id] = nil
            perform(session.abandon(id))
        case .grant(let id, let chunks):
            perform(session.grant(chunks, to: id, now: .now))
        case .close(let id): perform(session.close(id))
        case .shutDown: break
        }
    }

    private mutating func perform(_ event: ConnectionMonitor.Event) {
        switch event {
        case .connected: perform(session.connected(now: .now))
        case .disconnected:
            // The session says all of it again on the next connection.
            outbox.removeAll()
            session.disconnected(now: .now)
        case .handshakeFailed: perform(session.failed("the peer does not speak ZeroMQ"))
        }
    }

    private func receive() throws(MessagingError) -> [[UInt8]]? {
        do throws(MessagingError) {
            return try dealer.receive()
        } catch {
            guard error.code == .tooManyFrames else { throw error }
            return []
        }
    }

    private mutating func perform(_ frames: [[UInt8]]) {
        do throws(WireError) {
            perform(session.receive(try Frames.decode(frames), now: .now))
        } catch {
            perform(session.failed("the peer does not speak this protocol: \(error)"))
        }
    }

    private mutating func perform(_ actions: [Session.Action]) {
        for action in actions {
            switch action {
            case .send(let verb): enqueue(verb)
            case .deliver(let id, let event): sinks[id]?.yield(event)
            case .finish(let id, let error):
                let sink = sinks.removeValue(forKey: id)
                if let error { sink?.finish(throwing: error) } else { sink?.finish() }
            }
        }
    }

    private mutating func enqueue(_ verb: ClientVerb) {
        // What is too large was refused before it came here.
        if let frames = try? Frames.encode(verb) { outbox.append(frames) }
    }

    private mutating func flush() throws(MessagingError) {
        var sent = 0
        defer { outbox.removeFirst(sent) }
        while sent < outbox.count {
            do throws(MessagingError) {
                try dealer.send(outbox[sent])
            } catch {
                guard error.code == .wouldBlock else { throw error }
                return
            }
            sent += 1
        }
    }
}
