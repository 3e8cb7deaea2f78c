import FuseboxWire

/// A choice that is being made, as seen from here.
struct RunningReply: Sendable {
    let started: ContinuousClock.Instant
    /// The mix of the part that was routed last.
    var mix = WireMix()
    var tokenCount: UInt64 = 0
    var lastToken: ContinuousClock.Instant?

    func json(_ request: RequestID, now: ContinuousClock.Instant) -> JSONValue {
        .object([
            "request": .string("\(request)"),
            "state": .string(lastToken == nil ? "waiting" : "running"),
            "mix": RouteDocument.json(WireSegment { $0.mix = mix })["mix"] ?? .null,
            "tokens": JSONValue(tokenCount),
            "seconds": .number(((now - started) / .milliseconds(1)).rounded() / 1000),
        ])
    }
}
