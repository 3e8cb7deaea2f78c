import Journal
import Wire

/// Replies that wait for their readers.
extension Broker {
    /// Stops making what a reader does not take.
    ///
    /// Others get the places; the reply goes on from where it stands once half of what waits has been read.
    mutating func park(_ request: ServedRequest, now: Instant) {
        guard request.byteCount > configuration.streamByteLimit,
            request.backlogByteCount > configuration.streamByteLimit
        else { return }
        for (index, part) in request.parts.enumerated() where part.stopping == nil {
            guard case .running(let attempt) = part.phase else { continue }
            let key = PartKey(request: request.id, part: index)
            abandon(key, epoch: part.epoch, at: attempt.worker, now: now)
            requests[request.id]?.parts[index].park()
        }
    }

    /// Lets parked parts go on whose reader has caught up, or has left so that what they make is kept.
    mutating func unpark(_ id: RequestID, now: Instant) {
        guard let request = requests[id], request.parts.contains(where: \.isParked),
            request.delivery.client == nil
                || request.backlogByteCount <= configuration.streamByteLimit / 2
        else { return }
        for (index, part) in request.parts.enumerated() where part.isParked {
            enqueue(PartKey(request: id, part: index), now: now)
        }
    }
}
