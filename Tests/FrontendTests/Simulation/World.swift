import FoundationEssentials
import Journal
import TestSupport
import Wire

@testable import Frontend

/// A broker, its workers and its clients in virtual time, with faults drawn from a seed.
///
/// Links keep their order and lose what was under way when an end dies; between links anything
/// may overtake anything. The same seed gives the same run.
struct World {
    enum Happening {
        case toBroker(BrokerEvent)
        case toWorker(Address, WorkerOrder)
        case toClient(Address, ClientEvent)
        case step(Address)
        case spawn(place: Int)
        case submit(client: Int)
        case disconnect(client: Int)
        case reconnect(client: Int)
        case cancel(client: Int)
        /// Sends again what nobody has answered.
        case remind(client: Int)
        /// Sends what was refused again, unless it was accepted or the connection has changed since.
        case resubmit(client: Int, WireSubmit, from: Address)
        case tick
        /// The front ends, and another begins a little later.
        case frontDeath
        case frontStart
        /// The disk takes nothing, or something again.
        case disk(problem: String?)
        case clockJump
        /// Somebody changes the shelf.
        case change
    }

    let plan: FaultPlan
    var random: SeededGenerator
    var broker: Broker
    let engine = ModelEngine()
    private var recorder: Recorder
    private var isFrontDown = false
    /// How far the clock on the wall is from where it should be.
    private var wallSkew: Duration = .seconds(1_700_000_000)
    var now: Duration = .zero
    var calendar = Calendar<Happening>()
    var workers: [FakeWorker] = []
    var clients: [FakeClient] = []
    var history = History()
    /// When the last message of a link arrives: the next one comes later.
    private var arrivals: [String: Duration] = [:]
    private var nextPID: Int32 = 100
    /// Changes of the shelf so far.
    var shelfChanges = ShelfChanges()
    /// Places at which nothing comes up any more; never all of them.
    private var endedPlaces: Set<Int> = []

    init(seed: UInt64, sabotage: Sabotage? = nil) {
        random = SeededGenerator(seed: seed)
        plan = FaultPlan(&random, sabotage: sabotage)
        broker = Broker(
            configuration: plan.configuration, router: FakeRouter(), seed: random.next(),
            shelf: plan.changes > 0 ? FakeShelf.first : nil)
        recorder = Recorder(plan.isDurable ? engine : VolatileEngine())
        for _ in 0..<plan.changes { calendar.plan(.change, at: milliseconds(0...8000)) }
        if let sabotage = plan.sabotage, sabotage.isOfEngine {
            engine.alter = { sabotage.alter($0) }
            engine.forgetsToForce = sabotage == .unforced
        }
        if plan.isDurable {
            _ = broker.restore(Recovery(), from: engine.place, at: wallTime)
        }
        for _ in 0..<plan.frontDeaths {
            calendar.plan(.frontDeath, at: milliseconds(400...7500))
        }
        // Now and then a single commit fails, also one of leases alone.
        if plan.diskFaults > 0 {
            engine.fails = { FakeDecoder.hash(seed, UInt64($0)) % 50 == 0 }
        }
        for _ in 0..<plan.diskFaults {
            let start = milliseconds(300...6000)
            calendar.plan(.disk(problem: "the disk is full"), at: start)
            calendar.plan(.disk(problem: nil), at: start + milliseconds(10...1500))
        }
        for _ in 0..<3 { calendar.plan(.clockJump, at: milliseconds(300...8000)) }
        for place in 0..<plan.workerCount { calendar.plan(.spawn(place: place), at: .zero) }
        for index in 0..<plan.clientCount {
            clients.append(FakeClient(index: index, address: Address(name: [UInt8(index), 0])))
            for _ in 0..<plan.requestsPerClient {
                calendar.plan(.submit(client: index), at: milliseconds(200...plan.lastSubmission))
            }
        }
        for _ in 0..<plan.disconnects {
            let index = Int.random(in: 0..<plan.clientCount, using: &random)
            calendar.plan(.disconnect(client: index), at: milliseconds(300...7000))
        }
        for _ in 0..<plan.cancels {
            let index = Int.random(in: 0..<plan.clientCount, using: &random)
            calendar.plan(.cancel(client: index), at: milliseconds(300...8000))
        }
        for index in clients.indices { calendar.plan(.remind(client: index), at: .seconds(1)) }
        calendar.plan(.tick, at: .milliseconds(20))
    }

    /// Lets everything happen, faults until they end and then a calm time to recover in.
    mutating func run() -> History {
        while let (time, happening) = calendar.next(), time < .seconds(30) {
            now = time
            perform(happening)
            if now > .seconds(9), isOver { break }
        }
        for client in clients where !client.isGone {
            for asked in client.asked where !asked.isComplete {
                history.records.append(.waiting(asked.submit.requestID))
            }
        }
        for id in broker.requests.live { history.records.append(.open(id)) }
        if plan.isDurable { lookForTheLost() }
        noteShelfAtEnd()
        return history
    }

    /// What was handed over by clients that never came back must have an end, in memory or in the record.
    private mutating func lookForTheLost() {
        for asked in clients.filter(\.isGone).flatMap(\.asked)
        where asked.isAccepted && asked.submit.keep && !asked.isOver {
            let id = asked.submit.requestID
            if broker.requests[id] == nil, engine.find(id) == nil {
                history.records.append(.lost(id))
            }
        }
    }

    private var isOver: Bool {
        !isFrontDown && broker.requests.live.isEmpty
            && clients.allSatisfy { $0.isGone || $0.asked.allSatisfy(\.isComplete) }
    }

    private mutating func perform(_ happening: Happening) {
        switch happening {
        case .toBroker(let event): tell(event)
        case .toWorker(let address, let order): deliver(order, to: address)
        case .toClient(let address, let event): deliver(event, to: address)
        case .step(let address): step(address)
        case .spawn(let place): spawn(place)
        case .submit(let index): submit(index)
        case .disconnect(let index): disconnect(index)
        case .reconnect(let index): reconnect(index)
        case .cancel(let index): cancel(index)
        case .resubmit(let index, let submit, let address):
            let isOpen = clients[index].asked.contains {
                $0.submit.requestID == submit.requestID && !$0.isAccepted && !$0.isOver
            }
            if clients[index].address == address, isOpen {
                ask(.submit(submit), offsets: [], client: index)
            }
        case .remind(let index): remind(index)
        case .frontDeath: endFront()
        case .frontStart: startFront()
        case .disk(let problem): engine.problem = problem
        case .clockJump:
            wallSkew += .seconds(Int.random(in: plan.clockJumps, using: &random))
        case .change: changeShelf()
        case .tick:
            tell(.tick)
            calendar.plan(.tick, at: now + .milliseconds(20))
        }
    }

    // MARK: - The broker

    private var wallTime: WallTime {
        WallTime(
            instant: Instant(sinceStart: now),
            milliseconds: Int64((now + wallSkew) / .milliseconds(1)))
    }

    /// Tells the broker; its turn ends now or with a later event, with the next tick at the latest.
    mutating func tell(_ event: BrokerEvent) {
        guard !isFrontDown else { return }
        if plan.isDurable, case .client(_, let verb) = event, let id = verb.knownRequest,
            !broker.remembers(id), let recollection = engine.find(id)
        {
            broker.receive(.recalled(recollection, id, wallTime), now: wallTime.instant)
        }
        broker.receive(event, now: wallTime.instant)
        if case .tick = event {} else if chance(plan.batching) { return }
        var failures: [BrokerEvent]
        repeat {
            failures = act(on: recorder.finishTurn(of: &broker, at: wallTime))
            for failure in failures { broker.receive(failure, now: wallTime.instant) }
        } while !failures.isEmpty
    }

    /// The front dies: its connections are gone, and so are its workers and all that was under way.
    private mutating func endFront() {
        guard !isFrontDown else { return }
        isFrontDown = true
        let hasLostPower = chance(plan.powerLosses)
        history.records.append(.restarted(hasLostPower: hasLostPower))
        if hasLostPower {
            engine.losePower(keeping: Int.random(in: 0...5, using: &random))
        }
        calendar.cancel { happening in
            switch happening {
            case .toBroker, .toWorker, .toClient, .step, .spawn: true
            default: false
            }
        }
        workers = []
        endedPlaces = []
        for index in clients.indices where clients[index].address != nil {
            clients[index].address = nil
            calendar.plan(.reconnect(client: index), at: now + milliseconds(100...1500))
        }
        calendar.plan(.frontStart, at: now + milliseconds(50...800))
    }

    private mutating func startFront() {
        isFrontDown = false
        shelfChanges.savedAtStart = shelfChanges.saved.count
        broker = Broker(
            configuration: plan.configuration, router: FakeRouter(), seed: random.next(),
            shelf: plan.changes > 0 ? FakeShelf.with(shelfChanges) : nil)
        recorder = Recorder(engine)
        _ = broker.restore(engine.watch(), from: engine.place, at: wallTime)
        for place in 0..<plan.workerCount {
            calendar.plan(.spawn(place: place), at: now + milliseconds(10...300))
        }
    }

    /// Does what the broker wants; returns the deliveries that failed.
    ///
    /// After one failure nothing more goes to that client in the same turn, as in the real loop.
    private mutating func act(on wanted: [BrokerAction]) -> [BrokerEvent] {
        var failures: [BrokerEvent] = []
        var failed: [Address: SendFailure] = [:]
        for action in plan.sabotage?.apply(to: wanted) ?? wanted {
            switch action {
            case .toClient(let address, let event, let mark):
                note(event)
                if let failure = failed[address] ?? obstacle(address, event) {
                    failed[address] = failure
                    if case .unencodable = failure { failed[address] = .congested }
                    if let mark { failures.append(.undelivered(address, mark, failure)) }
                } else {
                    send(.toClient(address, event), over: "to client \(address.name)")
                }
            case .toWorker(let address, let order):
                if case .dispatch(let dispatch) = order {
                    history.records.append(
                        .ordered(
                            dispatch.requestID, part: dispatch.part, epoch: dispatch.epoch))
                }
                if let failure = obstacle(toWorker: address) {
                    failures.append(.orderUndelivered(address, order, failure))
                } else {
                    send(.toWorker(address, order), over: "to worker \(address.name)")
                }
            case .killWorker(let identity, _):
                // A worker that is killed may live on for a while, as one on a machine that was
                // cut off would.
                if let index = workers.firstIndex(where: {
                    WorkerIdentity.of($0.pid) == identity && $0.isAlive
                }),
                    chance(700)
                {
                    noteDismissal(workers[index])
                    die(index)
                }
            case .prepareShelf(let ticket, let errand): prepareShelf(ticket, errand)
            case .saveRegistry(let ticket, let registry): saveRegistry(ticket, registry)
            case .pruneShelf(let adapters, let routers): pruneShelf(adapters, routers)
            case .workerReady, .placeFailed, .drained, .report, .listRequests: break
            }
        }
        return failures
    }

    /// Deadlines run from the acceptance on; orders take up to 10 ms to arrive.
    private mutating func note(_ event: ClientEvent) {
        guard case .accepted(let accepted) = event,
            let asked = clients.flatMap(\.asked).first(where: {
                $0.submit.requestID == accepted.requestID
            }), asked.submit.limits.deadlineMs > 0
        else { return }
        let allowed = Duration.milliseconds(Int(asked.submit.limits.deadlineMs) + 10)
        history.records.append(.accepted(accepted.requestID, deadline: now + allowed))
    }

    private func obstacle(_ address: Address, _ event: ClientEvent) -> SendFailure? {
        if address == FakeShelf.operatorAddress { return nil }
        guard let client = clients.first(where: { $0.address == address }) else {
            return .unreachable
        }
        if now < client.blockedUntil { return .congested }
        // Some ends cannot be said, whoever asks for them.
        guard case .done(let done) = event, done.request.first ?? 0 < 10 else { return nil }
        return .unencodable("too large")
    }

    private func obstacle(toWorker address: Address) -> SendFailure? {
        guard let worker = workers.first(where: { $0.address == address && $0.isAlive }) else {
            return nil
        }
        guard now < worker.blockedUntil else { return nil }
        return plan.sabotage == .fullPipeIsDeath ? .unreachable : .congested
    }

    /// Notes that a worker is given up, unless that is right.
    private mutating func noteDismissal(_ worker: FakeWorker) {
        if !worker.brokeItsWord { history.records.append(.dismissed(pid: worker.pid)) }
    }

    private mutating func send(
        _ happening: Happening, over link: String, after delay: Duration = .zero
    ) {
        let earliest = now + delay + milliseconds(1...10)
        let arrival = max(earliest, arrivals[link] ?? .zero)
        arrivals[link] = arrival
        calendar.plan(happening, at: arrival)
    }

    // MARK: - Workers

    private mutating func spawn(_ place: Int) {
        guard !workers.contains(where: { $0.place == place && $0.isAlive }) else {
            return calendar.plan(.spawn(place: place), at: now + .milliseconds(200))
        }
        nextPID += 1
        let worker = FakeWorker(
            address: Address(name: [0xFF, UInt8(truncatingIfNeeded: nextPID)]), pid: nextPID,
            place: place, slots: plan.slots)
        workers.append(worker)
        tell(.workerStarted(place: place, identity: .of(nextPID), pid: nextPID))
        report(
            .ready(
                FakePool.ready(
                    pid: nextPID, slots: plan.slots, hasAdapters: broker.shelf == nil)),
            from: worker.address)
        calendar.plan(.step(worker.address), at: now + .milliseconds(20))
    }

    private mutating func step(_ address: Address) {
        guard let index = workers.firstIndex(where: { $0.address == address }) else { return }
        guard workers[index].isAlive else { return die(index) }
        calendar.plan(.step(address), at: now + milliseconds(10...30))
        guard now >= workers[index].pausedUntil else { return }
        if now < .seconds(8), chance(plan.deaths) || workers[index].holdsPoison {
            return die(index)
        }
        if workers[index].holdsPoison { return die(index) }
        if now < .seconds(8), chance(plan.pauses) {
            workers[index].pausedUntil = now + milliseconds(100...1500)
            workers[index].brokeItsWord = true
        }
        if now < .seconds(8), chance(plan.fullPipes) {
            workers[index].blockedUntil = now + milliseconds(20...300)
        }
        if now < .seconds(8), chance(plan.slowSteps) {
            let silence = milliseconds(100...1500)
            workers[index].pausedUntil = now + silence
            return report(
                .heartbeat(WireHeartbeat { $0.silenceMs = silence.wireMilliseconds }), from: address
            )
        }
        if now >= workers[index].heartbeatAt {
            workers[index].heartbeatAt = now + .milliseconds(100)
            report(.heartbeat(WireHeartbeat { $0.steps = 1 }), from: address)
        }
        loadEdition(index)
        for message in workers[index].step(
            &random, width: plan.chunkWidth, gaps: now < .seconds(8) ? plan.gaps : 0)
        {
            report(message, from: address)
            if case .chunk = message, chance(plan.duplicates) { report(message, from: address) }
        }
    }

    mutating func report(
        _ message: WorkerReport, from address: Address, after delay: Duration = .zero
    ) {
        send(
            .toBroker(.worker(address, message)), over: "from worker \(address.name)",
            after: delay)
    }

    private mutating func deliver(_ order: WorkerOrder, to address: Address) {
        guard let index = workers.firstIndex(where: { $0.address == address && $0.isAlive })
        else { return }
        if case .drain = order { noteDismissal(workers[index]) }
        let running = workers[index].take(order)
        noteEditions(order, at: index)
        if case .dispatch(let dispatch) = order {
            history.records.append(
                .dispatched(
                    pid: workers[index].pid, dispatch, running: running,
                    slots: workers[index].slots, at: now))
        }
    }

    private mutating func die(_ index: Int) {
        let worker = workers.remove(at: index)
        if worker.running.count == 1, let run = worker.running.first, !run.isCancelled, !run.hasLied
        {
            history.records.append(
                .diedAlone(
                    run.dispatch.requestID, part: run.dispatch.part, epoch: run.dispatch.epoch))
        }
        let notice = now + milliseconds(1...50)
        let exit = BrokerEvent.workerExited(
            place: worker.place, identity: .of(worker.pid), reason: "it died")
        // Sometimes nobody notices but by the silence.
        if chance(800) { calendar.plan(.toBroker(exit), at: notice) }
        if chance(800) { calendar.plan(.toBroker(.workerLeft(worker.address)), at: notice) }
        let others = (0..<plan.workerCount).filter {
            $0 != worker.place && !endedPlaces.contains($0)
        }
        if !others.isEmpty, chance(plan.endsOfPlaces) {
            endedPlaces.insert(worker.place)
            guard plan.sabotage == .firstPlaceIsAll else { return }
            endedPlaces = Set(0..<plan.workerCount)
            for index in workers.indices { workers[index].isAlive = false }
        } else if !endedPlaces.contains(worker.place) {
            calendar.plan(.spawn(place: worker.place), at: notice + .milliseconds(100))
        }
    }

    // MARK: - Clients

    private mutating func submit(_ index: Int) {
        let submit = plan.submission(&random)
        clients[index].asked.append(FakeClient.Asked(submit: submit))
        ask(.submit(submit), offsets: [], client: index)
        if chance(100) { ask(.submit(submit), offsets: [], client: index) }
        if chance(plan.blocks) { clients[index].blockedUntil = now + milliseconds(50...1500) }
    }

    private mutating func ask(_ verb: ClientVerb, offsets: [Int], client index: Int) {
        guard let address = clients[index].address else { return }
        switch verb {
        case .submit(let submit):
            history.records.append(.asked(address, submit.requestID, offsets: offsets))
        case .attach(let attach):
            history.records.append(.asked(address, attach.requestID, offsets: offsets))
        default: break
        }
        send(.toBroker(.client(address, verb)), over: "from client \(address.name)")
    }

    private mutating func deliver(_ event: ClientEvent, to address: Address) {
        if address == FakeShelf.operatorAddress { return tellOperator(event) }
        guard let index = clients.firstIndex(where: { $0.address == address }) else { return }
        history.records.append(.received(address, event))
        if plan.isDurable, case .failed(let failed) = event, failed.code == .notFound,
            clients[index].asked.contains(where: {
                $0.submit.requestID == failed.requestID && $0.isAccepted && !$0.isOver
            })
        {
            history.records.append(.lost(failed.requestID))
        }
        for verb in clients[index].take(event, &random) { ask(verb, offsets: [], client: index) }
        if case .failed(let failed) = event, failed.retryAfterMs > 0 || failed.code == .unavailable,
            let asked = clients[index].asked.first(where: {
                $0.submit.requestID == failed.requestID && !$0.isAccepted
            })
        {
            calendar.plan(
                .resubmit(client: index, asked.submit, from: address), at: now + .milliseconds(300))
        }
    }

    private mutating func disconnect(_ index: Int) {
        guard let address = clients[index].address else { return }
        clients[index].address = nil
        let notice = now + milliseconds(1...50)
        calendar.plan(.toBroker(.clientLeft(address)), at: notice)
        if chance(plan.vanish) {
            clients[index].isGone = true
            // Orders that were on their way arrive a moment later.
            let end = notice + plan.statedGrace + .milliseconds(100)
            for asked in clients[index].asked where !asked.submit.keep {
                history.records.append(.abandoned(asked.submit.requestID, until: end))
            }
        } else {
            calendar.plan(.reconnect(client: index), at: now + milliseconds(10...1500))
        }
    }

    private mutating func reconnect(_ index: Int) {
        guard !isFrontDown else {
            return calendar.plan(.reconnect(client: index), at: now + .milliseconds(100))
        }
        clients[index].generation += 1
        clients[index].address = Address(name: [UInt8(index), UInt8(clients[index].generation)])
        clients[index].blockedUntil = .zero
        for (verb, offsets) in clients[index].reopen() {
            ask(verb, offsets: offsets, client: index)
        }
    }

    private mutating func remind(_ index: Int) {
        for asked in clients[index].asked where !asked.isAccepted && !asked.isOver {
            ask(.submit(asked.submit), offsets: [], client: index)
        }
        calendar.plan(.remind(client: index), at: now + .seconds(1))
    }

    private mutating func cancel(_ index: Int) {
        guard
            let asked = clients[index].asked.filter({ !$0.isComplete }).randomElement(
                using: &random)
        else { return }
        let cancel = WireCancel { $0.request = asked.submit.request }
        ask(.cancel(cancel), offsets: [], client: index)
        if chance(300) { ask(.cancel(cancel), offsets: [], client: index) }
    }
}
