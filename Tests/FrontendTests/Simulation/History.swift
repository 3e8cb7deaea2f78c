import Frontend
import Wire

/// All that happened outside the broker in one run: what `HistoryChecker` judges.
struct History {
    enum Record {
        /// A client asked for a request's stream from these offsets on.
        case asked(Address, RequestID, offsets: [Int])
        case received(Address, ClientEvent)
        /// A worker took a part; `running` counts it.
        case dispatched(pid: Int32, WireDispatch, running: Int, slots: Int, at: Duration)
        /// A worker died, whatever it ran.
        case died(at: Duration)
        /// A worker died by itself with exactly this one part running.
        case diedAlone(RequestID, part: UInt32, epoch: UInt32, at: Duration)
        /// The broker wants a part run; what came before is void.
        case ordered(RequestID, part: UInt32, epoch: UInt32)
        /// The broker accepted a request, or said so again.
        case accepted(RequestID, deadline: Duration)
        /// A worker that did nothing wrong was killed or sent away.
        case dismissed(pid: Int32)
        /// A client left for good; what it asked may be started until then.
        case abandoned(RequestID, until: Duration)
        /// The front ended, and another took its place.
        case restarted(hasLostPower: Bool, at: Duration)
        /// A request was given up for what it cannot have done.
        case blamed(RequestID, String)
        /// The service knows nothing of a request that it had accepted for good.
        case lost(RequestID)
        /// At the end of the run somebody still waits for this request.
        case waiting(RequestID)
        /// At the end of the run the broker still has this request open.
        case open(RequestID)
        /// What came of a change of the shelf that should not have.
        case shelf(Violation.Rule, String)
    }

    var records: [Record] = []
}

/// A promise that was broken.
struct Violation: Hashable, CustomStringConvertible {
    enum Rule: String, CaseIterable {
        case oneTerminal = "C1"
        case contiguous = "C2"
        case sameTokens = "C3"
        case everTerminal = "C4"
        case nothingAfterTerminal = "C5"
        case slots = "C7"
        case attempts = "C8"
        case blame = "a death of all workers is no request's fault"
        case routedFirst = "the mix is told before what was made under it"
        case deadline = "nothing starts after its deadline"
        case patience = "a worker that keeps its word is kept"
        case abandoned = "nothing starts for a client that is long gone"
        case generation = "a request keeps what it was accepted under"
        case held = "a worker runs only what it holds"
        case everyone = "a change is in force once every worker holds it"
        case whole = "a change that fails leaves what was"
        case dropped = "workers drop what nobody uses"
        case kept = "what may be needed stays on disk"
    }

    let rule: Rule
    let what: String

    var description: String { "\(rule.rawValue): \(what)" }
}
