import Foundation
import Testing
import Wire

@testable import fusebox

/// What `fusebox status` prints.
@Suite struct StatusReportTests {
    private static let status = WireStatusReply {
        $0.version = "1.2.3"
        $0.model = "tiny"
        $0.base = Data(repeating: 0xAB, count: 32)
        ($0.running, $0.queued, $0.accepted) = (1, 2, 13)
        ($0.finished, $0.failed, $0.resumed) = (9, 1, 4)
        $0.workers = [
            WireWorkerStatus {
                ($0.name, $0.pid, $0.state, $0.restarts) = ("worker-0", 77, "ready", 3)
                ($0.slots, $0.running, $0.steps, $0.tokens) = (8, 1, 50, 60)
                ($0.promptTokens, $0.cachedTokens, $0.evictedBlocks) = (48, 32, 5)
                $0.cacheTokens = 4096
            },
            WireWorkerStatus {
                ($0.name, $0.state, $0.problem) = ("worker-1", "dead", "no model at x")
                $0.restarts = 2
            },
        ]
        ($0.connections.open, $0.connections.refused) = (3, 4)
        ($0.connections.cut, $0.connections.bufferedBytes) = (5, 600)
        $0.degraded = "1 of 2 workers serve; worker-1: no model at x"
        $0.refusedAdapters = [WireRefusedAdapter(folder: "odd", reason: "fits another base")]
    }

    @Test func linesTellOfEveryWorker() {
        #expect(
            StatusReport(Self.status).text == """
                fusebox 1.2.3, degraded, model tiny, base abababababab, no router
                requests: 1 running, 2 queued, 13 accepted, 9 finished, 1 failed, 4 resumed
                connections: 3 open, 4 refused, 5 cut, 600 bytes buffered
                degraded: 1 of 2 workers serve; worker-1: no model at x
                adapter refused: odd: fits another base
                worker-0: ready, process 77, 3 restarts, 1 of 8 slots, 60 tokens in 50 steps
                worker-0: 48 prompt tokens, 32 of them (66 %) from the prefix cache of 4096, 5 blocks evicted
                worker-1: dead, 2 restarts; no model at x
                """)
    }
}
