import Glibc
import Messaging
import Synchronization
import Testing
import Wire

/// A front whose replies follow a fixed rule, on a real socket in a thread of its own.
///
/// A prompt that is a number N gets N tokens in chunks of two: token i has the id seed * 1000 + i
/// and the text "wI ". It has no queue, no worker and no memory beyond its own life.
final class FakeFront: Sendable {
    struct Behaviour: Sendable {
        /// Says nothing more after this many chunks, as if it had been killed.
        var chunksOfLife = Int.max
        /// Refuses this many submits with RESOURCE_EXHAUSTED.
        var busyTimes = 0
        /// The seed it draws.
        var seed: UInt64 = 42
        /// Frame 0 of what it sends.
        var version = ProtocolVersion.current
    }

    /// What clients have sent, in order.
    final class Log: Sendable {
        private let verbs = Mutex<[ClientVerb]>([])

        func append(_ verb: ClientVerb) { verbs.withLock { $0.append(verb) } }

        var all: [ClientVerb] { verbs.withLock { $0 } }
    }

    let log = Log()
    private let wakeup: Wakeup
    private let thread: OwnerThread

    init(at endpoint: Endpoint, _ behaviour: Behaviour = Behaviour()) throws {
        let wakeup = try Wakeup()
        self.wakeup = wakeup
        thread = try OwnerThread("fake-front") { [log] in
            do {
                var loop = try FakeFrontLoop(endpoint, behaviour, log)
                try loop.run(until: wakeup)
            } catch {
                Issue.record(error, "the fake front")
            }
        }
    }

    deinit { stop() }

    /// Closes the socket; requests are forgotten.
    func stop() {
        wakeup.signal()
        thread.join()
    }
}

/// The thread of a `FakeFront`.
private struct FakeFrontLoop: ~Copyable {
    private struct Request {
        let submit: WireSubmit
        let seed: UInt64
        var peer: Peer
        var next: UInt32 = 0
        /// Chunks that may be sent; nil without limit.
        var credit: UInt32?
        var isCancelled = false

        var length: UInt32 { UInt32(submit.prompt.text) ?? 0 }
    }

    private let router: RouterSocket
    private let log: FakeFront.Log
    private var behaviour: FakeFront.Behaviour
    private var requests: [RequestID: Request] = [:]

    init(
        _ endpoint: Endpoint, _ behaviour: FakeFront.Behaviour, _ log: FakeFront.Log
    ) throws(MessagingError) {
        let router = try RouterSocket(
            RouterOptions(frameByteLimit: Frames.clientLimit))
        try router.bind(endpoint)
        self.router = router
        self.behaviour = behaviour
        self.log = log
    }

    mutating func run(until wakeup: Wakeup) throws {
        var poller = Poller()
        _ = poller.add(router)
        let stop = poller.add(wakeup)
        while true {
            try poller.wait(requests.isEmpty ? nil : .milliseconds(2))
            if poller.isReadable(stop) { return router.close() }
            while let arrival = router.receive() {
                if case .message(let peer, let frames) = arrival {
                    try receive(frames, from: peer)
                }
            }
            for id in requests.keys { try advance(id) }
            router.flush()
        }
    }

    private mutating func receive(_ frames: [[UInt8]], from peer: Peer) throws {
        let verb: ClientVerb
        do throws(WireError) {
            verb = try Frames.decode(frames)
        } catch {
            if let refusal = error.refusal { try send(.failed(refusal), to: peer) }
            return
        }
        log.append(verb)
        switch verb {
        case .submit(let submit): try accept(submit, from: peer)
        case .attach(let attach): try resume(attach, to: peer)
        case .cancel(let cancel): requests[cancel.requestID]?.isCancelled = true
        case .credit(let credit): requests[credit.requestID]?.credit? += credit.chunks
        case .close(let close): requests[close.requestID] = nil
        case .route(let route):
            let reply = WireRouteReply {
                $0.request = route.request
                $0.sentences = [WireSentenceRoute { $0.text = route.prompt.text }]
            }
            try send(.routeReply(reply), to: peer)
        case .listAdapters(let list):
            let failure = WireFailed {
                $0.request = list.request
                $0.code = .unavailable
                $0.message = "no adapters here"
            }
            try send(.failed(failure), to: peer)
        case .changeAdapter(let change):
            let reply = WireAdapterChanged {
                $0.request = change.request
                $0.revision = 7
                $0.warnings = [change.name]
            }
            try send(.adapterChanged(reply), to: peer)
        case .status(let status):
            let reply = WireStatusReply {
                $0.request = status.request
                $0.running = UInt32(requests.count)
                $0.workers = [
                    WireWorkerStatus {
                        $0.promptTokens = 48; $0.cachedTokens = 32; $0.evictedBlocks = 5
                    }
                ]
            }
            try send(.statusReply(reply), to: peer)
        case .listRequests, .retry, .drop: break
        }
    }

    private mutating func accept(_ submit: WireSubmit, from peer: Peer) throws {
        if behaviour.busyTimes > 0 {
            behaviour.busyTimes -= 1
            let failure = WireFailed {
                $0.request = submit.request
                $0.code = .resourceExhausted
                $0.retryAfterMs = 30
            }
            return try send(.failed(failure), to: peer)
        }
        let seed = submit.sampling.hasSeed ? submit.sampling.seed : behaviour.seed
        var request = Request(submit: submit, seed: seed, peer: peer)
        if submit.credit > 0 { request.credit = submit.credit }
        requests[submit.requestID] = request
        try begin(submit.requestID, request)
    }

    private mutating func resume(_ attach: WireAttach, to peer: Peer) throws {
        guard var request = requests[attach.requestID] else {
            let failure = WireFailed {
                $0.request = attach.request
                $0.code = .notFound
                $0.message = "unknown request"
            }
            return try send(.failed(failure), to: peer)
        }
        request.peer = peer
        request.next = attach.fromOffsets.first ?? 0
        if request.submit.credit > 0 { request.credit = request.submit.credit }
        requests[attach.requestID] = request
        try begin(attach.requestID, request)
    }

    private func begin(_ id: RequestID, _ request: Request) throws {
        let accepted = WireAccepted {
            $0.requestID = id
            $0.seed = request.seed
            $0.parts = 1
        }
        try send(.accepted(accepted), to: request.peer)
        let routed = WireRouted {
            $0.requestID = id
            $0.segment.reason = .noRouter
        }
        try send(.routed(routed), to: request.peer)
    }

    /// Sends the request's next chunk, or its end.
    private mutating func advance(_ id: RequestID) throws {
        guard var request = requests[id], request.next <= request.length else { return }
        if request.next == request.length || request.isCancelled {
            let done = WireDone {
                $0.requestID = id
                $0.reason = request.isCancelled ? .cancelled : .length
                $0.usage.completionTokens = request.next
            }
            try send(.done(done), to: request.peer)
            request.next = .max
        } else if request.credit != 0 {
            guard behaviour.chunksOfLife > 0 else { return }
            behaviour.chunksOfLife -= 1
            let range = request.next..<min(request.next + 2, request.length)
            let chunk = WireChunk {
                $0.requestID = id
                $0.offset = range.lowerBound
                $0.ids = range.map { UInt32(request.seed) * 1000 + $0 }
                $0.text = range.map { "w\($0) " }.joined()
            }
            try send(.chunk(chunk), to: request.peer)
            request.next = range.upperBound
            request.credit? -= 1
        }
        requests[id] = request
    }

    private func send(_ event: ClientEvent, to peer: Peer) throws {
        var frames = try Frames.encode(event)
        frames[0] = behaviour.version.frame
        while true {
            do throws(MessagingError) {
                return try router.send(frames, to: peer)
            } catch {
                switch error.code {
                // A client that left comes back with an Attach.
                case .unreachable: return
                // A client that lags; a real front would serve others meanwhile.
                case .wouldBlock:
                    router.flush()
                    usleep(1000)
                default: throw error
                }
            }
        }
    }
}
