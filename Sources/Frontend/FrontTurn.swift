import Journal
import Messaging
import Wire

/// One turn of the front's thread: frames in, events to the broker, a commit, its actions out.
struct FrontTurn: ~Copyable {
    /// What a turn may take: each peer in its turn, then the clock and the other socket get theirs.
    private static let budget: Duration = .milliseconds(10)
    /// How often the engine forgets what is over.
    private static let expiryInterval: Duration = .seconds(60)

    private let sockets: FrontSockets
    private let clock: FrontClock
    private var broker: Broker
    private let notices: AsyncStream<FrontNotice>.Continuation
    private var recorder: Recorder
    /// How long the engine keeps what has ended.
    private let retention: Duration
    private var nextExpiry: Instant

    init(
        sockets: FrontSockets, broker: Broker, engine: any DispatchEngine, retention: Duration,
        clock: FrontClock, notices: AsyncStream<FrontNotice>.Continuation
    ) {
        self.sockets = sockets
        self.broker = broker
        recorder = Recorder(engine)
        self.retention = retention
        self.clock = clock
        self.notices = notices
        nextExpiry = clock.now
    }

    /// Takes up what an earlier front left.
    mutating func take(_ recovery: Recovery) {
        for warning in broker.restore(recovery, from: recorder.engine.place, at: clock.wallTime) {
            notices.yield(.report(warning))
        }
        if !recovery.requests.isEmpty {
            notices.yield(.report("\(recovery.requests.count) accepted requests go on"))
        }
    }

    /// Takes what has come in, as far as the budget goes: at most half of it for workers where both have something.
    mutating func receive() {
        sockets.workers.collect()
        sockets.clients.collect()
        let start = clock.now
        while let arrival = sockets.workers.receive() {
            take(fromWorkers: arrival)
            if clock.now - start > Self.budget / 2 { break }
        }
        while let arrival = sockets.clients.receive() {
            take(fromClients: arrival)
            if clock.now - start > Self.budget { break }
        }
    }

    private mutating func take(fromWorkers arrival: RouterSocket.Arrival) {
        switch arrival {
        case .left(let peer): perform(.workerLeft(Address(peer)))
        case .message(let peer, let frames):
            do {
                perform(.worker(Address(peer), try Frames.decode(frames, as: WorkerReport.self)))
            } catch {
                if let refusal = error.refusal {
                    _ = send(.failed(refusal), toWorker: Address(peer))
                }
                perform(.workerMalformed(Address(peer), error.message))
            }
        }
    }

    private mutating func take(fromClients arrival: RouterSocket.Arrival) {
        switch arrival {
        case .left(let peer): perform(.clientLeft(Address(peer)))
        case .message(let peer, let frames):
            do {
                let verb = try Frames.decode(frames, as: ClientVerb.self)
                recall(verb)
                perform(.client(Address(peer), verb))
                _ = perform(broker.takeRefusals())
            } catch {
                if let refusal = error.refusal {
                    _ = send(.failed(refusal), toClient: Address(peer))
                }
            }
        }
    }

    /// Has the broker remember the request that a client speaks of.
    private mutating func recall(_ verb: ClientVerb) {
        guard recorder.isDurable, let id = verb.knownRequest, !broker.remembers(id) else { return }
        do throws(EngineFailure) {
            guard let recollection = try recorder.engine.find(id) else { return }
            perform(.recalled(recollection, id, clock.wallTime))
        } catch {
            notices.yield(.report(error.message))
        }
    }

    /// Tells the broker the time, and how connections fare.
    mutating func tick() {
        perform(
            .connections(
                WireConnectionStatus(sockets.clients.statistics + sockets.workers.statistics)))
        perform(.tick)
        if clock.now >= nextExpiry { expire() }
    }

    /// Tells the broker what happened in this turn.
    mutating func perform(_ event: BrokerEvent) {
        broker.receive(event, now: clock.now)
    }

    /// Ends the turn: records what it decided, sends what it says, and tells the broker what could not be sent.
    mutating func finish() {
        var failures: [BrokerEvent]
        repeat {
            let actions = recorder.finishTurn(of: &broker, at: clock.wallTime)
            failures = perform(actions)
            for failure in failures { perform(failure) }
        } while !failures.isEmpty
    }

    /// Records what is left.
    mutating func close() {
        recorder.flush(broker, at: clock.wallTime)
    }

    private mutating func expire() {
        nextExpiry = clock.now + Self.expiryInterval
        guard recorder.isDurable else { return }
        do throws(EngineFailure) {
            let hasMore = try recorder.engine.expire(
                endedBefore: clock.wallTime.milliseconds(before: retention),
                unwantedBefore: clock.wallTime.milliseconds(
                    before: broker.configuration.replyLifetime))
            // The rest in turns of its own.
            if hasMore { nextExpiry = clock.now }
        } catch {
            notices.yield(.report(error.message))
        }
    }

    /// A list of requests, completed by those that are not in memory.
    private mutating func send(
        _ reply: WireRequests, acceptedAt instants: [Instant], limit: Int?, to client: Address
    ) {
        var reply = reply
        let time = clock.wallTime
        for (index, instant) in zip(reply.requests.indices, instants) {
            reply.requests[index].acceptedMs = UInt64(clamping: time.milliseconds(at: instant))
        }
        if let limit { complete(&reply, limit: limit) }
        _ = send(.requests(reply), toClient: client)
    }

    private mutating func complete(_ reply: inout WireRequests, limit: Int) {
        let known = Set(reply.requests.map(\.request))
        do throws(EngineFailure) {
            let list = try recorder.engine.list(limit: limit)
            reply.requests += list.requests.filter { !known.contains($0.request) }
            if recorder.isDurable {
                reply.total = UInt64(clamping: broker.requests.live.count + list.total)
            }
        } catch {
            notices.yield(.report(error.message))
        }
        reply.requests = Array(reply.requests.prefix(limit))
    }

    private mutating func perform(_ actions: [BrokerAction]) -> [BrokerEvent] {
        var failures: [BrokerEvent] = []
        // After one failure nothing more goes to that client: its stream has no holes, and one report for each part of a
        // request, or for a client that is gone, says it all.
        var failed: [Address: SendFailure] = [:]
        var reported: Set<FailedStream> = []
        for action in actions {
            switch action {
            case .toClient(let client, let event, let mark):
                guard let failure = failed[client] ?? send(event, toClient: client) else {
                    continue
                }
                let stream = FailedStream(client, failure, mark)
                // What comes after an event that cannot be sent at all can be, later.
                if case .unencodable = failure {
                    failed[client] = .congested
                } else {
                    failed[client] = failure
                }
                if let mark, reported.insert(stream).inserted {
                    failures.append(.undelivered(client, mark, failure))
                }
            case .toWorker(let worker, let order):
                if let failure = send(order, toWorker: worker) {
                    failures.append(.orderUndelivered(worker, order, failure))
                }
            case .workerReady(let identity, let type, let adapterCount, let refused):
                notices.yield(
                    .workerReady(
                        identity, type: type, adapterCount: adapterCount, refused: refused))
            case .placeFailed(let place): notices.yield(.placeFailed(place))
            case .killWorker(let identity, let reason):
                notices.yield(.killWorker(identity, reason: reason))
            case .prepareShelf(let ticket, let errand):
                notices.yield(.prepareShelf(ticket, errand))
            case .saveRegistry(let ticket, let registry):
                notices.yield(.saveRegistry(ticket, registry))
            case .pruneShelf(let adapters, let routers):
                notices.yield(.pruneShelf(adapters: adapters, routers: routers))
            case .drained: notices.yield(.drained)
            case .listRequests(let client, let reply, let instants, let limit):
                send(reply, acceptedAt: instants, limit: limit, to: client)
            case .report(let text): notices.yield(.report(text))
            }
        }
        return failures
    }

    private func send(_ event: ClientEvent, toClient address: Address) -> SendFailure? {
        Self.send(event, to: address, over: sockets.clients)
    }

    private func send(_ order: WorkerOrder, toWorker address: Address) -> SendFailure? {
        Self.send(order, to: address, over: sockets.workers)
    }

    private static func send(
        _ message: some WireDirection, to address: Address, over socket: RouterSocket
    ) -> SendFailure? {
        let frames: [[UInt8]]
        do throws(WireError) {
            frames = try Frames.encode(message)
        } catch {
            return .unencodable(error.message)
        }
        do throws(MessagingError) {
            try socket.send(frames, to: Peer(address))
            return nil
        } catch {
            return error.code == .wouldBlock ? .congested : .unreachable
        }
    }
}

/// What one report of a failure covers.
private struct FailedStream: Hashable {
    private let client: Address
    private let failure: SendFailure
    private var request: RequestID?
    private var part: Int?

    init(_ client: Address, _ failure: SendFailure, _ mark: DeliveryMark?) {
        self.client = client
        self.failure = failure
        guard failure != .unreachable else { return }
        request = mark?.request
        if case .entry(_, let part, _) = mark { self.part = part }
    }
}

extension Address {
    fileprivate init(_ peer: Peer) {
        self.init(name: peer.routingID)
    }
}

extension Peer {
    fileprivate init(_ address: Address) {
        self.init(routingID: address.name)
    }
}

extension WireConnectionStatus {
    fileprivate init(_ statistics: RouterStatistics) {
        self.init()
        open = UInt32(clamping: statistics.openCount)
        refused = statistics.refusedCount
        cut = statistics.cutCount
        bufferedBytes = UInt64(clamping: statistics.inputByteCount)
    }
}

extension ClientVerb {
    /// The request that it is about, if it may be one from before.
    var knownRequest: RequestID? {
        switch self {
        case .submit(let submit): submit.requestID
        case .attach(let attach): attach.requestID
        case .cancel(let cancel): cancel.requestID
        case .close(let close): close.requestID
        case .retry(let retry): retry.requestID
        case .drop(let drop): drop.requestID
        case .listRequests(let list): list.onlyID
        case .credit, .route, .listAdapters, .status, .changeAdapter: nil
        }
    }
}
