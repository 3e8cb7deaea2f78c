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
        /// All workers die.
        case massacre
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
    var recorder: Recorder
    var isFrontDown = false
    /// How far the clock on the wall is from where it should be.
    var wallSkew: Duration = .seconds(1_700_000_000)
    var now: Duration = .zero
    var calendar = Calendar<Happening>()
    var workers: [FakeWorker] = []
    var clients: [FakeClient] = []
    var history = History()
    /// When the last message of a link arrives: the next one comes later.
    var arrivals: [String: Duration] = [:]
    var nextPID: Int32 = 100
    /// Changes of the shelf so far.
    var shelfChanges = ShelfChanges()
    /// Places at which nothing comes up any more; never all of them.
    var endedPlaces: Set<Int> = []

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
        for _ in 0..<plan.massacres { calendar.plan(.massacre, at: milliseconds(300...7000)) }
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
        if plan.isCalm { lookForTheBlamed() }
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

    /// One death of all is no request's fault.
    private mutating func lookForTheBlamed() {
        for case .received(_, .failed(let failed)) in history.records
        where failed.message.contains("workers died") {
            history.records.append(.blamed(failed.requestID, failed.message))
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
        case .massacre: while !workers.isEmpty { die(0) }
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
}
