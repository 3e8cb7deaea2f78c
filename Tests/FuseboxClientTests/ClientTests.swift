import FuseboxClient
import Messaging
import Testing
import Wire

/// The client against a scripted front on real sockets.
@Suite struct ClientTests {
    /// An ipc endpoint of this test's own; the front removes the file when it closes.
    private func freshEndpoint() -> Endpoint {
        .ipc(path: "/tmp/fusebox-client-test-\(RequestID.random()).sock")
    }

    private func client(
        _ endpoint: Endpoint, _ configure: (inout ClientConfiguration) -> Void = { _ in }
    ) throws -> FuseboxClient {
        var configuration = ClientConfiguration()
        configure(&configuration)
        return try FuseboxClient(endpoint: endpoint.description, configuration: configuration)
    }

    private func request(_ length: Int) -> WireSubmit {
        WireSubmit { $0.prompt.text = String(length) }
    }

    private struct Reply: Equatable {
        var ids: [UInt32] = []
        var text = ""
        var routedFirst = false
        var reason: WireFinishReason?
    }

    /// Reads a stream to its end and checks that offsets have no gap and no duplicate.
    private func read(_ stream: ReplyStream) async throws -> Reply {
        var reply = Reply()
        for try await event in stream {
            switch event {
            case .accepted: break
            case .routed: reply.routedFirst = reply.ids.isEmpty
            case .chunk(let chunk):
                #expect(chunk.offset == UInt32(reply.ids.count))
                reply.ids += chunk.ids
                reply.text += chunk.text
            case .done(let done): reply.reason = done.reason
            case .failed(let failure): Issue.record("failed: \(failure.message)")
            }
        }
        return reply
    }

    private func expected(_ length: Int, seed: UInt32 = 42) -> Reply {
        Reply(
            ids: (0..<UInt32(length)).map { seed * 1000 + $0 },
            text: (0..<length).map { "w\($0) " }.joined(), routedFirst: true, reason: .length)
    }

    @Test func manyRequestsAtOnce() async throws {
        let endpoint = freshEndpoint()
        let front = try FakeFront(at: endpoint)
        let client = try client(endpoint)
        try await withThrowingTaskGroup(of: (Int, Reply).self) { group in
            for length in 0..<40 {
                group.addTask { (length, try await read(client.submit(request(length)))) }
            }
            for try await (length, reply) in group { #expect(reply == expected(length)) }
        }
        client.shutDown()
        front.stop()
        let closes = front.log.all.count { if case .close = $0 { true } else { false } }
        #expect(closes == 40)
    }

    @Test func questionsAreAnswered() async throws {
        let endpoint = freshEndpoint()
        let front = try FakeFront(at: endpoint)
        let client = try client(endpoint)
        let route = try await client.route(WirePrompt { $0.text = "Where to?" })
        #expect(route.sentences.map(\.text) == ["Where to?"])
        let status = try await client.status()
        #expect(status.running == 0)
        #expect(status.workers.map(\.promptTokens) == [48])
        #expect(status.workers.map(\.cachedTokens) == [32])
        #expect(status.workers.map(\.evictedBlocks) == [5])
        let error = await #expect(throws: ClientError.self) { try await client.listAdapters() }
        #expect(error?.code == .refused && error?.message == "no adapters here")
        #expect(error?.failure?.code == .unavailable)
        let change = WireChangeAdapter {
            $0.verb = .replace
            $0.name = "calm"
            $0.path = "/shelf/calm"
        }
        let changed = try await client.changeAdapter(change)
        #expect(changed.revision == 7 && changed.warnings == ["calm"])
        let relative = await #expect(throws: ClientError.self) {
            try await client.changeAdapter(
                WireChangeAdapter {
                    $0.verb = .add; $0.name = "calm"
                })
        }
        #expect(relative?.code == .invalidRequest)
        client.shutDown()
        front.stop()
    }

    @Test func aFrontThatForgetsIsToldAgain() async throws {
        let endpoint = freshEndpoint()
        var behaviour = FakeFront.Behaviour()
        behaviour.chunksOfLife = 7
        let first = try FakeFront(at: endpoint, behaviour)
        let client = try client(endpoint)
        async let reply = read(client.submit(request(40)))
        while !first.log.all.contains(where: { if case .submit = $0 { true } else { false } }) {
            try await Task.sleep(for: .milliseconds(5))
        }
        try await Task.sleep(for: .milliseconds(100))
        first.stop()
        // The new front would draw another seed; the client brings the old one.
        behaviour = FakeFront.Behaviour()
        behaviour.seed = 43
        let second = try FakeFront(at: endpoint, behaviour)
        #expect(try await reply == expected(40))
        client.shutDown()
        second.stop()
        let verbs = second.log.all
        guard case .attach(let attach)? = verbs.first else {
            Issue.record("\(verbs)")
            return
        }
        #expect(attach.fromOffsets == [14])
        guard case .submit(let again)? = verbs.dropFirst().first else {
            Issue.record("\(verbs)")
            return
        }
        #expect(again.sampling.seed == 42)
    }

    @Test func cancellingEndsTheStreamInOrder() async throws {
        let endpoint = freshEndpoint()
        let front = try FakeFront(at: endpoint)
        let client = try client(endpoint)
        let stream = client.submit(request(1_000_000))
        var reason: WireFinishReason?
        for try await event in stream {
            if case .chunk = event { client.cancel(stream.id) }
            if case .done(let done) = event { reason = done.reason }
        }
        #expect(reason == .cancelled)
        client.shutDown()
        front.stop()
    }

    @Test func droppingTheStreamCancels() async throws {
        let endpoint = freshEndpoint()
        let front = try FakeFront(at: endpoint)
        let client = try client(endpoint)
        let task = Task { try await read(client.submit(request(1_000_000))) }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        _ = try? await task.value
        let cancelled = try await eventually {
            front.log.all.contains { if case .cancel = $0 { true } else { false } }
        }
        #expect(cancelled)
        client.shutDown()
        front.stop()
    }

    @Test func aWindowBoundsWhatIsOnItsWay() async throws {
        let endpoint = freshEndpoint()
        let front = try FakeFront(at: endpoint)
        let client = try client(endpoint) { $0.window = 4 }
        #expect(try await read(client.submit(request(100))) == expected(100))
        client.shutDown()
        front.stop()
        // On a slow machine the client may have attached again, and a window comes with it.
        var granted: UInt32 = 0
        var windows: UInt32 = 0
        for verb in front.log.all {
            switch verb {
            case .credit(let credit): granted += credit.chunks
            case .submit, .attach: windows += 4
            default: break
            }
        }
        #expect(granted <= 50)
        #expect(granted + windows >= 50)
    }

    @Test func aBusyServiceIsAskedAgain() async throws {
        let endpoint = freshEndpoint()
        var behaviour = FakeFront.Behaviour()
        behaviour.busyTimes = 3
        let front = try FakeFront(at: endpoint, behaviour)
        let client = try client(endpoint)
        #expect(try await read(client.submit(request(4))) == expected(4))
        client.shutDown()
        front.stop()
    }

    @Test func anotherProcessGoesOnReading() async throws {
        let endpoint = freshEndpoint()
        let front = try FakeFront(at: endpoint)
        let first = try client(endpoint) { $0.keepsReplies = true }
        let stream = first.submit(request(10))
        #expect(try await read(stream) == expected(10))
        let second = try client(endpoint)
        #expect(try await read(second.attach(stream.id)) == expected(10))
        var ids: [UInt32] = []
        for try await event in second.attach(stream.id, from: [6]) {
            if case .chunk(let chunk) = event { ids += chunk.ids }
        }
        #expect(ids == Array(expected(10).ids[6...]))
        first.shutDown()
        second.shutDown()
        front.stop()
    }

    @Test func aMissingServiceIsOneClearError() async throws {
        let client = try client(freshEndpoint())
        let error = await #expect(throws: ClientError.self) { try await client.status() }
        #expect(error?.code == .unreachable)
        client.shutDown()
        let late = await #expect(throws: ClientError.self) { try await client.status() }
        #expect(late?.code == .shutDown)
    }

    @Test func anotherVersionIsOneClearError() async throws {
        let endpoint = freshEndpoint()
        var behaviour = FakeFront.Behaviour()
        behaviour.version = ProtocolVersion(major: 3, minimum: 2, features: 0)
        let front = try FakeFront(at: endpoint, behaviour)
        let client = try client(endpoint)
        let error = await #expect(throws: ClientError.self) { try await client.status() }
        #expect(error?.code == .protocolMismatch)
        #expect(error?.message.contains("2 to 3") == true)
        client.shutDown()
        front.stop()
    }

    @Test func whatCannotBeSentIsRefusedHere() async throws {
        let client = try client(freshEndpoint())
        for broken in [
            WireSubmit(), WireSubmit { $0.prompt.text = String(repeating: "x", count: 2 << 20) },
        ] {
            let error = await #expect(throws: ClientError.self) {
                try await read(client.submit(broken))
            }
            #expect(error?.code == .invalidRequest)
        }
        client.shutDown()
        let setup = #expect(throws: ClientError.self) { try FuseboxClient(endpoint: "nowhere") }
        #expect(setup?.code == .setup)
    }

    private func eventually(_ condition: () -> Bool) async throws -> Bool {
        for _ in 0..<500 where !condition() { try await Task.sleep(for: .milliseconds(10)) }
        return condition()
    }
}
