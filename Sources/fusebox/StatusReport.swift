import FuseboxWire
import Tensors
import Wire

/// What `fusebox status` prints.
struct StatusReport {
    private let status: WireStatusReply

    init(_ status: WireStatusReply) {
        self.status = status
    }

    /// A line each for the service, its requests, its connections and what is wrong, two for each worker that serves.
    var text: String {
        let model = status.model.isEmpty ? "" : "model \(status.model), "
        let base = Digest(bytes: status.base).map { "base \($0.description.prefix(12))" }
        let router = Digest(bytes: status.router).map { "router \($0.description.prefix(12))" }
        let head =
            [
                "fusebox \(status.version), \(status.state), \(model)\(base ?? "no worker yet"), \(router ?? "no router")",
                "requests: \(status.running) running, \(status.queued) queued, \(status.accepted) accepted, "
                    + "\(status.finished) finished, \(status.failed) failed, \(status.resumed) resumed, "
                    + "\(status.refused) refused",
                "connections: \(status.connections.open) open, \(status.connections.refused) refused, "
                    + "\(status.connections.cut) cut, \(status.connections.bufferedBytes) bytes buffered",
                "journal: \(status.journal.isEmpty ? "none, what is accepted ends with the service" : status.journal)",
            ] + (status.degraded.isEmpty ? [] : ["degraded: \(status.degraded)"])
            + status.problems
        return (head + status.workers.flatMap(Self.lines)).joined(separator: "\n")
    }

    private static func lines(_ worker: WireWorkerStatus) -> [String] {
        guard worker.slots > 0 else {
            let problem = worker.problem.isEmpty ? "" : "; \(worker.problem)"
            return ["\(worker.name): \(worker.state), \(worker.restarts) restarts\(problem)"]
        }
        let share = Double(worker.cachedTokens).share(of: Double(worker.promptTokens))
        let adapters =
            worker.adapterByteLimit == 0
            ? []
            : [
                "\(worker.name): \(worker.residentAdapters) adapters in memory, \(worker.adapterBytes) of "
                    + "\(worker.adapterByteLimit) bytes, \(worker.adapterLoads) loads, \(worker.adapterEvictions) evictions"
            ]
        return [
            "\(worker.name): \(worker.state), process \(worker.pid), \(worker.restarts) restarts, "
                + "\(worker.running) of \(worker.slots) slots, \(worker.tokens) tokens in "
                + "\(worker.steps) steps",
            "\(worker.name): \(worker.promptTokens) prompt tokens, \(worker.cachedTokens) of them "
                + "(\(share.percentText)) from the prefix cache of \(worker.cacheTokens), \(worker.evictedBlocks) blocks evicted",
        ] + adapters
    }
}
