import Journal
import Tensors
import Wire

/// What becomes of messages that did not leave.
extension Broker {
    /// Takes back a part of a client's stream.
    ///
    /// A full pipe is tried again soon; a client that is gone must attach again; a message that cannot be sent at all fails
    /// its part.
    mutating func undelivered(
        _ mark: DeliveryMark, to client: Address, _ failure: SendFailure, now: Instant
    ) {
        switch failure {
        case .unreachable: left(client, now: now)
        case .congested: takeBack(mark, from: client, now: now)
        case .unencodable(let problem):
            guard case .entry(let id, let part, let index) = mark else { return }
            fail(PartKey(request: id, part: part), fromEntry: index, problem, now: now)
        }
    }

    private mutating func takeBack(_ mark: DeliveryMark, from client: Address, now: Instant) {
        guard let request = requests[mark.request], request.delivery.client == client
        else { return }
        var delivery = request.delivery
        switch mark {
        case .acceptance: delivery.takeBackAcceptance()
        case .entry(_, let part, let index):
            // Nothing after it left either. An entry that is no more was replaced by a failure.
            let entries = request.parts[part].entries
            guard entries.indices.contains(index), index < delivery.cursors[part] else { return }
            let unsent = entries[index..<min(delivery.cursors[part], entries.count)]
            delivery.takeBack(part, from: index, chunks: unsent.count(where: \.isChunk))
        }
        delivery.wait(until: now + configuration.congestionDelay)
        requests[mark.request]?.delivery = delivery
        noteStall(mark.request)
    }

    /// Puts a failure in the place of what cannot be said, and of all after it.
    private mutating func fail(
        _ key: PartKey, fromEntry index: Int, _ problem: String, now: Instant
    ) {
        guard let part = part(key), part.entries.indices.contains(index) else { return }
        let failure = RequestPart.Terminal.failed(Refusal(.internal, problem))
        actions.append(.report("part \(key.part) of \(key.request) fails: \(problem)"))
        requests[key.request]?.parts[key.part].truncate(from: index)
        requests[key.request]?.delivery.rewind(key.part, to: index)
        guard part.isEnded else { return end(key, failure, now: now) }
        requests[key.request]?.parts[key.part].phase = .ended(failure)
        requests[key.request]?.parts[key.part].entries.append(.ended(failure))
        deliver(key.request)
    }

    /// Takes back an order to a worker.
    ///
    /// Only a worker that is gone is lost for it: one with a full pipe gets the order later, and one that is too large fails
    /// its part.
    mutating func undelivered(
        _ order: WorkerOrder, to worker: Address, _ failure: SendFailure, now: Instant
    ) {
        guard let index = sessions.firstIndex(where: { $0.address == worker }) else { return }
        switch failure {
        case .unreachable: lose(worker, because: "its connection is gone", now: now)
        case .congested:
            sessions[index].noteCongestion(until: now + configuration.congestionDelay)
            switch order {
            case .dispatch(let dispatch): recall(dispatch, from: index, now: now)
            // The next one does as well, and so does the dispatch of what is expected.
            case .heartbeat, .expect: break
            case .cancel, .drain, .failed, .edition, .dropEdition:
                sessions[index].put(off: order)
            }
        case .unencodable(let problem):
            if case .edition(let edition) = order {
                return refuse(edition, because: problem, now: now)
            }
            guard case .dispatch(let dispatch) = order else { return }
            let key = PartKey(request: dispatch.requestID, part: Int(dispatch.part))
            _ = sessions[index].release(key, epoch: dispatch.epoch)
            mayDispatch = true
            let refusal = Refusal(
                .invalidArgument, "no worker can take it: \(problem); shorten the prompt")
            end(key, .failed(refusal), now: now)
        }
    }

    /// Gives a change up that no worker can be told of.
    private mutating func refuse(_ order: WireEdition, because problem: String, now: Instant) {
        guard case .distributing(let proposal) = shelf?.change?.phase,
            Digest(bytes: order.edition).map({ proposal.contains($0) }) ?? false
        else { return actions.append(.report("a worker cannot be told what to hold: \(problem)")) }
        abortChange(Refusal(.invalidArgument, problem), now: now)
    }

    /// Lets a part wait again whose dispatch never left: it counts as none.
    private mutating func recall(_ dispatch: WireDispatch, from index: Int, now: Instant) {
        let key = PartKey(request: dispatch.requestID, part: Int(dispatch.part))
        guard sessions[index].release(key, epoch: dispatch.epoch),
            part(key)?.attempt(at: sessions[index].address, epoch: dispatch.epoch) != nil
        else { return }
        if let stopping = part(key)?.stopping { return end(key, stoppedBy: stopping, now: now) }
        requests[key.request]?.parts[key.part].progressEpoch += 1
        enqueue(key, now: now)
    }

    /// Says again what a worker's full pipe did not take.
    mutating func retryOrders(_ session: WorkerSession, now: Instant) {
        guard let until = session.congestedUntil, now >= until,
            let index = sessions.firstIndex(where: { $0.address == session.address })
        else { return }
        for order in sessions[index].takeUnsent(now) {
            actions.append(.toWorker(session.address, order))
        }
    }
}
