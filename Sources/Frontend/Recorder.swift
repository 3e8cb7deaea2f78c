import Journal

/// Has an engine record what the turns of a broker decide, before anybody is told.
///
/// What is promised waits for the disk. Tokens wait for the system alone, so that a front that is killed has lost none that a client
/// has; with the power some may go, and are made again.
struct Recorder {
    /// When an engine that took nothing is tried again.
    private static let retryInterval: Duration = .seconds(1)

    var engine: any DispatchEngine
    /// The engine took nothing, and is not asked before this.
    private var retryAt: Instant?

    init(_ engine: any DispatchEngine) {
        self.engine = engine
    }

    /// Whether what is recorded outlives the front.
    var isDurable: Bool { engine.place != nil }

    /// Ends a turn: records what it decided, and says what is to be done.
    mutating func finishTurn(of broker: inout Broker, at time: WallTime) -> [BrokerAction] {
        let outcome = record(broker, at: time)
        let actions = broker.finishTurn(outcome, now: time.instant)
        // Who is about to run what is noted before a worker hears of it.
        if isDurable, retryAt == nil, broker.hasUnrecordedLease {
            broker.noteLeases(commit(broker, durability: .process, at: time))
        }
        return actions
    }

    /// Records what is left, before the front ends.
    mutating func flush(_ broker: Broker, at time: WallTime) {
        guard isDurable, broker.hasUnrecorded else { return }
        _ = commit(broker, durability: .power, at: time)
    }

    private mutating func record(_ broker: Broker, at time: WallTime) -> TurnOutcome {
        guard isDurable else { return .committed }
        if let retryAt, time.instant < retryAt { return .deferred }
        guard retryAt != nil || broker.hasUnrecorded else { return .committed }
        return commit(
            broker, durability: broker.isUrgent || retryAt != nil ? .power : .process, at: time)
    }

    private mutating func commit(
        _ broker: Broker, durability: Durability, at time: WallTime
    ) -> TurnOutcome {
        do throws(EngineFailure) {
            try engine.commit(broker.unrecorded(at: time), durability: durability)
            retryAt = nil
            return .committed
        } catch {
            retryAt = time.instant + Self.retryInterval
            return .failed(error.message)
        }
    }
}
