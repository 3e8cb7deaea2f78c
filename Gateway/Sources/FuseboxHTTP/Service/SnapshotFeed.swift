import FoundationEssentials
import FuseboxClient
import FuseboxWire
import HTTPTypes
import ServiceLifecycle
import Synchronization

/// Asks the service once a second what it is doing, whatever the number of those who look on.
final class SnapshotFeed: Service {
    private static let interval: Duration = .seconds(1)
    /// A service that says nothing for this long is not there.
    private static let patience: Duration = .seconds(2)
    /// Adapters change seldom, and where one is asked for that is not known the service is asked at once.
    private static let adapterInterval = 15
    /// Between questions about unknown names: those that nobody has shall not keep the service busy.
    private static let resolvingInterval: Duration = .milliseconds(100)
    /// Events that a viewer may be behind; one that is more begins anew.
    private static let backlog = 16

    /// What the service said in one round.
    private struct Answers {
        var status: WireStatusReply?
        /// Nil where they were not asked for, or did not come.
        var adapters: WireAdapters?
        var problem: String?
    }

    private struct State {
        var snapshot = Snapshot()
        var document = JSONObject()
        var viewers: [UInt64: AsyncStream<String>.Continuation] = [:]
        var nextViewer: UInt64 = 0
        var isClosed = false
        /// When the last question about an unknown name that was answered was asked.
        var resolved: ContinuousClock.Instant?
        var isResolving = false
    }

    private let client: FuseboxClient
    private let settings: GatewaySettings
    private let metrics: Metrics
    private let state = Mutex(State())

    init(client: FuseboxClient, settings: GatewaySettings, metrics: Metrics) {
        self.client = client
        self.settings = settings
        self.metrics = metrics
        publish(Answers(problem: "the service was not asked yet"), rate: 0, now: .now)
    }

    var latest: Snapshot { state.withLock { $0.snapshot } }

    /// The latest snapshot with this gateway's counts.
    var document: JSONObject { state.withLock { $0.document } }

    func run() async {
        await cancelWhenGracefulShutdown { await self.watch() }
        let viewers = state.withLock { state in
            state.isClosed = true
            defer { state.viewers = [:] }
            return state.viewers.values
        }
        for viewer in viewers { viewer.finish() }
    }

    /// Asks at once, so that the first request finds an answer.
    func prepare() async {
        publish(await gather(withAdapters: true), rate: 0, now: .now)
    }

    private func watch() async {
        var round = 0
        var tokens: UInt64 = 0
        var last = ContinuousClock.now
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            round += 1
            let answers = await gather(withAdapters: round % Self.adapterInterval == 0)
            let now = ContinuousClock.now
            let total = metrics.read { $0.tokenTotal }
            let rate = Double(total - tokens) / max(0.001, (now - last) / .seconds(1))
            (tokens, last) = (total, now)
            publish(answers, rate: rate, now: now)
        }
    }

    private func gather(withAdapters: Bool) async -> Answers {
        let snapshot = latest
        var answers = Answers()
        do {
            let status = try await answer { [client] in try await client.status() }
            // Other workers may have other adapters.
            let isOther =
                status.base != snapshot.status?.base
                || status.workers.map(\.pid) != snapshot.status?.workers.map(\.pid)
            if withAdapters || isOther { answers.adapters = try await listAdapters() }
            answers.status = status
        } catch {
            answers.problem = (error as? ClientError)?.message ?? Self.noAnswer
        }
        return answers
    }

    private static let noAnswer = "the service does not answer"

    private func listAdapters() async throws -> WireAdapters {
        try await answer { [client] in try await client.listAdapters() }
    }

    /// Has the service list its adapters at once: they have changed, or one is asked for that is not known.
    ///
    /// Viewers hear of it with the next second.
    func refreshAdapters() async throws(APIError) {
        do {
            let adapters = try await listAdapters()
            state.withLock { state in
                state.snapshot.adapters = adapters
                state.snapshot.catalog.adapters = adapters.adapters
            }
        } catch {
            throw APIError(error as? ClientError ?? ClientError(.noAnswer, Self.noAnswer))
        }
    }

    /// Reads names by the catalog, and once more by what the service says now where one is not in it.
    func resolving<Value>(_ read: (Catalog) throws -> Value) async throws -> Value {
        do {
            return try read(latest.catalog)
        } catch let error as APIError where error.status == .notFound {
            try await resolve(since: .now)
            return try read(latest.catalog)
        }
    }

    /// Returns once the service has been asked for its adapters since a moment, by whomever.
    private func resolve(since moment: ContinuousClock.Instant) async throws {
        while state.withLock({ $0.resolved ?? moment - .seconds(1) }) < moment {
            guard mayResolve(at: .now) else {
                try await Task.sleep(for: .milliseconds(10))
                continue
            }
            let asked = ContinuousClock.now
            defer { state.withLock { $0.isResolving = false } }
            try await refreshAdapters()
            state.withLock { $0.resolved = asked }
        }
    }

    /// - Throws: `ClientError`, or `CancellationError` after some time without an answer.
    private func answer<Answer: Sendable>(
        _ question: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            group.addTask { try await question() }
            group.addTask {
                try await Task.sleep(for: Self.patience)
                throw CancellationError()
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }

    private func mayResolve(at now: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            let isEarly = state.resolved.map { now - $0 < Self.resolvingInterval } ?? false
            guard !state.isResolving, !isEarly else { return false }
            state.isResolving = true
            return true
        }
    }

    private func publish(_ answers: Answers, rate: Double, now: ContinuousClock.Instant) {
        let time = Int64(Date().timeIntervalSince1970)
        let snapshot = state.withLock { state in
            // What was not asked for may have come meanwhile, and stays.
            if let adapters = answers.adapters { state.snapshot.adapters = adapters }
            state.snapshot.status = answers.status
            state.snapshot.problem = answers.problem
            if let status = answers.status {
                state.snapshot.catalog = Catalog(
                    status, state.snapshot.adapters, aliases: settings.aliases)
            }
            return state.snapshot
        }
        let document = metrics.read {
            SnapshotDocument.json(snapshot, &$0, time: time, rate: rate, now: now)
        }
        let (viewers, patch) = state.withLock { state in
            let patch = MergePatch.between(state.document, document)
            state.document = document
            return (state.viewers, patch)
        }
        let event = Self.event("delta", patch)
        for (number, viewer) in viewers {
            guard case .dropped = viewer.yield(event) else { continue }
            viewer.finish()
            state.withLock { $0.viewers[number] = nil }
        }
    }

    private static func event(_ type: String, _ document: JSONObject) -> String {
        let event: JSONObject = ["type": .string(type), type: .object(document)]
        return "data: \(JSONValue.object(event).text)\n\n"
    }

    /// Server-sent events: the whole snapshot, then what changes with each second.
    func events() -> AsyncStream<String> {
        let (stream, viewer) = AsyncStream.makeStream(
            of: String.self, bufferingPolicy: .bufferingOldest(Self.backlog))
        let (number, isClosed) = state.withLock { state in
            // Under the lock, so that no delta comes before it or is missing after it.
            viewer.yield(Self.event("snapshot", state.document))
            state.nextViewer += 1
            if !state.isClosed { state.viewers[state.nextViewer] = viewer }
            return (state.nextViewer, state.isClosed)
        }
        if isClosed { viewer.finish() }
        viewer.onTermination = { [weak self] _ in
            self?.state.withLock { $0.viewers[number] = nil }
        }
        return stream
    }
}
