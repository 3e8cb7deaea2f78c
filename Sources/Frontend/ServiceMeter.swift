import Journal
import Wire

/// What the service did since it started, for `StatusReply`; nothing is decided by it.
struct ServiceMeter: Sendable {
    /// Names that are counted beside the base, so that what workers say cannot make it grow without end.
    static let nameLimit = 1023

    /// Requests that were not taken.
    var refused: UInt64 = 0
    /// Tokens of all replies.
    private(set) var tokens: UInt64 = 0
    /// From the time when a part began to wait to its first token, and between its tokens.
    var firstToken = RecentTimes()
    var interToken = RecentTimes()
    private var uses: [String: WireAdapterUse] = [:]

    /// How adapters were used, by name; the base alone comes first.
    var adapters: [WireAdapterUse] {
        uses.values.sorted { $0.name < $1.name }
    }

    /// Counts a mix that was chosen.
    mutating func noteChoice(of mix: WireMix) {
        change(mix) { use, weight in
            use.selections += 1
            use.weight += weight
        }
    }

    /// Counts tokens that were made under a mix.
    mutating func note(tokens count: Int, under mix: WireMix) {
        tokens += UInt64(count)
        change(mix) { use, _ in use.tokens += UInt64(count) }
    }

    private mutating func change(
        _ mix: WireMix, _ body: (inout WireAdapterUse, _ weight: Double) -> Void
    ) {
        for share in mix.shares where uses[share.name] != nil || uses.count < Self.nameLimit {
            let unused = WireAdapterUse { $0.name = share.name }
            body(&uses[share.name, default: unused], Double(share.weight) / 1024)
        }
        if mix.shares.isEmpty { body(&uses["", default: WireAdapterUse()], 1) }
    }
}

extension Broker {
    /// Counts the tokens that a reply has got, and the time that they took.
    mutating func measure(_ chunk: WireWorkerChunk, of key: PartKey, now: Instant) {
        let count = chunk.ids.count
        guard count > 0, let part = part(key) else { return }
        let mix = part.segments.last { $0.fromToken <= chunk.offset }?.mix
        meter.note(tokens: count, under: mix ?? WireMix())
        if let last = part.grownAt {
            meter.interToken.note((now - last) / count, now: now)
        } else {
            meter.firstToken.note(now - part.queuedSince, now: now)
        }
        requests[key.request]?.parts[key.part].grownAt = now
    }
}
