import FoundationEssentials
import Glibc
import Logging
import Messaging
import Testing
import Wire

@testable import Frontend

/// The front's thread over real sockets; a client and a worker are played by hand.
@Suite struct FrontLoopTests {
    private static func path(_ name: String) -> String {
        "/tmp/fusebox-test-\(getpid())/\(name).sock"
    }

    private func start(_ name: String) async throws -> FrontLoop {
        try await FrontLoop.start(
            FrontLoop.Endpoints(
                clients: Endpoint("ipc://\(Self.path(name + "-c"))"),
                workers: Endpoint("ipc://\(Self.path(name + "-w"))")),
            broker: Broker(configuration: BrokerConfiguration(), router: FakeRouter(), seed: 1))
    }

    /// Runs a conversation on a thread of its own, which may own sockets.
    private func converse<R: Sendable>(
        _ body: @escaping @Sendable () throws -> R
    ) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            do {
                _ = try OwnerThread("peers") { continuation.resume(with: Result { try body() }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    @Test func promptsGoInAndRepliesComeOut() async throws {
        let loop = try await start("talk")
        let endpoints = loop.endpoints
        let heard = try await converse {
            let worker = try HandPlayedPeer(endpoints.workers)
            try worker.send(WorkerReport.ready(FakePool.ready(pid: 5, slots: 2)))
            let client = try HandPlayedPeer(endpoints.clients)
            var submit = WireSubmit { $0.request = Bench.id(1) }
            submit.prompt.text = "Be calm."
            var kinds: [String] = []
            // The worker may not be known yet: then the client is told to come back.
            repeat {
                try client.send(ClientVerb.submit(submit))
                kinds = [try client.receive(ClientEvent.self).message.kindName]
                usleep(10_000)
            } while kinds == ["FAILED"]
            guard case .dispatch(let dispatch) = try worker.receiveOrder() else { return kinds }
            let chunk = WireWorkerChunk {
                $0.request = dispatch.request
                $0.epoch = dispatch.epoch
                $0.ids = [1, 2]
                $0.text = "hi"
            }
            try worker.send(WorkerReport.chunk(chunk))
            let finished = WireFinished {
                $0.request = dispatch.request
                $0.epoch = dispatch.epoch
                $0.reason = .end
            }
            try worker.send(WorkerReport.finished(finished))
            for _ in 0..<3 {
                kinds.append(try client.receive(ClientEvent.self).message.kindName)
            }
            return kinds
        }
        await loop.stop()
        #expect(heard == ["ACCEPTED", "ROUTED", "CHUNK", "DONE"])
    }

    @Test func repliesSurviveTheirClient() async throws {
        let loop = try await start("gone")
        let endpoints = loop.endpoints
        let ids: [UInt32] = try await converse {
            let worker = try HandPlayedPeer(endpoints.workers)
            try worker.send(WorkerReport.ready(FakePool.ready(pid: 5, slots: 2)))
            var submit = WireSubmit { $0.request = Bench.id(1) }
            submit.prompt.text = "Be calm."
            do {
                let client = try HandPlayedPeer(endpoints.clients)
                repeat {
                    try client.send(ClientVerb.submit(submit))
                    usleep(10_000)
                } while try client.receive(ClientEvent.self).message.kindName == "FAILED"
            }
            guard case .dispatch(let dispatch) = try worker.receiveOrder() else {
                return [UInt32]()
            }
            for offset in 0..<50 {
                let chunk = WireWorkerChunk {
                    $0.request = dispatch.request
                    $0.epoch = dispatch.epoch
                    $0.offset = UInt32(offset)
                    $0.ids = [UInt32(offset)]
                }
                try worker.send(WorkerReport.chunk(chunk))
                usleep(1000)
            }
            let client = try HandPlayedPeer(endpoints.clients)
            let attach = WireAttach {
                $0.request = Bench.id(1); $0.fromOffsets = [10]
            }
            try client.send(ClientVerb.attach(attach))
            var ids: [UInt32] = []
            while ids.count < 40 {
                if case .chunk(let chunk) = try client.receive(ClientEvent.self) {
                    ids += chunk.ids
                }
            }
            return ids
        }
        await loop.stop()
        #expect(ids == [UInt32](10..<50))
    }

    @Test func nonsenseIsAnsweredAndHarmsNobody() async throws {
        let loop = try await start("junk")
        let endpoints = loop.endpoints
        let answers = try await converse {
            let client = try HandPlayedPeer(endpoints.clients)
            let version = ProtocolVersion.current.frame
            var answers: [WireCode] = []
            let junk: [[[UInt8]]] = [
                [version, Array("SUBMIT".utf8), [0xFF, 0xFF]],
                [version, Array("NONSENSE".utf8), []],
                [version, Array("READY".utf8), []],
                [version],
                [ProtocolVersion(major: 9, minimum: 9, features: 0).frame, [], []],
            ]
            for frames in junk {
                try client.send(frames)
                if case .failed(let failed) = try client.receive(ClientEvent.self) {
                    answers.append(failed.code)
                }
            }
            try client.send([Array("GET / HTTP/1.1".utf8)])
            try client.send(Array(repeating: [1], count: 100))
            try client.send(ClientVerb.status(WireStatus { $0.request = Bench.id(3) }))
            if case .statusReply = try client.receive(ClientEvent.self) {
                answers.append(.unspecified)
            }
            return answers
        }
        await loop.stop()
        #expect(
            answers == [
                .invalidArgument, .invalidArgument, .invalidArgument, .invalidArgument,
                .unsupportedVersion, .unspecified,
            ])
    }

    @Test func endpointsThatCannotBeHad() async throws {
        let loop = try await start("twice")
        await #expect(throws: MessagingError.self) { _ = try await start("twice") }
        await #expect(throws: MessagingError.self) {
            _ = try await FrontLoop.start(
                FrontLoop.Endpoints(
                    clients: Endpoint("tcp://0.0.0.0:7000"),
                    workers: Endpoint("ipc://\(Self.path("net-w"))")),
                broker: Broker(configuration: BrokerConfiguration(), router: nil, seed: 1))
        }
        await loop.stop()
        #expect(unsafe access(Self.path("twice-c"), F_OK) != 0, "the socket file is gone")
        await (try start("twice")).stop()
    }

    @Test func servicesThatCannotStartSayWhy() async throws {
        var command = WorkerCommand(arguments: ["-c", "echo 'fusebox: no such model' >&2; exit 1"])
        command.executable = "/bin/sh"
        let service = try Service(
            bind: "ipc://\(Self.path("fail"))", processID: getpid(), commands: [command, command],
            configuration: BrokerConfiguration(), router: nil,
            logger: Logger(label: "test"))
        let (interruptions, _) = AsyncStream.makeStream(of: Void.self)
        let error = await #expect(throws: ServiceFailure.self) {
            try await service.run(until: interruptions) { _ in }
        }
        #expect(error?.message == "no such model")
        #expect(throws: ServiceFailure.self) {
            _ = try Service(
                bind: "carrier-pigeon", processID: 1, commands: [command],
                configuration: BrokerConfiguration(), router: nil, logger: Logger(label: "test"))
        }
    }
}

/// A dealer that waits, but not for ever.
private final class HandPlayedPeer {
    struct Silence: Error {}

    private let socket: DealerSocket

    init(_ endpoint: Endpoint) throws {
        let options = SocketOptions(frameByteLimit: Int64(Frames.serviceLimit))
        socket = try Self.connected(endpoint, options)
    }

    private static func connected(
        _ endpoint: Endpoint, _ options: SocketOptions
    ) throws -> DealerSocket {
        let socket = try DealerSocket(Context(), options)
        try socket.connect(endpoint)
        return socket
    }

    func send(_ message: some WireDirection) throws { try send(try Frames.encode(message)) }

    func send(_ frames: [[UInt8]]) throws {
        for _ in 0..<500 {
            if try isSent(frames) { return }
            usleep(10_000)
        }
        throw Silence()
    }

    private func isSent(_ frames: [[UInt8]]) throws -> Bool {
        do {
            try socket.send(frames)
            return true
        } catch {
            if error.code == .wouldBlock { return false }
            throw error
        }
    }

    func receive<D: WireDirection>(_ direction: D.Type) throws -> D {
        for _ in 0..<500 {
            if let frames = try socket.receive() { return try Frames.decode(frames) }
            usleep(10_000)
        }
        throw Silence()
    }

    /// The next order that is no heartbeat.
    func receiveOrder() throws -> WorkerOrder {
        while true {
            let order = try receive(WorkerOrder.self)
            if case .heartbeat = order { continue }
            return order
        }
    }
}
