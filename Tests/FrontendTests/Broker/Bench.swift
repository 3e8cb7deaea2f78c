import FoundationEssentials
import Wire

@testable import Frontend

/// A broker on a bench: workers with many slots, a clock that stands still unless moved.
struct Bench {
    static let client = Address(name: [1])

    var broker: Broker
    var now: Duration = .zero
    /// Whether workers say at once that they live.
    var answersRollCalls = true

    init(
        workers: Int = 1, slots: Int = 4, hasRouter: Bool = true, shelf: Shelf? = nil,
        _ adjust: (inout BrokerConfiguration) -> Void = { _ in }
    ) {
        var configuration = BrokerConfiguration()
        adjust(&configuration)
        broker = Broker(
            configuration: configuration, router: hasRouter ? FakeRouter() : nil, seed: 42,
            shelf: shelf)
        for index in 0..<workers { start(index, slots: slots, hasRouter: hasRouter) }
    }

    /// Has a worker come up.
    @discardableResult
    mutating func start(_ index: Int, slots: Int = 4, hasRouter: Bool = true) -> [BrokerAction] {
        let pid = Int32(100 + index)
        let ready = FakePool.ready(
            pid: pid, slots: slots, hasRouter: hasRouter, hasAdapters: broker.shelf == nil)
        return tell(.workerStarted(place: index, identity: .of(pid), pid: pid))
            + tell(.worker(Self.worker(index), .ready(ready)))
    }

    static func worker(_ index: Int) -> Address { Address(name: [0xFF, UInt8(index)]) }

    static func id(_ number: UInt8) -> Data { Data(repeating: number, count: 16) }

    @discardableResult
    mutating func tell(_ event: BrokerEvent) -> [BrokerAction] {
        broker.receive(event, now: Instant(sinceStart: now))
        let actions = broker.finishTurn(.committed, now: Instant(sinceStart: now))
        return answersRollCalls ? answer(actions) : actions
    }

    /// Has workers answer roll calls, which are left out of what is returned.
    private mutating func answer(_ actions: [BrokerAction]) -> [BrokerAction] {
        var answered: [BrokerAction] = []
        for action in actions {
            guard case .toWorker(let worker, .heartbeat(let heartbeat)) = action,
                heartbeat.rollCall > 0
            else {
                answered.append(action)
                continue
            }
            answered += tell(.worker(worker, .heartbeat(heartbeat)))
        }
        return answered
    }

    /// Lets time pass and has the broker notice; workers and their heartbeats go on.
    @discardableResult
    mutating func wait(_ duration: Duration, alive: [Int] = [0, 1, 2]) -> [BrokerAction] {
        now += duration
        var actions: [BrokerAction] = []
        for index in alive {
            actions += tell(.worker(Self.worker(index), .heartbeat(WireHeartbeat())))
        }
        return actions.filter { $0.dispatch != nil } + tell(.tick)
    }

    @discardableResult
    mutating func submit(
        _ number: UInt8, _ text: String = "Hello.", client: Address = Bench.client,
        _ fill: (inout WireSubmit) -> Void = { _ in }
    ) -> [BrokerAction] {
        var submit = WireSubmit()
        submit.request = Self.id(number)
        submit.prompt.text = text
        submit.selection.base = WireBaseSelection()
        fill(&submit)
        return tell(.client(client, .submit(submit)))
    }

    @discardableResult
    mutating func chunk(
        _ number: UInt8, worker: Int = 0, epoch: UInt32 = 1, offset: Int, _ ids: [UInt32],
        text: String = "t", part: UInt32 = 0
    ) -> [BrokerAction] {
        let chunk = WireWorkerChunk {
            $0.request = Self.id(number)
            $0.part = part
            $0.epoch = epoch
            $0.offset = UInt32(offset)
            $0.ids = ids
            $0.text = text
        }
        return tell(.worker(Self.worker(worker), .chunk(chunk)))
    }

    @discardableResult
    mutating func finish(
        _ number: UInt8, worker: Int = 0, epoch: UInt32 = 1, part: UInt32 = 0,
        _ outcome: WireFinished.OneOf_Outcome = .reason(.end)
    ) -> [BrokerAction] {
        let finished = WireFinished {
            $0.request = Self.id(number)
            $0.part = part
            $0.epoch = epoch
            $0.outcome = outcome
            $0.usage.promptTokens = 3
            $0.promptTokens = [7, 8, 9]
        }
        return tell(.worker(Self.worker(worker), .finished(finished)))
    }

    @discardableResult
    mutating func cancel(_ number: UInt8) -> [BrokerAction] {
        tell(.client(Self.client, .cancel(WireCancel { $0.request = Self.id(number) })))
    }
}

extension BrokerAction {
    var event: ClientEvent? {
        if case .toClient(_, let event, _) = self { event } else { nil }
    }

    var order: WorkerOrder? {
        if case .toWorker(_, let order) = self { order } else { nil }
    }

    var dispatch: WireDispatch? {
        if case .toWorker(_, .dispatch(let dispatch)) = self { dispatch } else { nil }
    }

    var cancel: WireWorkerCancel? {
        if case .toWorker(_, .cancel(let cancel)) = self { cancel } else { nil }
    }

    /// The worker that it is for.
    var worker: Int? {
        if case .toWorker(let peer, _) = self { peer.name.last.map { Int($0) } } else { nil }
    }

    var killed: WorkerIdentity? {
        if case .killWorker(let identity, _) = self { identity } else { nil }
    }
}

extension [BrokerAction] {
    var events: [ClientEvent] { compactMap(\.event) }
    var dispatches: [WireDispatch] { compactMap(\.dispatch) }
    var cancels: [WireWorkerCancel] { compactMap(\.cancel) }

    var failed: WireFailed? {
        events.compactMap { if case .failed(let failed) = $0 { failed } else { nil } }.first
    }

    var done: WireDone? {
        events.compactMap { if case .done(let done) = $0 { done } else { nil } }.first
    }

    var accepted: WireAccepted? {
        events.compactMap { if case .accepted(let accepted) = $0 { accepted } else { nil } }.first
    }

    var chunks: [WireChunk] {
        events.compactMap { if case .chunk(let chunk) = $0 { chunk } else { nil } }
    }

    var routed: [WireRouted] {
        events.compactMap { if case .routed(let routed) = $0 { routed } else { nil } }
    }
}
