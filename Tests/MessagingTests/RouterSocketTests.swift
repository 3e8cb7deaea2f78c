import Glibc
import Messaging
import Testing

/// The router with libzmq's dealers as peers.
@Suite struct RouterSocketTests {
    @Test(arguments: ["ipc", "tcp://127.0.0.1:*", "tcp://[::1]:*"])
    func carriesMessagesBothWays(text: String) throws {
        let directory = try TemporaryDirectory()
        let context = try Context()
        let router = try TestRouter()
        let endpoint = try router.socket.bind(
            Endpoint(text == "ipc" ? "ipc://\(directory.path)/a.sock" : text))
        let first = try DealerSocket(context, testOptions)
        let second = try DealerSocket(context, testOptions)
        try first.connect(endpoint)
        try second.connect(endpoint)

        let large = [UInt8](repeating: 7, count: 60_000)
        try router.take([bytes("one"), [], large], from: first)
        let fromFirst = try #require(try router.message())
        #expect(fromFirst.frames == [bytes("one"), [], large])
        try router.take([bytes("two")], from: second)
        let fromSecond = try #require(try router.message())
        #expect(fromSecond.frames == [bytes("two")])
        #expect(fromFirst.peer != fromSecond.peer)
        #expect(router.socket.statistics.openCount == 2)

        try router.socket.send([bytes("to the second"), []], to: fromSecond.peer)
        try router.socket.send([large, bytes("to the first")], to: fromFirst.peer)
        #expect(try router.answer(to: first) == [large, bytes("to the first")])
        #expect(try router.answer(to: second) == [bytes("to the second"), []])
    }

    @Test func messagesOfOnePeerKeepTheirOrder() throws {
        let directory = try TemporaryDirectory()
        let context = try Context()
        let router = try TestRouter()
        let endpoint = try router.socket.bind(.ipc(path: directory.path + "/a.sock"))
        let dealer = try DealerSocket(context, testOptions)
        try dealer.connect(endpoint)
        for number in 0..<1000 {
            try router.take([bytes("\(number)"), .init(repeating: 1, count: number)], from: dealer)
        }
        for number in 0..<1000 {
            let frames = try router.message()?.frames
            #expect(frames == [bytes("\(number)"), .init(repeating: 1, count: number)])
        }
    }

    @Test func aPeerThatLeftIsNoticedAndUnreachable() throws {
        let context = try Context()
        let router = try TestRouter()
        let endpoint = try router.socket.bind(Endpoint("tcp://127.0.0.1:*"))
        let peer = try messageFromShortLivedDealer(to: router, endpoint, context)
        #expect(try router.notices(peer))
        let code = failureCode { () throws(MessagingError) in
            try router.socket.send([[1]], to: peer)
        }
        #expect(code == .unreachable)
        let unknown = failureCode { () throws(MessagingError) in
            try router.socket.send([[1]], to: Peer(routingID: [0, 1, 2, 3, 4]))
        }
        #expect(unknown == .unreachable)
    }

    private func messageFromShortLivedDealer(
        to router: TestRouter, _ endpoint: Endpoint, _ context: Context
    ) throws -> Peer {
        let dealer = try DealerSocket(context, testOptions)
        try dealer.connect(endpoint)
        try router.take([bytes("hello")], from: dealer)
        return try #require(try router.message()).peer
    }

    @Test func aSlowPeerBlocksOnlyItself() throws {
        let directory = try TemporaryDirectory()
        let context = try Context()
        let router = try TestRouter { $0.outputByteLimit = 1 << 20 }
        let endpoint = try router.socket.bind(.ipc(path: directory.path + "/a.sock"))
        var options = testOptions
        options.highWaterMark = 2
        let slow = try DealerSocket(context, options)
        let quick = try DealerSocket(context, options)
        try slow.connect(endpoint)
        try quick.connect(endpoint)
        try router.take([bytes("slow")], from: slow)
        let slowPeer = try #require(try router.message()).peer
        try router.take([bytes("quick")], from: quick)
        let quickPeer = try #require(try router.message()).peer

        let large = [UInt8](repeating: 1, count: 60_000)
        var code: MessagingError.Code?
        for _ in 0..<1000 where code == nil {
            code = failureCode { () throws(MessagingError) in
                try router.socket.send([large], to: slowPeer)
            }
            router.work()
        }
        #expect(code == .wouldBlock)
        try router.socket.send([bytes("still here")], to: quickPeer)
        #expect(try router.answer(to: quick) == [bytes("still here")])
        // What was taken for the slow one arrives when it reads.
        for _ in 0..<10 { #expect(try router.answer(to: slow) == [large]) }
    }

    @Test func tooManyFramesAreThrownAway() throws {
        let directory = try TemporaryDirectory()
        let context = try Context()
        let router = try TestRouter()
        let endpoint = try router.socket.bind(.ipc(path: directory.path + "/a.sock"))
        let dealer = try DealerSocket(context, testOptions)
        try dealer.connect(endpoint)
        // With the routing id that other routers put in front, 15 are the most.
        for count in [15, 16, 1000] {
            try router.take([[UInt8]](repeating: [1], count: count), from: dealer)
        }
        try router.take([bytes("after")], from: dealer)
        #expect(try router.message()?.frames.count == 15)
        #expect(try router.message()?.frames == [bytes("after")])
    }

    /// A program that died and came back at once under the routing id that it had chosen.
    @Test func aRoutingIDThatComesBackGetsItsAnswers() throws {
        let router = try TestRouter()
        let endpoint = try router.socket.bind(Endpoint("tcp://127.0.0.1:*"))
        let identity = [8] + bytes("Identity") + [0, 0, 0, 2] + bytes("me")
        let ready = [4, 43] + RawConnection.ready.dropFirst(2) + identity
        let first = try RawConnection(
            endpoint, sending: RawConnection.greeting + ready + [0, 1, 1])
        let old = try #require(try router.message())
        // The first connection is still open on this side when the second comes.
        let second = try RawConnection(
            endpoint, sending: RawConnection.greeting + ready + [0, 1, 2])
        let new = try #require(try router.message())
        #expect(old.frames == [[1]] && new.frames == [[2]])
        #expect(old.peer != new.peer)
        try router.socket.send([bytes("answer")], to: new.peer)
        var heard: [UInt8] = []
        let answer = [0, 6] + bytes("answer")
        #expect(
            try router.work {
                heard += second.hear() ?? []
                return Array(heard.suffix(answer.count)) == answer
            })
        #expect(first.hear()?.suffix(answer.count) != answer[...])
    }

    @Test func moreConnectionsThanAllowedAreRefused() throws {
        let router = try TestRouter { $0.connectionLimit = 3 }
        let endpoint = try router.socket.bind(Endpoint("tcp://127.0.0.1:*"))
        let connections = try (0..<8).map { _ in
            try RawConnection(endpoint, sending: RawConnection.greeting)
        }
        #expect(try router.work { router.socket.statistics.refusedCount == 5 })
        #expect(router.socket.statistics.openCount == 3)
        #expect(try router.work { connections.count { $0.hear() == nil } == 5 })
    }

    @Test func aRouterThatClosesStillSaysItsLastWords() throws {
        let router = try TestRouter { $0.linger = .seconds(60) }
        let endpoint = try router.socket.bind(Endpoint("tcp://127.0.0.1:*"))
        let connection = try RawConnection(
            endpoint, sending: RawConnection.greeting + RawConnection.ready + [0, 1, 7])
        let peer = try #require(try router.message()).peer
        try router.socket.send([bytes("good"), bytes("bye")], to: peer)
        router.socket.close()
        var heard: [UInt8] = []
        while let more = connection.hear() { heard += more }
        let said: [UInt8] = [1, 4] + bytes("good") + [0, 3] + bytes("bye")
        #expect(Array(heard.suffix(said.count)) == said)
    }
}
