import Messaging
import Wire

/// One turn of the front's thread: frames in, events to the broker, its actions out.
struct FrontTurn: ~Copyable {
    /// Messages taken from a socket before the other one and the clock get their turn.
    private static let batch = 128

    private let sockets: FrontSockets
    private var broker: Broker
    private let notices: AsyncStream<FrontNotice>.Continuation

    init(
        sockets: consuming FrontSockets, broker: Broker,
        notices: AsyncStream<FrontNotice>.Continuation
    ) {
        self.sockets = sockets
        self.broker = broker
        self.notices = notices
    }

    mutating func receiveFromWorkers(now: Instant) throws(MessagingError) {
        for _ in 0..<Self.batch {
            guard let (peer, frames) = try Self.receive(sockets.workers) else { return }
            do {
                let report = try Frames.decode(frames, as: WorkerReport.self)
                perform(.worker(peer, report), now: now)
            } catch {
                if let refusal = error.refusal { sendWorker(.failed(refusal), to: peer) }
                perform(.workerMalformed(peer, error.message), now: now)
            }
        }
    }

    mutating func receiveFromClients(now: Instant) throws(MessagingError) {
        for _ in 0..<Self.batch {
            guard let (peer, frames) = try Self.receive(sockets.clients) else { return }
            do {
                let verb = try Frames.decode(frames, as: ClientVerb.self)
                perform(.client(peer, verb), now: now)
            } catch {
                if let refusal = error.refusal { _ = sendClient(.failed(refusal), to: peer) }
            }
        }
    }

    /// Tells the broker, does what it wants, and tells it what could not be done.
    mutating func perform(_ event: BrokerEvent, now: Instant) {
        var events = [event]
        while !events.isEmpty {
            var failures: [BrokerEvent] = []
            for event in events { failures += perform(broker.receive(event, now: now)) }
            events = failures
        }
    }

    private func perform(_ actions: [BrokerAction]) -> [BrokerEvent] {
        var failures: [BrokerEvent] = []
        // After one failure nothing more goes to that client: its stream has no holes.
        var failed: [Peer: SendFailure] = [:]
        for action in actions {
            switch action {
            case .toClient(let peer, let event, let mark):
                guard let failure = failed[peer] ?? sendClient(event, to: peer) else { continue }
                failed[peer] = failure
                if let mark { failures.append(.undelivered(peer, mark, failure)) }
            case .toWorker(let peer, let order):
                if !sendWorker(order, to: peer) { failures.append(.workerUnreachable(peer)) }
            case .workerReady(let pid, let type, let adapterCount):
                notices.yield(.workerReady(pid: pid, type: type, adapterCount: adapterCount))
            case .killWorker(let pid, let reason):
                notices.yield(.killWorker(pid: pid, reason: reason))
            case .drained: notices.yield(.drained)
            case .report(let text): notices.yield(.report(text))
            }
        }
        return failures
    }

    private func sendClient(_ event: ClientEvent, to peer: Peer) -> SendFailure? {
        do {
            try sockets.clients.send(try Frames.encode(event), to: peer)
            return nil
        } catch let error as MessagingError {
            return error.code == .wouldBlock ? .congested : .unreachable
        } catch {
            notices.yield(.report("a message to a client was dropped: \(error)"))
            return nil
        }
    }

    @discardableResult
    private func sendWorker(_ order: WorkerOrder, to peer: Peer) -> Bool {
        do {
            try sockets.workers.send(try Frames.encode(order), to: peer)
            return true
        } catch {
            notices.yield(.report("a worker cannot be reached: \(error)"))
            return false
        }
    }

    /// The next message of whoever sent a decent one; what has too many frames is passed over.
    private static func receive(
        _ socket: borrowing RouterSocket
    ) throws(MessagingError) -> (peer: Peer, frames: [[UInt8]])? {
        while true {
            do {
                return try socket.receive()
            } catch  where error.code == .tooManyFrames {
                continue
            }
        }
    }
}
