import FoundationEssentials
import Journal
import TestSupport
import Wire

@testable import Frontend

/// The front: its turns, its death, and what it wants done.
extension World {
    var wallTime: WallTime {
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
        _ = act(on: broker.takeRefusals())
        if case .tick = event {} else if chance(plan.batching) { return }
        var failures: [BrokerEvent]
        repeat {
            failures = act(on: recorder.finishTurn(of: &broker, at: wallTime))
            for failure in failures { broker.receive(failure, now: wallTime.instant) }
        } while !failures.isEmpty
    }

    /// The front dies: its connections are gone, and so are its workers and all that was under way.
    mutating func endFront() {
        guard !isFrontDown else { return }
        isFrontDown = true
        let hasLostPower = chance(plan.powerLosses)
        history.records.append(.restarted(hasLostPower: hasLostPower, at: now))
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

    mutating func startFront() {
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
    mutating func act(on wanted: [BrokerAction]) -> [BrokerEvent] {
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
    mutating func note(_ event: ClientEvent) {
        guard case .accepted(let accepted) = event,
            let asked = clients.flatMap(\.asked).first(where: {
                $0.submit.requestID == accepted.requestID
            }), asked.submit.limits.deadlineMs > 0
        else { return }
        let allowed = Duration.milliseconds(Int(asked.submit.limits.deadlineMs) + 10)
        history.records.append(.accepted(accepted.requestID, deadline: now + allowed))
    }

    func obstacle(_ address: Address, _ event: ClientEvent) -> SendFailure? {
        if address == FakeShelf.operatorAddress { return nil }
        guard let client = clients.first(where: { $0.address == address }) else {
            return .unreachable
        }
        if now < client.blockedUntil { return .congested }
        // Some ends cannot be said, whoever asks for them.
        guard case .done(let done) = event, done.request.first ?? 0 < 10 else { return nil }
        return .unencodable("too large")
    }

    func obstacle(toWorker address: Address) -> SendFailure? {
        guard let worker = workers.first(where: { $0.address == address && $0.isAlive }) else {
            return nil
        }
        guard now < worker.blockedUntil else { return nil }
        return plan.sabotage == .fullPipeIsDeath ? .unreachable : .congested
    }

    /// Notes that a worker is given up, unless that is right.
    mutating func noteDismissal(_ worker: FakeWorker) {
        if !worker.brokeItsWord { history.records.append(.dismissed(pid: worker.pid)) }
    }

    mutating func send(
        _ happening: Happening, over link: String, after delay: Duration = .zero
    ) {
        let earliest = now + delay + milliseconds(1...10)
        let arrival = max(earliest, arrivals[link] ?? .zero)
        arrivals[link] = arrival
        calendar.plan(happening, at: arrival)
    }
}
