import FoundationEssentials
public import Wire

extension WireStatusReply {
    /// A service of which one worker runs and another does not come up, with a value in every field that tells something.
    public static let sample = WireStatusReply {
        $0.version = "1.2.3"
        ($0.model, $0.context, $0.vocabulary) = ("tiny", 512, 99)
        $0.base = Data(repeating: 0xAB, count: 32)
        ($0.running, $0.queued, $0.accepted) = (2, 2, 13)
        ($0.finished, $0.failed, $0.resumed) = (9, 1, 4)
        ($0.refused, $0.tokens) = (7, 400)
        ($0.journal, $0.journalProblem) = ("/state/journal.sqlite", "the disk is full")
        $0.quarantinedAdapters = ["mad"]
        $0.workers = [
            WireWorkerStatus {
                ($0.name, $0.pid, $0.state, $0.restarts) = ("worker-0", 77, "ready", 3)
                ($0.slots, $0.running, $0.steps, $0.tokens) = (8, 2, 50, 60)
                ($0.promptTokens, $0.cachedTokens, $0.evictedBlocks) = (48, 32, 5)
                $0.cacheTokens = 4096
                ($0.adapterBytes, $0.adapterByteLimit, $0.residentAdapters) = (900, 1000, 3)
                ($0.adapterLoads, $0.adapterEvictions) = (7, 4)
                $0.parts = [
                    WireRunningPart {
                        ($0.request, $0.part) = (Data(repeating: 1, count: 16), 2)
                        ($0.shares, $0.tokens) = ([named("sea", 0.75), named("joy", -0.5)], 20)
                    },
                    WireRunningPart { $0.request = Data(repeating: 2, count: 16) },
                ]
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
        $0.adapters = [
            WireAdapterUse { ($0.selections, $0.weight, $0.tokens) = (2, 2, 100) },
            WireAdapterUse {
                ($0.name, $0.selections, $0.weight, $0.tokens) = ("sea", 4, 2.5, 300)
            },
        ]
        $0.firstToken = WireLatency {
            ($0.count, $0.p50Ms, $0.p95Ms, $0.p99Ms) = (3, 12.5, 150, 2000.25)
        }
    }

    private static func named(_ name: String, _ weight: Float) -> WireNamedWeight {
        WireNamedWeight { ($0.name, $0.weight) = (name, weight) }
    }
}
