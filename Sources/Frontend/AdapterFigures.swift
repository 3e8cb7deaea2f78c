import Adapters
import Tensors
import Wire

/// How the requests of each generation fared since the service began.
struct AdapterFigures: Sendable {
    struct Tally: Sendable {
        /// Parts that ended, and those of them that failed.
        var requests: UInt64 = 0
        var failures: UInt64 = 0
        var tokens: UInt64 = 0
        /// From the first dispatch to the end.
        var seconds = 0.0
        /// Of the adapter in the mixes that parts began with.
        var weights = 0.0

        var meanWeight: Double { requests == 0 ? 0 : weights / Double(requests) }
    }

    private var tallies: [Digest: Tally] = [:]

    subscript(digest: Digest) -> Tally { tallies[digest] ?? Tally() }

    /// Counts a part that ended for each adapter that took part.
    mutating func note(_ part: RequestPart, hasFailed: Bool, now: Instant) {
        var weights: [Digest: Double] = [:]
        for share in part.segments.flatMap(\.mix.shares) {
            guard let digest = Digest(bytes: share.adapter) else { continue }
            weights[digest] =
                weights[digest] ?? Double(share.weight) / Double(AdapterMix.unit)
        }
        let seconds = part.startedAt.map { (now - $0) / .seconds(1) } ?? 0
        for (digest, weight) in weights {
            tallies[digest, default: Tally()].requests += 1
            if hasFailed { tallies[digest, default: Tally()].failures += 1 }
            tallies[digest, default: Tally()].tokens += UInt64(part.tokens.count)
            tallies[digest, default: Tally()].seconds += seconds
            tallies[digest, default: Tally()].weights += weight
        }
    }

    /// Forgets all adapters but these.
    mutating func forget(keeping digests: Set<Digest>) {
        tallies = tallies.filter { digests.contains($0.key) }
    }
}
