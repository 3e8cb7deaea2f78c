import Journal
import Tensors
import Wire

/// An accepted request, until it is closed or forgotten.
struct ServedRequest: Sendable {
    let id: RequestID
    /// Grows with each acceptance: the order of the queue.
    let serial: UInt64
    /// As submitted, but without the credit: what another submission under the id must equal.
    let body: WireSubmit
    /// Complete: with the model's defaults for what was left out, and the seed that was given or drawn.
    let sampling: WireSampling
    let kvRule: WireKVRule
    /// What it was accepted under: the adapters that its names stand for, whatever becomes of the shelf; nil: another front
    /// accepted it, and nothing is served yet.
    var edition: Digest?
    /// What re-routing may choose from; nil: the mix stays as it is.
    let auto: AutoChoice?
    let deadline: Instant?
    let promptByteCount: Int
    let origin: RequestOrigin
    let acceptedAt: Instant

    var parts: [RequestPart]
    var delivery: Delivery
    var endedAt: Instant?
    /// Closed before its end: forgotten as soon as it ends.
    var isClosed = false
    /// It outlived the front that accepted it, whose clients may have tokens that no journal has.
    var isRestored = false
    /// What it counts for among the ended ones.
    var keptByteCount = 0
    var recording = Recording()

    /// What the engine knows.
    struct Recording: Sendable {
        /// It is accepted for good.
        var isAccepted = false
        var isEnded = false
    }

    var limits: WireLimits { body.limits }

    /// Whether a router routes the sentences of its reply.
    var isRerouted: Bool { auto != nil && kvRule != .pin && !body.encodeOnly }

    /// Whether a submission asks for this: with the same body, or with the seed that `Accepted` told beside it.
    func isAnswer(to submission: WireSubmit) -> Bool {
        if body == submission { return true }
        var seeded = body
        seeded.sampling.seed = sampling.seed
        return !body.sampling.hasSeed && seeded == submission
    }

    /// Bytes held for it, roughly.
    var byteCount: Int {
        parts.reduce(512 + promptByteCount) { $0 + $1.byteCount }
    }
}

extension ServedRequest {
    /// Whether every entry has left for the client.
    var isDelivered: Bool {
        zip(delivery.cursors, parts).allSatisfy { $0 >= $1.entries.count }
    }

    /// Bytes of text that wait for the client.
    var backlogByteCount: Int {
        zip(delivery.cursors, parts).reduce(0) { sum, pair in
            pair.1.entries.dropFirst(pair.0).reduce(sum) { $0 + $1.byteCount }
        }
    }
}

/// What accepted a request: no other base goes on with it, and no other router routes its reply.
struct RequestOrigin: Equatable, Sendable {
    let base: Digest
    let type: String
    let kernels: String
    let router: Digest?
}

// What the engine has not been told.
extension ServedRequest {
    /// Whether there is anything that no client may hear of before it is on disk.
    var isUrgent: Bool {
        !recording.isAccepted || recording.isEnded != (endedAt != nil)
            || parts.contains(where: \.isUrgent)
    }

    var isRecorded: Bool {
        recording.isAccepted && recording.isEnded == (endedAt != nil)
            && parts.allSatisfy(\.isRecorded)
    }

    var hasUnrecordedLease: Bool {
        parts.contains { $0.recording.attempts.epoch != $0.epoch && !$0.isEnded }
    }

    func unrecorded(at time: WallTime) -> [DispatchOperation] {
        guard recording.isAccepted else { return [.submit(stored(at: time))] }
        let changes = parts.enumerated().flatMap { index, part in
            part.unrecorded(PartKey(request: id, part: index))
        }
        guard recording.isEnded != (endedAt != nil) else { return changes }
        guard let endedAt else { return changes + [.resume(id)] }
        var summary = summary
        summary.acceptedMs = UInt64(clamping: time.milliseconds(at: acceptedAt))
        return changes + [.end(id, at: time.milliseconds(at: endedAt), summary)]
    }

    mutating func noteRecorded() {
        recording = Recording(isAccepted: true, isEnded: endedAt != nil)
        for index in parts.indices { parts[index].noteRecorded() }
    }
}
