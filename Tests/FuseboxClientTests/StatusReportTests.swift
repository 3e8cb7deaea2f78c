import TestSupport
import Testing
import Wire

@testable import fusebox

/// What `fusebox status` prints.
@Suite struct StatusReportTests {
    @Test func linesTellOfEveryWorker() {
        #expect(
            StatusReport(.sample).text == """
                fusebox 1.2.3, degraded, model tiny, base abababababab, no router
                requests: 2 running, 2 queued, 13 accepted, 9 finished, 1 failed, 4 resumed, 7 refused
                connections: 3 open, 4 refused, 5 cut, 600 bytes buffered
                journal: /state/journal.sqlite
                degraded: 1 of 2 workers serve; worker-1: no model at x
                nothing new is accepted: the disk is full
                adapter set aside: mad: workers died of requests that had it; replace it, or start the service anew
                adapter refused: odd: fits another base
                worker-0: ready, process 77, 3 restarts, 2 of 8 slots, 60 tokens in 50 steps
                worker-0: 48 prompt tokens, 32 of them (66 %) from the prefix cache of 4096, 5 blocks evicted
                worker-0: 3 adapters in memory, 900 of 1000 bytes, 7 loads, 4 evictions
                worker-1: dead, 2 restarts; no model at x
                """)
    }
}
