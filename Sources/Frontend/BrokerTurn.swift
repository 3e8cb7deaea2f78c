public import Journal
public import Wire

/// What became of what a turn wanted recorded.
public enum TurnOutcome: Sendable {
    /// The engine has all of it.
    case committed
    /// It comes with a later turn: nothing of it is promised to anybody.
    case deferred
    /// The engine takes nothing, and why.
    case failed(String)
}

/// A turn of the front as a transaction: events in, one commit, then messages out.
extension Broker {
    /// Whether anything waits to be recorded.
    public var hasUnrecorded: Bool { requests.hasUnrecorded }

    /// Whether anything waits that must be on disk before this turn's messages leave.
    public var isUrgent: Bool { requests.isUrgent }

    /// Whether a worker is about to run what no record says that it runs.
    ///
    /// Blame outlives the front only if it was noted beforehand.
    public var hasUnrecordedLease: Bool { requests.hasUnrecordedLease }

    /// All that waits to be recorded.
    public func unrecorded(at time: WallTime) -> [DispatchOperation] {
        requests.unrecorded(at: time)
    }

    /// Ends a turn and says what is to be done, in this order.
    ///
    /// What could not be recorded is refused if it is new. The rest goes on: it is recorded when that is possible again, and until
    /// then a new front would make the same of it once more.
    public mutating func finishTurn(_ outcome: TurnOutcome, now: Instant) -> [BrokerAction] {
        switch outcome {
        case .committed:
            engineProblem = nil
            for id in requests.noteRecorded() { begin(id) }
            trimEnded(now)
        case .deferred: break
        case .failed(let problem):
            if engineProblem != problem { actions.append(.report(problem)) }
            engineProblem = problem
            for id in requests.unaccepted { retract(id, because: problem) }
        }
        if mayDispatch {
            mayDispatch = false
            dispatch(now)
        }
        defer { actions = [] }
        return takeRefusals() + actions
    }

    /// Notes what became of leases, which are recorded apart from a turn's end.
    ///
    /// A worker may run what could not be noted; nothing new is accepted from then on.
    public mutating func noteLeases(_ outcome: TurnOutcome) {
        switch outcome {
        case .committed: _ = requests.noteRecorded()
        case .deferred: break
        case .failed(let problem): engineProblem = problem
        }
    }

    private mutating func begin(_ id: RequestID) {
        counters.accepted += 1
        deliver(id)
    }

    /// Takes back a request that nobody was told of.
    private mutating func retract(_ id: RequestID, because problem: String) {
        guard let request = requests[id] else { return }
        for index in request.parts.indices { queue.remove(PartKey(request: id, part: index)) }
        if let client = request.delivery.client {
            refuse(notRecorded(problem), request: id, to: client)
        }
        assign(id, to: nil)
        requests.evict(id)
    }

    /// Takes up what an earlier front accepted and did not finish.
    ///
    /// - Parameter place: where the engine keeps things; nil: what this front accepts ends with it.
    /// - Returns: what cannot be taken up, in words.
    public mutating func restore(
        _ recovery: Recovery, from place: String?, at time: WallTime
    ) -> [String] {
        configuration.journal = place ?? ""
        var warnings = recovery.warnings
        requests.skipSerials(through: recovery.lastSerial)
        for stored in recovery.requests {
            do {
                let request = try ServedRequest(stored, at: time)
                requests.add(request)
                if request.parts.allSatisfy(\.isEnded) {
                    requests.end(stored.id, now: time.instant)
                }
                for (index, part) in request.parts.enumerated() where !part.isEnded {
                    let key = PartKey(request: stored.id, part: index)
                    if let stopping = part.stopping {
                        end(key, stoppedBy: stopping, now: time.instant)
                    } else {
                        enqueue(key, now: time.instant)
                    }
                }
            } catch {
                warnings.append(error.message)
            }
        }
        return warnings
    }

    /// Takes what the engine knows of a request into memory.
    mutating func recall(_ recollection: Recollection, _ id: RequestID, at time: WallTime) {
        guard requests[id] == nil else { return }
        switch recollection {
        case .closed: requests.noteClosed(id)
        case .stored(let stored):
            guard stored.endedAt != nil, let request = try? ServedRequest(stored, at: time)
            else { return requests.noteClosed(id) }
            requests.add(request)
        }
    }

    /// Whether the engine need not be asked about a request.
    public func remembers(_ id: RequestID) -> Bool {
        requests[id] != nil || requests.isClosed(id)
    }
}
