import FoundationEssentials
import Wire

extension WireRequestSummary {
    /// What a list tells of a request that is on disk alone.
    init(_ stored: StoredRequest) {
        self.init()
        request = stored.id.data
        acceptedMs = UInt64(clamping: stored.acceptedAt)
        kept = stored.record.body.keep
        parts = UInt32(clamping: stored.parts.count)
        tokens = stored.parts.reduce(0) { sum, part in
            part.entries.reduce(sum) { $0 + UInt64($1.chunk.ids.count) }
        }
        attempts = stored.parts.map(\.attempts.count).max() ?? 0
        let failures = stored.parts.compactMap { part -> WireFailed? in
            if case .failed(let failed) = part.entries.last?.kind { failed } else { nil }
        }
        problem = failures.first?.message ?? ""
        state =
            stored.parts.contains(where: \.attempts.isQuarantined)
            ? "quarantined"
            : stored.endedAt == nil ? "queued" : failures.isEmpty ? "done" : "failed"
    }
}
