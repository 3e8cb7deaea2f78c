import FuseboxWire
import HTTPTypes

/// What the service was doing when it was last asked.
struct Snapshot: Sendable {
    /// Nil where it did not answer.
    var status: WireStatusReply?
    var adapters = WireAdapters()
    /// Why it did not answer.
    var problem: String?
    var catalog = Catalog()

    /// In one word: starting, serving, degraded, draining or unreachable.
    var state: String {
        guard let status else { return "unreachable" }
        if !status.draining, !status.workers.contains(where: { $0.slots > 0 }) { return "starting" }
        return status.state
    }

    /// Whether a request would be taken.
    var isReady: Bool {
        (state == "serving" || state == "degraded") && status?.journalProblem.isEmpty ?? false
    }

    /// Why a request would not be taken, known without asking; nil: it is worth trying.
    var refusal: APIError? {
        guard status == nil || state == "draining" else { return nil }
        var error = APIError(
            .serviceUnavailable, status == nil ? "unreachable" : "unavailable",
            problem
                ?? "the service is shutting down; its successor, if there is one, takes the request"
        )
        error.retryAfter = .seconds(1)
        return error
    }
}
