import Frontend
import TestSupport
import Wire

/// A client program that keeps its offsets, and attaches again under a new address when its
/// connection has gone.
struct FakeClient {
    struct Asked {
        let submit: WireSubmit
        var isAccepted = false
        /// Tokens that it has, by part.
        var offsets: [Int] = []
        var hasEnded: [Bool] = []
        /// Refused for good, forgotten by the service, or closed.
        var isOver = false

        var isComplete: Bool {
            isOver || (isAccepted && !hasEnded.isEmpty && hasEnded.allSatisfy { $0 })
        }
    }

    let index: Int
    /// nil: offline.
    var address: Address?
    var generation = 0
    var isGone = false
    /// Its pipe is full until then.
    var blockedUntil: Duration = .zero
    var asked: [Asked] = []

    /// Takes an event; returns what it says in return.
    mutating func take(_ event: ClientEvent, _ random: inout SeededGenerator) -> [ClientVerb] {
        switch event {
        case .accepted(let accepted):
            with(accepted.requestID) { asked in
                asked.isAccepted = true
                if asked.offsets.count != Int(accepted.parts) {
                    asked.offsets = Array(repeating: 0, count: Int(accepted.parts))
                    asked.hasEnded = asked.offsets.map { _ in false }
                }
            }
        case .chunk(let chunk):
            var isLimited = false
            with(chunk.requestID) { asked in
                asked.offsets[Int(chunk.part)] = max(
                    asked.offsets[Int(chunk.part)], Int(chunk.offset) + chunk.ids.count)
                isLimited = asked.submit.credit > 0
            }
            if isLimited {
                return [
                    .credit(
                        WireCredit {
                            $0.requestID = chunk.requestID; $0.chunks = 1
                        })
                ]
            }
        case .done(let done):
            return end(done.requestID, part: Int(done.part), &random)
        case .failed(let failed):
            return take(failed, &random)
        case .routed, .routeReply, .adapters, .statusReply, .requests, .adapterChanged: break
        }
        return []
    }

    private mutating func take(
        _ failed: WireFailed, _ random: inout SeededGenerator
    ) -> [ClientVerb] {
        var isAccepted = false
        with(failed.requestID) { asked in
            isAccepted = asked.isAccepted && failed.code != .notFound
            if !isAccepted, failed.code != .resourceExhausted, failed.code != .unavailable {
                asked.isOver = true
            }
        }
        return isAccepted ? end(failed.requestID, part: Int(failed.part), &random) : []
    }

    private mutating func end(
        _ id: RequestID, part: Int, _ random: inout SeededGenerator
    ) -> [ClientVerb] {
        var isComplete = false
        with(id) { asked in
            asked.hasEnded[part] = true
            isComplete = asked.isComplete
        }
        guard isComplete, Bool.random(using: &random) else { return [] }
        with(id) { $0.isOver = true }
        return [.close(WireClose { $0.requestID = id })]
    }

    /// What it sends first under a new address: for each open request how far it has come, or the
    /// submission itself.
    func reopen() -> [(ClientVerb, offsets: [Int])] {
        asked.filter { !$0.isComplete }.map { asked in
            guard asked.isAccepted else { return (.submit(asked.submit), []) }
            let attach = WireAttach {
                $0.request = asked.submit.request
                $0.fromOffsets = asked.offsets.map { UInt32($0) }
            }
            return (.attach(attach), asked.offsets)
        }
    }

    private mutating func with(_ id: RequestID, _ body: (inout Asked) -> Void) {
        guard let index = asked.firstIndex(where: { $0.submit.requestID == id }) else { return }
        body(&asked[index])
    }
}
