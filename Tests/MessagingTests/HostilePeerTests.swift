import Messaging
import TestSupport
import Testing

/// A router on a real port, beside peers that do not speak its protocol or speak too much.
@Suite struct HostilePeerTests {
    private let router: TestRouter
    private let endpoint: Endpoint
    private let context: Context

    init() throws {
        router = try TestRouter {
            $0.handshakeTimeout = .milliseconds(200)
            $0.messageTimeout = .milliseconds(400)
            $0.totalInputByteLimit = 100_000
            $0.outputByteLimit = 4096
        }
        endpoint = try router.socket.bind(Endpoint("tcp://127.0.0.1:*"))
        context = try Context()
    }

    /// A connection whose handshake is done, and what it says then.
    private func connected(_ bytes: [UInt8] = []) throws -> RawConnection {
        try RawConnection(
            endpoint, sending: RawConnection.greeting + RawConnection.ready + bytes)
    }

    private func expectService() throws {
        let dealer = try DealerSocket(context, testOptions)
        try dealer.connect(endpoint)
        for round in 0..<20 {
            try router.take([[UInt8(round)]], from: dealer)
            #expect(try router.message()?.frames == [[UInt8(round)]])
        }
    }

    @Test func aFrameOverTheLimitCutsOnlyItsSender() throws {
        let bad = try DealerSocket(context, testOptions)
        try bad.connect(endpoint)
        try router.take([[UInt8](repeating: 1, count: 65 << 10)], from: bad)
        #expect(try router.work { router.socket.statistics.cutCount == 1 })
        try expectService()
    }

    @Test func aMessageOverTheLimitIsCutWhateverItsFrames() throws {
        let bad = try DealerSocket(context, testOptions)
        try bad.connect(endpoint)
        try router.take(
            [[UInt8]](repeating: .init(repeating: 1, count: 30_000), count: 3), from: bad)
        #expect(try router.work { router.socket.statistics.cutCount == 1 })
        try expectService()
    }

    @Test func garbageOnThePortDisturbsNobody() throws {
        var generator = SeededGenerator(seed: 11)
        let noise = (0..<4096).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let pub =
            [4, 25, 5] + bytes("READY") + [11] + bytes("Socket-Type") + [0, 0, 0, 3] + bytes("PUB")
        // An idle connection, foreign protocols, half a greeting, noise, an old version, another mechanism, another kind of
        // socket, a message before the handshake, an unknown flag, a frame of 2^63 bytes, metadata that runs over its end.
        let greeting = RawConnection.greeting
        let inputs: [[UInt8]] = [
            [], bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Array(greeting.prefix(11)), noise,
            [0xFF] + noise, greeting.prefix(10) + [1, 5] + noise,
            greeting.prefix(12) + bytes("CURVE") + [UInt8](repeating: 0, count: 47),
            greeting + pub, greeting + [0, 2, 1, 1],
            greeting + RawConnection.ready + [0x80, 1, 1],
            greeting + RawConnection.ready + [2, 0x7F] + [UInt8](repeating: 0xFF, count: 7),
            greeting + [4, 12, 5] + bytes("READY") + [11] + bytes("Sock"),
        ]
        let connections = try inputs.map { try RawConnection(endpoint, sending: $0) }
        try expectService()
        for (index, connection) in connections.enumerated() {
            #expect(try router.work { connection.hear() == nil }, "connection \(index)")
        }
        #expect(router.socket.statistics.cutCount == inputs.count)
    }

    @Test func halfAMessageIsNotWaitedForWithoutEnd() throws {
        let halves: [[UInt8]] = [[1], [1, 1, 7], [0, 9, 1, 2], [2, 0, 0]]
        let connections = try halves.map { try connected($0) }
        for connection in connections { #expect(try router.work { connection.hear() == nil }) }
        try expectService()
    }

    @Test func aPeerWithNothingToSayIsLeftAlone() throws {
        let quiet = try connected()
        #expect(try router.work(within: .milliseconds(1200)) { quiet.hear() == nil } == false)
    }

    @Test func unfinishedMessagesAreBoundedInAll() throws {
        // Three times 60,000 bytes are more than all may hold: whoever holds the most has to go.
        let header: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0xFA, 0]
        let hoarders = try (0..<3).map { _ in
            try connected(header + [UInt8](repeating: 1, count: 60_000))
        }
        #expect(try router.work { router.socket.statistics.cutCount >= 2 })
        #expect(router.socket.statistics.inputByteCount <= 100_000)
        try expectService()
        withExtendedLifetime(hoarders) {}
    }

    @Test func endlessEmptyFramesTakeNoMemory() throws {
        let flood = try connected()
        let frames = [UInt8](repeating: 0, count: 64 << 10).enumerated().map {
            $0.offset % 2 == 0 ? 1 : $0.element
        }
        var said = 0
        #expect(
            try router.work {
                said += max(0, flood.say(frames))
                return said > 8 << 20 || flood.hear() == nil
            })
        #expect(router.socket.statistics.inputByteCount <= 64 << 10)
        try expectService()
    }

    @Test func questionsOfOneWhoDoesNotListenPileUpNoAnswers() throws {
        let pings = (0..<2000).flatMap { _ in [4, 7, 4] + bytes("PING") + [0, 0] as [UInt8] }
        let deaf = try connected()
        for _ in 0..<200 {
            deaf.say(pings)
            router.work()
        }
        try expectService()
    }

    @Test func aPingIsAnsweredWithItsContext() throws {
        let peer = try connected([4, 11, 4] + bytes("PING") + [0, 40] + bytes("abcd"))
        var heard: [UInt8] = []
        let pong = [4, 9, 4] + bytes("PONG") + bytes("abcd")
        #expect(
            try router.work {
                heard += peer.hear() ?? []
                return heard.suffix(pong.count) == pong[...]
            })
    }
}
