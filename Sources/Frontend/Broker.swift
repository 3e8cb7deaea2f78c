import Journal
import Wire

/// The front's memory and judgement: which requests there are, who runs them, what their clients
/// have been told.
///
/// A pure state machine: no clock, no socket, no disk, no thread. The same events at the same instants give
/// the same actions, so that a simulator can drive it through years of faults. It goes by turns: it receives events, says what
/// of them must be recorded (`BrokerTurn`), and once that is done, or was not possible, what is to be sent. Promises:
/// a request is accepted before anything else is said of it, its route is frozen then, each part
/// ends exactly once, and its client sees every token once and in order, whatever workers and fronts do.
public struct Broker: Sendable {
    var configuration: BrokerConfiguration
    /// Bound to nothing: each edition has its own.
    let router: (any PromptRouter)?
    var random: SplitMix

    var requests = RequestTable()
    var clients = ClientTable()
    var queue = FairQueue()
    var admission: Admission
    /// Whether a part may have found a place since the last look: most events change neither the queue nor the places.
    var mayDispatch = false

    /// Set by the first worker; later ones must equal it.
    var pool: PoolIdentity?
    /// What names stand for, now and in requests that came earlier.
    var editions = EditionTable()
    /// nil: workers come with their adapters, all with the same, and keep them.
    var shelf: Shelf?
    /// Adapters of the folder that no worker has.
    var refusedAdapters: [WireRefusedAdapter] = []
    var figures = AdapterFigures()
    var sessions: [WorkerSession] = []
    /// How often the workers were asked since the start whether they live: whenever one of them was lost with work.
    var rollCall: UInt64 = 0
    var places = WorkerPlaces()

    var blame = AdapterBlame()
    var counters = BrokerCounters()
    var meter = ServiceMeter()
    var connections = WireConnectionStatus()
    /// Why nothing can be accepted at the moment: the engine takes nothing.
    var engineProblem: String?
    var drainingSince: Instant?
    var isDrained = false
    /// What the present turn has led to so far.
    var actions: [BrokerAction] = []
    /// Refusals of the present turn, which promise nothing.
    private var refusals: [BrokerAction] = []

    /// Begins without workers and requests.
    ///
    /// - Parameters:
    ///   - router: the trained adapter router; without one `auto` is refused.
    ///   - seed: of the seeds that clients leave out.
    ///   - shelf: nil: the adapters are those that the workers come with.
    public init(
        configuration: BrokerConfiguration, router: (any PromptRouter)?, seed: UInt64,
        shelf: Shelf? = nil
    ) {
        self.shelf = shelf
        self.configuration = configuration
        self.router = router
        admission = Admission(configuration)
        random = SplitMix(seed: seed)
    }

    /// Takes one event; `finishTurn` says what is to be done.
    public mutating func receive(_ event: BrokerEvent, now: Instant) {
        switch event {
        case .client(let client, let message): receive(message, from: client, now: now)
        case .worker(let worker, let message): receive(message, from: worker, now: now)
        case .clientLeft(let client): left(client, now: now)
        case .workerStarted(let place, let identity, let pid):
            places.started(place, identity: identity, pid: pid)
        case .workerExited(let place, let identity, let reason):
            exited(place: place, identity: identity, because: reason, now: now)
            actions.append(.placeFailed(place))
        case .workerLeft(let worker):
            lose(worker, because: "its connection is gone", now: now)
        case .orderUndelivered(let worker, let order, let failure):
            undelivered(order, to: worker, failure, now: now)
        case .workerMalformed(let worker, let reason):
            kill(worker, because: "it broke the protocol: \(reason)", now: now)
        case .undelivered(let client, let mark, let failure):
            undelivered(mark, to: client, failure, now: now)
        case .rescan: order(.rescan, now: now)
        case .shelfPrepared(let ticket, let finding): prepared(ticket, finding, now: now)
        case .registrySaved(let ticket, let failure): saved(ticket, failure: failure, now: now)
        case .connections(let statistics): connections = statistics
        case .awoken: excuse(now)
        case .tick: tick(now)
        case .drain: drain(now)
        case .recalled(let recollection, let id, let time): recall(recollection, id, at: time)
        }
    }

    private mutating func receive(
        _ message: ClientVerb, from client: Address, now: Instant
    ) {
        switch message {
        case .submit(let submit): self.submit(submit, from: client, now: now)
        case .attach(let attach): self.attach(attach, from: client)
        case .cancel(let cancel): self.cancel(cancel, from: client, now: now)
        case .credit(let credit): self.credit(credit)
        case .close(let close): self.close(close)
        case .route(let route): explain(route, to: client)
        case .listAdapters(let list): listAdapters(list, to: client)
        case .status(let status): self.status(status, to: client, now: now)
        case .listRequests(let list): listRequests(list, to: client, now: now)
        case .retry(let retry): self.retry(retry, from: client, now: now)
        case .drop(let drop): self.drop(drop, from: client, now: now)
        case .changeAdapter(let change): changeAdapter(change, from: client, now: now)
        }
    }

    private mutating func receive(
        _ message: WorkerReport, from worker: Address, now: Instant
    ) {
        if case .ready(let ready) = message { return self.ready(ready, from: worker, now: now) }
        guard let index = sessions.firstIndex(where: { $0.address == worker }) else {
            // A worker that was given up lives on: what it holds is void, it shall leave.
            counters.stale += 1
            actions.append(.toWorker(worker, .drain(WireDrain())))
            return
        }
        sessions[index].hear(now)
        switch message {
        case .ready: break
        case .heartbeat(let heartbeat):
            if sessions[index].note(heartbeat) { mayDispatch = true }
            let announced = Duration.milliseconds(Int64(heartbeat.silenceMs))
            sessions[index].expectSilence(min(announced, configuration.silenceLimit))
        case .chunk(let chunk): store(chunk, from: worker, now: now)
        case .routed(let routed): store(routed, from: worker, now: now)
        case .finished(let finished): finish(finished, from: worker, now: now)
        case .editionHeld(let held): take(held, from: worker, now: now)
        }
    }

    /// Refuses what a client asked for, without a request to remember it by.
    mutating func refuse(
        _ refusal: Refusal, request: RequestID, to client: Address
    ) {
        var failed = Reply.failed(refusal, part: 0)
        failed.requestID = request
        refusals.append(.toClient(client, .failed(failed), nil))
    }

    /// Refusals so far, which need not wait for the turn's end: nothing that is recorded has to do with them.
    public mutating func takeRefusals() -> [BrokerAction] {
        defer { refusals = [] }
        return refusals
    }
}

/// What happened so far, for `StatusReply`.
struct BrokerCounters: Sendable {
    var accepted: UInt64 = 0
    var finished: UInt64 = 0
    var failed: UInt64 = 0
    var resumed: UInt64 = 0
    /// Messages of void attempts.
    var stale: UInt64 = 0
    /// Chunks that were there already.
    var duplicates: UInt64 = 0
}
