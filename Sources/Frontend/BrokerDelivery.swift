import Journal
import Wire

/// Telling clients, at their own pace.
extension Broker {
    /// Delivers a request to this client from now on, from the tokens that it has.
    mutating func attach(_ attach: WireAttach, from client: Address) {
        let id = attach.requestID
        guard let request = requests[id] else {
            return refuse(unknown(id), request: attach.requestID, to: client)
        }
        guard attach.fromOffsets.count <= request.parts.count else {
            let refusal = Refusal(
                .invalidArgument,
                "\(attach.fromOffsets.count) offsets for a request of \(request.parts.count) parts")
            return refuse(refusal, request: attach.requestID, to: client)
        }
        // A client of an earlier front may have tokens that went with the power.
        for (index, (offset, part)) in zip(attach.fromOffsets, request.parts).enumerated()
        where offset > part.tokens.count && !request.isRestored {
            let refusal = Refusal(
                .invalidArgument,
                "part \(index) has \(part.tokens.count) tokens so far, offset \(offset) lies beyond"
            )
            return refuse(refusal, request: attach.requestID, to: client)
        }
        self.attach(id, to: client, offsets: attach.fromOffsets.map { Int($0) }, credit: nil)
    }

    /// Starts delivery anew.
    ///
    /// Credit that the earlier connection had left is void.
    mutating func attach(
        _ id: RequestID, to client: Address, offsets: [Int], credit: UInt32?
    ) {
        guard let request = requests[id] else { return }
        assign(id, to: nil)
        requests[id]?.delivery = Delivery(
            client: nil, partCount: request.parts.count,
            credit: credit ?? request.delivery.grant, offsets: offsets)
        assign(id, to: client)
        moveWaitingParts(of: id)
        deliver(id)
    }

    /// Lets a client's stream go on.
    mutating func credit(_ credit: WireCredit) {
        let id = credit.requestID
        guard requests[id]?.delivery.credit != nil else { return }
        requests[id]?.delivery.add(credit: credit.chunks)
        deliver(id)
    }

    /// Sends what the client may have now.
    mutating func deliver(_ id: RequestID) {
        guard let request = requests[id], let client = request.delivery.client,
            request.delivery.retryAt == nil, request.recording.isAccepted
        else { return }
        var delivery = request.delivery
        if !delivery.isAccepted {
            let accepted = ClientEvent.accepted(
                Reply.accepted(request, isDurable: configuration.isDurable))
            actions.append(.toClient(client, accepted, .acceptance(id)))
            delivery.noteAcceptance()
        }
        var byteCount = 0
        for (index, part) in request.parts.enumerated() {
            // The rest goes with the next tick: nobody's backlog takes a whole turn.
            while delivery.cursors[index] < part.entries.count,
                byteCount < configuration.deliveryByteLimit
            {
                byteCount += part.entries[delivery.cursors[index]].byteCount
                let cursor = delivery.cursors[index]
                let event = event(request, part: index, entry: part.entries[cursor])
                if case .chunk = event, !delivery.spend() { break }
                if let event {
                    let mark = DeliveryMark.entry(id, part: index, index: cursor)
                    actions.append(.toClient(client, event, mark))
                }
                delivery.advance(index)
            }
        }
        requests[id]?.delivery = delivery
        noteStall(id)
    }

    /// Has an eye kept on a request whose client has not been told all.
    mutating func noteStall(_ id: RequestID) {
        guard let request = requests[id], !request.isDelivered, clients.watch(id) else { return }
        requests[id]?.delivery.watch()
    }

    /// The message for an entry; nil when the client has it already.
    private func event(
        _ request: ServedRequest, part index: Int, entry: RequestPart.Entry
    ) -> ClientEvent? {
        switch entry {
        case .routed(let segment, let sentences):
            var routed = Reply.routed(
                request.id, part: index, segment: segment, sentences: sentences)
            if segment.fromToken == 0 {
                routed.unreadBytes = UInt64(clamping: request.parts[index].unreadByteCount)
            }
            return .routed(routed)
        case .promptScores(let offset, let scores):
            // Whoever has a token of the reply has had them.
            guard request.delivery.offsets[index] == 0 else { return nil }
            var chunk = WireChunk()
            chunk.requestID = request.id
            chunk.part = UInt32(clamping: index)
            chunk.promptScores = scores.scores
            chunk.promptOffset = UInt32(clamping: offset)
            return .chunk(chunk)
        case .chunk(let offset, let count, let text, let scores):
            let known = request.delivery.offsets[index]
            // The text of a chunk belongs to its last token.
            if count > 0, offset + count <= known { return nil }
            if count == 0, offset < known { return nil }
            let first = max(offset, known)
            var chunk = WireChunk()
            chunk.requestID = request.id
            chunk.part = UInt32(clamping: index)
            chunk.offset = UInt32(clamping: first)
            chunk.ids = Array(request.parts[index].tokens[first..<offset + count])
            chunk.text = text
            chunk.scores = Array(scores.scores.dropFirst(first - offset))
            return .chunk(chunk)
        case .ended(.done(let reason, let usage)):
            return .done(
                Reply.done(request, part: index, reason: reason, usage: usage))
        case .ended(.failed(let refusal)):
            var failed = Reply.failed(refusal, part: index)
            failed.requestID = request.id
            return .failed(failed)
        }
    }

    /// A client's connection is over: what was asked over it waits for an `Attach`, and behind what others ask.
    mutating func left(_ client: Address, now: Instant) {
        for id in clients.requests(of: client) { detach(id, now: now) }
        admission.forget(client)
        limitAbandoned(now)
    }

    /// Sees to it that of clients that are gone no more waits than of those that are there.
    ///
    /// Those that left first lose: whoever changes its connection is back in a moment, however many others leave meanwhile.
    private mutating func limitAbandoned(_ now: Instant) {
        let surplus = queue.abandonedCount - configuration.queueLimit
        guard surplus > 0 else { return }
        let longestGone = queue.abandoned.map { part in
            (part, since: requests[part.key.request]?.delivery.detachedSince ?? now)
        }.sorted { $0.since != $1.since ? $0.since < $1.since : $0.0.serial > $1.0.serial }
        for (part, _) in longestGone.prefix(surplus) {
            end(part.key, stoppedBy: .cancelled, now: now)
        }
    }

    mutating func detach(_ id: RequestID, now: Instant) {
        assign(id, to: nil)
        requests[id]?.delivery.detach(now)
        moveWaitingParts(of: id)
    }

    /// Has a request's events go to this connection from now on.
    mutating func assign(_ id: RequestID, to client: Address?) {
        clients.move(id, from: requests[id]?.delivery.client, to: client)
        requests[id]?.delivery.assign(to: client)
    }

    /// Lets what waits of a request wait in its present client's line.
    private mutating func moveWaitingParts(of id: RequestID) {
        guard let request = requests[id] else { return }
        for (index, part) in request.parts.enumerated() {
            guard case .queued = part.phase else { continue }
            queue.move(PartKey(request: id, part: index), to: request.delivery.client)
        }
    }
}
