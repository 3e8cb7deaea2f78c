import FoundationEssentials
import Journal
import Wire

/// Looking after requests: listing them, trying failed ones again, dropping them.
extension Broker {
    /// Lists what is in memory; the engine's own come from whoever has it.
    mutating func listRequests(_ list: WireListRequests, to client: Address, now: Instant) {
        var reply = WireRequests()
        reply.request = list.request
        let known = requests.live + requests.ended
        let youngestFirst = known.compactMap { requests[$0] }.sorted { $0.serial > $1.serial }
        reply.requests = youngestFirst.map { summary($0) }
        reply.total = UInt64(clamping: known.count)
        let limit = list.limit == 0 ? Self.usualListLimit : Int(list.limit)
        actions.append(.listRequests(client, reply, youngestFirst.map(\.acceptedAt), limit: limit))
    }

    private static let usualListLimit = 100

    /// Lets the failed parts of a request go on from where they stood.
    mutating func retry(_ retry: WireRetry, from client: Address, now: Instant) {
        let id = retry.requestID
        guard let request = requests[id] else {
            return refuse(unknown(id), request: id, to: client)
        }
        let failed = request.parts.indices.filter { index in
            if case .ended(.failed) = request.parts[index].phase { true } else { false }
        }
        guard !failed.isEmpty else {
            let refusal = Refusal(.invalidArgument, "no part of request \(id) has failed")
            return refuse(refusal, request: id, to: client)
        }
        requests.reopen(id)
        for index in failed {
            requests[id]?.parts[index].revive(now: now)
            let end = requests[id]?.parts[index].entries.count ?? 0
            let cursor = request.delivery.cursors[index]
            requests[id]?.delivery.cursors[index] = min(cursor, end)
            enqueue(PartKey(request: id, part: index), now: now)
        }
        // Workers may have dropped what it was accepted under, or another front accepted it.
        adoptRestored(now)
        if requests[id]?.delivery.client == nil { requests[id]?.delivery.detachedSince = now }
        tell(client, of: id)
    }

    /// Stops a request wherever it is, and forgets what it holds.
    mutating func drop(_ drop: WireDrop, from client: Address, now: Instant) {
        let id = drop.requestID
        guard requests[id] != nil else { return refuse(unknown(id), request: id, to: client) }
        tell(client, of: id, as: "dropped")
        stop(id, reason: .cancelled, now: now)
        close(WireClose { $0.requestID = id })
    }

    private mutating func tell(_ client: Address, of id: RequestID, as state: String? = nil) {
        guard let request = requests[id] else { return }
        var summary = summary(request)
        summary.state = state ?? summary.state
        let reply = WireRequests {
            $0.request = id.data
            $0.requests = [summary]
            $0.total = 1
        }
        actions.append(.toClient(client, .requests(reply), nil))
    }

    private func summary(_ request: ServedRequest) -> WireRequestSummary {
        WireRequestSummary {
            $0.request = request.id.data
            $0.state = state(of: request)
            $0.parts = UInt32(clamping: request.parts.count)
            $0.tokens = request.parts.reduce(0) { $0 + UInt64($1.tokens.count) }
            $0.attempts = request.parts.map(\.attemptCount).max() ?? 0
            $0.kept = request.body.keep
            $0.attached = request.delivery.client != nil
            for case .ended(.failed(let refusal)) in request.parts.map(\.phase) {
                $0.problem = refusal.message
            }
        }
    }

    private func state(of request: ServedRequest) -> String {
        if request.parts.contains(where: \.isQuarantined) { return "quarantined" }
        var isRunning = false
        var hasFailed = false
        for part in request.parts {
            switch part.phase {
            case .running: isRunning = true
            case .ended(.failed): hasFailed = true
            case .queued, .ended(.done): break
            }
        }
        if request.endedAt != nil { return hasFailed ? "failed" : "done" }
        return isRunning ? "running" : "queued"
    }
}
