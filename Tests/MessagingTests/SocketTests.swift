import Glibc
import Messaging
import Testing

@Suite struct SocketTests {
    @Test(arguments: ["inproc://echo", "ipc", "tcp://127.0.0.1:*"])
    func carriesMessagesBothWays(text: String) throws {
        let directory = try TemporaryDirectory()
        let context = try Context()
        let router = try RouterSocket(context, testOptions)
        let endpoint = try router.bind(
            Endpoint(text == "ipc" ? "ipc://\(directory.path)/a.sock" : text))
        let first = try DealerSocket(context, testOptions)
        let second = try DealerSocket(context, testOptions)
        try first.connect(endpoint)
        try second.connect(endpoint)

        let large = [UInt8](repeating: 7, count: 60_000)
        try send([bytes("one"), [], large], over: first)
        try #require(try isReadable(router))
        let fromFirst = try #require(try router.receive())
        #expect(fromFirst.frames == [bytes("one"), [], large])

        try send([bytes("two")], over: second)
        try #require(try isReadable(router))
        let fromSecond = try #require(try router.receive())
        #expect(fromSecond.frames == [bytes("two")])
        #expect(fromFirst.peer != fromSecond.peer)
        #expect(try router.receive() == nil)

        try router.send([bytes("to the second")], to: fromSecond.peer)
        try router.send([bytes("to the first")], to: fromFirst.peer)
        try #require(try isReadable(first))
        #expect(try first.receive() == [bytes("to the first")])
        try #require(try isReadable(second))
        #expect(try second.receive() == [bytes("to the second")])
    }

    @Test func pairsCarryMessagesBetweenThreads() throws {
        let context = try Context()
        let here = try PairSocket(context, testOptions)
        try here.bind(.inproc(name: "pair"))
        let thread = try OwnerThread("pair test") {
            do {
                let there = try PairSocket(context, testOptions)
                try there.connect(.inproc(name: "pair"))
                guard try isReadable(there), let frames = try there.receive() else { return }
                try there.send(frames + [bytes("back")])
                // The socket must not be closed before the answer was fetched.
                _ = try isReadable(there)
            } catch {
                Issue.record(error)
            }
        }
        var poller = Poller()
        let token = try poller.add(here)
        poller.watchWritable(token, true)
        try poller.wait(.seconds(60))
        try here.send([bytes("there")])
        try #require(try isReadable(here))
        #expect(try here.receive() == [bytes("there"), bytes("back")])
        try here.send([bytes("end")])
        thread.join()
    }

    @Test func anUnknownPeerIsUnreachable() throws {
        let context = try Context()
        let router = try RouterSocket(context, testOptions)
        try router.bind(.inproc(name: "router"))
        let code = failureCode { () throws(MessagingError) in
            try router.send([bytes("x")], to: Peer(routingID: [0, 1, 2, 3, 4]))
        }
        #expect(code == .unreachable)
    }

    @Test func aPeerThatLeftIsUnreachable() throws {
        let context = try Context()
        let router = try RouterSocket(context, testOptions)
        let endpoint = try router.bind(Endpoint("tcp://127.0.0.1:*"))
        let peer = try messageFromShortLivedDealer(to: router, endpoint, context)
        let deadline = ContinuousClock.now + .seconds(60)
        var code: MessagingError.Code?
        while code == nil, ContinuousClock.now < deadline {
            code = failureCode { () throws(MessagingError) in try router.send([[1]], to: peer) }
            usleep(1000)
        }
        #expect(code == .unreachable)
    }

    private func messageFromShortLivedDealer(
        to router: borrowing RouterSocket, _ endpoint: Endpoint, _ context: Context
    ) throws -> Peer {
        let dealer = try DealerSocket(context, testOptions)
        try dealer.connect(endpoint)
        try send([bytes("hello")], over: dealer)
        try #require(try isReadable(router))
        return try #require(try router.receive()).peer
    }

    @Test func aSlowPeerBlocksOnlyItself() throws {
        let context = try Context()
        var options = testOptions
        options.highWaterMark = 4
        let router = try RouterSocket(context, options)
        let endpoint = try router.bind(.inproc(name: "slow"))
        let slow = try DealerSocket(context, options)
        let quick = try DealerSocket(context, options)
        try slow.connect(endpoint)
        try quick.connect(endpoint)
        try send([bytes("slow")], over: slow)
        try #require(try isReadable(router))
        let slowPeer = try #require(try router.receive()).peer
        try send([bytes("quick")], over: quick)
        try #require(try isReadable(router))
        let quickPeer = try #require(try router.receive()).peer

        var code: MessagingError.Code?
        for _ in 0..<100 where code == nil {
            code = failureCode { () throws(MessagingError) in try router.send([[1]], to: slowPeer) }
        }
        #expect(code == .wouldBlock)
        try router.send([bytes("still here")], to: quickPeer)
        try #require(try isReadable(quick))
        #expect(try quick.receive() == [bytes("still here")])
    }

    @Test func aDealerWithoutPeerQueuesNothing() throws {
        let directory = try TemporaryDirectory()
        let context = try Context()
        let dealer = try DealerSocket(context, testOptions)
        try dealer.connect(Endpoint("ipc://\(directory.path)/a.sock"))
        let code = failureCode { () throws(MessagingError) in try dealer.send([[1]]) }
        #expect(code == .wouldBlock)
    }

    @Test func tooManyFramesAreThrownAway() throws {
        let context = try Context()
        let router = try RouterSocket(context, testOptions)
        let endpoint = try router.bind(.inproc(name: "frames"))
        let dealer = try DealerSocket(context, testOptions)
        try dealer.connect(endpoint)

        // With the routing id that the router puts in front, 15 are the most.
        try send([[UInt8]](repeating: [1], count: 15), over: dealer)
        try #require(try isReadable(router))
        #expect(try router.receive()?.frames.count == 15)

        for count in [16, 1000] {
            try send([[UInt8]](repeating: [1], count: count), over: dealer)
            try #require(try isReadable(router))
            let code = failureCode { () throws(MessagingError) in _ = try router.receive() }
            #expect(code == .tooManyFrames)
        }
        try send([bytes("after")], over: dealer)
        try #require(try isReadable(router))
        #expect(try router.receive()?.frames == [bytes("after")])
    }

    @Test func shutdownEndsEveryWait() throws {
        let context = try Context()
        let dealer = try DealerSocket(context, testOptions)
        var poller = Poller()
        _ = try poller.add(dealer)
        let thread = try OwnerThread("shutdown") {
            usleep(20_000)
            context.shutdown()
        }
        var code: MessagingError.Code?
        do throws(MessagingError) { try poller.wait(.seconds(10)) } catch { code = error.code }
        thread.join()
        #expect(code == .terminated)
    }
}

/// The code of the error that the operation throws, or nil when it throws none.
func failureCode(
    _ operation: () throws(MessagingError) -> Void
) -> MessagingError.Code? {
    do throws(MessagingError) {
        try operation()
        return nil
    } catch {
        return error.code
    }
}
