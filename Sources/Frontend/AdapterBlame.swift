import DequeModule
import Tensors
import Wire

/// Adapters that workers die of.
///
/// One request that kills a worker may be its own fault; several different ones that have nothing but an adapter in common are
/// the adapter's. From then on no request gets it, until it is replaced or the service starts anew.
struct AdapterBlame: Sendable {
    /// Different requests that have to kill a worker under an adapter within this time.
    static let limit = 3
    static let period: Duration = .seconds(600)
    /// Deaths that are remembered.
    private static let memory = 1024

    private struct Death {
        let request: RequestID
        let adapters: Set<Digest>
        let at: Instant
    }

    private var deaths: Deque<Death> = []
    private(set) var quarantined: Set<Digest> = []

    /// Notes that a worker died of a request alone, and returns the adapters that are set aside for it.
    mutating func note(
        _ request: RequestID, under adapters: Set<Digest>, now: Instant
    ) -> Set<Digest> {
        deaths.append(Death(request: request, adapters: adapters, at: now))
        while let oldest = deaths.first, now - oldest.at > Self.period || deaths.count > Self.memory
        {
            deaths.removeFirst()
        }
        let guilty = adapters.filter { adapter in
            Set(deaths.filter { $0.adapters.contains(adapter) }.map(\.request)).count >= Self.limit
        }
        let fresh = guilty.subtracting(quarantined)
        quarantined.formUnion(fresh)
        return fresh
    }
}
