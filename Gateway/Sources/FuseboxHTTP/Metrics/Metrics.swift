import FuseboxWire
import Synchronization

/// What this gateway counts of the replies that go through it.
final class Metrics: Sendable {
    struct AdapterCount: Sendable {
        /// Mixes of which it was a part.
        var selections: UInt64 = 0
        /// Of its weights in them.
        var weightSum: Double = 0
        /// Tokens made under such a mix.
        var tokens: UInt64 = 0
    }

    struct State: Sendable {
        var running: [RequestID: RunningReply] = [:]
        var requestDuration: [String: Histogram] = [:]
        var firstToken: [String: Histogram] = [:]
        var outputToken: [String: Histogram] = [:]
        var inputTokens: [String: Histogram] = [:]
        var outputTokens: [String: Histogram] = [:]
        /// By adapter; the base's name is for mixes without any.
        var adapters: [String: AdapterCount] = [:]
        var decisions: [String: UInt64] = [:]
        var cachedTokens: UInt64 = 0
        /// By code.
        var refusals: [String: UInt64] = [:]
        var http: [HTTPOutcome: Histogram] = [:]
        var tokenTotal: UInt64 = 0
        var recentFirstToken: RecentHistogram
        var recentInterToken: RecentHistogram
    }

    /// What a request to this gateway came to.
    struct HTTPOutcome: Hashable, Sendable {
        let method: String
        let route: String
        let status: Int
    }

    private let state: Mutex<State>

    init(now: ContinuousClock.Instant = .now) {
        state = Mutex(
            State(
                recentFirstToken: RecentHistogram(now: now),
                recentInterToken: RecentHistogram(now: now)))
    }

    /// What was counted until now.
    func read<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        state.withLock { body(&$0) }
    }

    func begin(_ request: RequestID, now: ContinuousClock.Instant) {
        state.withLock { $0.running[request] = RunningReply(started: now) }
    }

    func note(_ routed: WireRouted) {
        let mix = routed.segment.mix
        state.withLock { state in
            state.running[routed.requestID]?.mix = mix
            state.decisions[routed.segment.reason.name, default: 0] += 1
            for share in mix.shares {
                state.adapters[share.name, default: AdapterCount()].selections += 1
                state.adapters[share.name]?.weightSum += Double(share.weight) / 1024
            }
            if mix.shares.isEmpty {
                state.adapters[Catalog.base, default: AdapterCount()].selections += 1
            }
        }
    }

    func note(_ chunk: WireChunk, format: ReplyFormat, now: ContinuousClock.Instant) {
        let count = UInt64(chunk.ids.count)
        guard count > 0 else { return }
        state.withLock { state in
            guard var reply = state.running[chunk.requestID] else { return }
            if let last = reply.lastToken {
                let seconds = (now - last) / .seconds(1) / Double(count)
                state.outputToken.record(seconds, times: count, format, Histogram.seconds)
                state.recentInterToken.record(seconds, times: count, now: now)
            } else {
                let seconds = (now - reply.started) / .seconds(1)
                state.firstToken.record(seconds, format, Histogram.seconds)
                state.recentFirstToken.record(seconds, now: now)
            }
            reply.lastToken = now
            reply.tokenCount += count
            state.running[chunk.requestID] = reply
            state.tokenTotal += count
            let names = reply.mix.shares.isEmpty ? [Catalog.base] : reply.mix.shares.map(\.name)
            for name in names { state.adapters[name, default: AdapterCount()].tokens += count }
        }
    }

    func note(_ done: WireDone, format: ReplyFormat) {
        state.withLock { state in
            state.inputTokens.record(
                Double(done.usage.promptTokens), format, Histogram.tokens)
            state.outputTokens.record(
                Double(done.usage.completionTokens), format, Histogram.tokens)
            state.cachedTokens += UInt64(done.usage.cachedTokens)
        }
    }

    func end(_ request: RequestID, format: ReplyFormat, now: ContinuousClock.Instant) {
        state.withLock { state in
            guard let reply = state.running.removeValue(forKey: request) else { return }
            state.requestDuration.record(
                (now - reply.started) / .seconds(1), format, Histogram.seconds)
        }
    }

    func note(_ error: APIError) {
        state.withLock { $0.refusals[error.code, default: 0] += 1 }
    }

    func note(_ outcome: HTTPOutcome, seconds: Double) {
        state.withLock {
            $0.http[outcome, default: Histogram(bounds: Histogram.seconds)].record(seconds)
        }
    }
}

extension [String: Histogram] {
    fileprivate mutating func record(
        _ value: Double, times: UInt64 = 1, _ format: ReplyFormat, _ bounds: [Double]
    ) {
        self[format.operation, default: Histogram(bounds: bounds)].record(value, times: times)
    }
}
