import FoundationEssentials
import Logging
import Messaging
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Worker

@Suite struct WorkerLoopTests {
    /// The front is told before the first step that nobody knows how long it takes, and gets everything in order.
    @Test func theFirstStepIsAnnouncedBeforeItBegins() throws {
        let folder = try TemporaryFolder()
        let endpoint = try Endpoint("ipc://\(folder.path)/front.sock")
        let socket = try RouterSocket(
            RouterOptions(frameByteLimit: Frames.serviceLimit))
        try socket.bind(endpoint)
        let model = try DemoWorker.model()
        let identity = [UInt8](1...16)
        let isOver = Mutex(false)
        let thread = try OwnerThread("worker") {
            do {
                try WorkerLoop(
                    runner: JobRunner(model: model), endpoint: endpoint, identity: identity,
                    logger: Logger(label: "test")
                ).run()
            } catch {
                Issue.record("\(error)")
            }
            isOver.withLock { $0 = true }
        }
        var poller = Poller()
        _ = poller.add(socket)
        var reports: [WorkerReport] = []
        for _ in 0..<1000 {
            try poller.wait(.milliseconds(100))
            while let arrival = socket.receive() {
                guard case .message(let peer, let frames) = arrival else { continue }
                let report = try Frames.decode(frames, as: WorkerReport.self)
                reports.append(report)
                let orders: [WorkerOrder] =
                    switch report {
                    case .ready: [.dispatch(DemoWorker.dispatch())]
                    case .finished: [.drain(WireDrain())]
                    default: []
                    }
                for order in orders { try socket.send(Frames.encode(order), to: peer) }
            }
            socket.flush()
            if isOver.withLock({ $0 }) { break }
        }
        #expect(isOver.withLock { $0 })
        thread.join()
        guard case .ready(let ready) = reports.first else {
            Issue.record("the worker did not introduce itself")
            return
        }
        #expect(ready.identity == Data(identity))
        let firstChunk = try #require(
            reports.firstIndex { if case .chunk = $0 { true } else { false } })
        let announcements = reports[..<firstChunk].compactMap { report in
            if case .heartbeat(let heartbeat) = report { heartbeat.silenceMs } else { nil }
        }
        #expect(announcements.first == 60_000)
    }
}
