import Wire

extension ServedRequest {
    /// What a list tells of it, but for the time of its acceptance.
    var summary: WireRequestSummary {
        WireRequestSummary {
            $0.request = id.data
            $0.state = state
            $0.parts = UInt32(clamping: parts.count)
            $0.tokens = parts.reduce(0) { $0 + UInt64($1.tokens.count) }
            $0.attempts = parts.map(\.attemptCount).max() ?? 0
            $0.kept = body.keep
            $0.attached = endedAt == nil && delivery.client != nil
            for case .ended(.failed(let refusal)) in parts.map(\.phase) {
                $0.problem = refusal.message
            }
        }
    }

    private var state: String {
        if parts.contains(where: \.isQuarantined) { return "quarantined" }
        var isRunning = false
        var hasFailed = false
        for part in parts {
            switch part.phase {
            case .running: isRunning = true
            case .ended(.failed): hasFailed = true
            case .queued, .ended(.done): break
            }
        }
        if endedAt == nil, !isRunning, parts.contains(where: \.isParked) { return "parked" }
        if endedAt != nil { return hasFailed ? "failed" : "done" }
        return isRunning ? "running" : "queued"
    }
}
