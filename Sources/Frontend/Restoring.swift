import Journal
import Tensors
import Wire

// How requests come back from an engine.

extension ServedRequest {
    /// Takes up a stored request; nobody is there for it yet.
    ///
    /// - Parameter time: now; its deadline is never further away than its client asked for.
    /// - Throws: `Refusal` where what is stored makes no sense.
    init(_ stored: StoredRequest, at time: WallTime) throws(Refusal) {
        let record = stored.record
        guard let base = Digest(bytes: record.base), record.hasBody, !record.parts.isEmpty,
            record.parts.count == stored.parts.count, record.sampling.hasSeed
        else { throw Self.damage(stored.id, "its record is incomplete") }
        var parts: [RequestPart] = []
        for (part, progress) in zip(record.parts, stored.parts) {
            parts.append(
                try RequestPart(part, progress, of: stored, now: time.instant))
        }
        let limit = Duration.milliseconds(Int64(record.body.limits.deadlineMs))
        var delivery = Delivery(client: nil, partCount: parts.count, credit: 0)
        delivery.detach(time.instant)
        self.init(
            id: stored.id, serial: stored.serial, body: record.body, sampling: record.sampling,
            kvRule: record.kvRule, edition: nil,
            auto: record.hasAuto ? AutoChoice(record.auto) : nil,
            deadline: stored.deadline.map {
                time.instant + max(.zero, min(time.duration(until: $0), limit))
            },
            promptByteCount: PromptText.byteCount(record.body.prompt),
            origin: RequestOrigin(
                base: base, type: record.type, kernels: record.kernels,
                router: Digest(bytes: record.router)),
            acceptedAt: time.instant + time.duration(until: stored.acceptedAt),
            parts: parts, delivery: delivery)
        endedAt = stored.endedAt.map { _ in time.instant }
        isRestored = true
        recording = Recording(isAccepted: true, isEnded: endedAt != nil)
    }

    static func damage(_ id: RequestID, _ what: String) -> Refusal {
        Refusal(.internal, "the journal's request \(id) is damaged: \(what)")
    }
}

extension AutoChoice {
    init(_ auto: WireAutoSelection) {
        self.init(allowed: auto.allowed, weighting: auto.weighting, gain: auto.gain)
    }
}

extension RequestPart {
    fileprivate init(
        _ part: WireJournalPart, _ progress: StoredPart, of stored: StoredRequest, now: Instant
    ) throws(Refusal) {
        guard case .routed(let first) = progress.entries.first?.kind, first.segment.fromToken == 0
        else { throw ServedRequest.damage(stored.id, "a part has no first mix") }
        self.init(
            prompt: part.prompt, routedText: part.routedText, seed: part.seed,
            prefixes: PromptText.prefixes(part.prompt, mix: first.segment.mix),
            warnings: part.warnings, unreadByteCount: Int(clamping: part.unreadBytes),
            cost: Int(clamping: min(part.cost, Self.costLimit)), phase: .queued, queuedSince: now,
            segments: [],
            entries: [])
        for entry in progress.entries {
            guard !isEnded, take(entry) else {
                throw ServedRequest.damage(stored.id, "its stream has a hole")
            }
        }
        let attempts = progress.attempts
        guard let next = Self.nextEpoch(after: attempts.epoch) else {
            throw ServedRequest.damage(stored.id, "its epoch is \(attempts.epoch)")
        }
        epoch = next
        // Dispatches by another front count for nothing here.
        progressEpoch = epoch
        losses = attempts.losses
        deaths = attempts.deaths
        onProbation = attempts.isOnProbation
        stopping = attempts.stopping
        isQuarantined = attempts.isQuarantined
        recording = Recording(
            attempts: attempts, entryCount: entries.count, isOfEarlierFront: !isEnded)
    }

    /// Estimated tokens that a part of a record may claim: more than any prompt and reply have.
    private static let costLimit: UInt64 = 1 << 32

    /// An epoch above all that an earlier front may have given, recorded or not.
    ///
    /// A lease is recorded before its dispatch leaves, but not forced to disk: power that is lost takes a few along.
    private static func nextEpoch(after epoch: UInt32) -> UInt32? {
        let stride: UInt32 = 1024
        let (next, overflow) = (epoch / stride + 1).multipliedReportingOverflow(by: stride)
        return overflow ? nil : next
    }

    /// Appends a stored entry; false: it does not continue what is there.
    private mutating func take(_ entry: WireJournalEntry) -> Bool {
        switch entry.kind {
        case .routed(let routed):
            guard routed.segment.fromToken >= tokens.count else { return false }
            segments.append(routed.segment)
            entries.append(.routed(routed.segment, routed.sentences))
        case .chunk(let chunk) where !chunk.promptScores.isEmpty:
            guard Int(chunk.promptOffset) == promptScoreCount,
                let scores = PackedScores(chunk.promptScores)
            else { return false }
            entries.append(.promptScores(offset: promptScoreCount, scores))
            promptScoreCount += chunk.promptScores.count
            scoreByteCount += scores.byteCount
        case .chunk(let chunk):
            guard Int(chunk.offset) == tokens.count, let scores = PackedScores(chunk.scores) else {
                return false
            }
            entries.append(
                .chunk(
                    offset: tokens.count, count: chunk.ids.count, text: chunk.text,
                    scores: scores))
            tokens += chunk.ids
            textByteCount += chunk.text.utf8.count
            scoreByteCount += scores.byteCount
        case .done(let done):
            promptTokens = done.provenance.promptTokens
            maxTokens = done.provenance.limits.maxTokens
            adapterWarnings = done.provenance.warnings
            end(.done(done.reason, done.usage))
        case .failed(let failed): end(.failed(Refusal(failed)))
        case nil: return false
        }
        return true
    }

    private mutating func end(_ terminal: Terminal) {
        phase = .ended(terminal)
        entries.append(.ended(terminal))
    }
}

extension Refusal {
    fileprivate init(_ failed: WireFailed) {
        self.init(
            failed.code, failed.message,
            retryAfter: failed.retryAfterMs > 0
                ? .milliseconds(Int64(failed.retryAfterMs)) : nil)
    }
}
