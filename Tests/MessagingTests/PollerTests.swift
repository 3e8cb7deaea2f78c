import Glibc
import Messaging
import Testing

@Suite struct PollerTests {
    @Test func aWakeupEndsTheWaitUntilItIsDrained() throws {
        let wakeup = try Wakeup()
        var poller = Poller()
        let token = poller.add(wakeup)
        let thread = try OwnerThread("wakeup") {
            usleep(10_000)
            wakeup.signal()
            wakeup.signal()
        }
        try poller.wait(.seconds(3600))
        #expect(poller.isReadable(token))
        thread.join()
        try poller.wait(nil)
        wakeup.drain()
        try poller.wait(.zero)
        #expect(!poller.isReadable(token))
    }

    @Test func waitsNoLongerThanAsked() throws {
        let wakeup = try Wakeup()
        var poller = Poller()
        let token = poller.add(wakeup)
        let start = ContinuousClock.now
        try poller.wait(.microseconds(1500))
        #expect(start.duration(to: .now) >= .microseconds(1500))
        #expect(!poller.isReadable(token))
    }

    @Test func tellsWhichSocketIsReady() throws {
        let context = try Context()
        let left = try PairSocket(context, testOptions)
        let right = try PairSocket(context, testOptions)
        try left.bind(.inproc(name: "ready"))
        try right.connect(.inproc(name: "ready"))
        var poller = Poller()
        let leftToken = try poller.add(left)
        let rightToken = try poller.add(right)
        try left.send([[1]])
        try poller.wait(.seconds(60))
        #expect(!poller.isReadable(leftToken))
        #expect(poller.isReadable(rightToken))
        poller.watchWritable(leftToken, true)
        try poller.wait(.seconds(60))
        #expect(poller.isWritable(leftToken) && !poller.isWritable(rightToken))
    }

    @Test func theMonitorTellsWhenTheServiceGoesAndComes() throws {
        let directory = try TemporaryDirectory()
        let endpoint = Endpoint.ipc(path: directory.path + "/a.sock")
        let context = try Context()
        let dealer = try DealerSocket(context, testOptions)
        let monitor = try ConnectionMonitor(dealer, context, name: "monitor")
        try dealer.connect(endpoint)
        for _ in 0..<2 {
            let router = try TestRouter()
            try router.socket.bind(endpoint)
            var event: ConnectionMonitor.Event?
            _ = try router.work {
                event = try monitor.next()
                return event != nil
            }
            #expect(event == .connected)
            router.socket.close()
            #expect(try isReadable(monitor) && monitor.next() == .disconnected)
        }
    }
}
