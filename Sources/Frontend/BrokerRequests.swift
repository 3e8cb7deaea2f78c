import FoundationEssentials
import Journal
import Wire

/// Looking after requests: listing them, trying failed ones again, dropping them.
extension Broker {
    /// Lists what is in memory; the engine's own come from whoever has it.
    mutating func listRequests(_ list: WireListRequests, to client: Address, now: Instant) {
        var reply = WireRequests()
        reply.request = list.request
        var known = requests.live + requests.ended
        if let only = list.onlyID {
            guard requests[only] != nil else {
                return refuse(unknown(only), request: list.requestID, to: client)
            }
            known = [only]
        }
        let youngestFirst = known.compactMap { requests[$0] }.sorted { $0.serial > $1.serial }
        reply.requests = youngestFirst.map(\.summary)
        reply.total = UInt64(clamping: known.count)
        let limit = list.limit == 0 ? Self.usualListLimit : Int(list.limit)
        actions.append(
            .listRequests(
                client, reply, youngestFirst.map(\.acceptedAt),
                limit: list.onlyID == nil ? limit : nil))
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
            requests[id]?.delivery.rewind(index, to: end)
            enqueue(PartKey(request: id, part: index), now: now)
        }
        // Workers may have dropped what it was accepted under, or another front accepted it.
        adoptRestored(now)
        if requests[id]?.delivery.client == nil { requests[id]?.delivery.detach(now) }
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
        var summary = request.summary
        summary.state = state ?? summary.state
        let reply = WireRequests {
            $0.request = id.data
            $0.requests = [summary]
            $0.total = 1
        }
        actions.append(.toClient(client, .requests(reply), nil))
    }
}
