import Glibc
import Messaging
import Testing

@Suite struct SocketTests {
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

    @Test func aDealerWithoutPeerQueuesNothing() throws {
        let directory = try TemporaryDirectory()
        let context = try Context()
        let dealer = try DealerSocket(context, testOptions)
        try dealer.connect(Endpoint("ipc://\(directory.path)/a.sock"))
        let code = failureCode { () throws(MessagingError) in try dealer.send([[1]]) }
        #expect(code == .wouldBlock)
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
