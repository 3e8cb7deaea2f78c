import Adapters
import FoundationEssentials
import Registry
import Tensors
import TestSupport
import Wire

@testable import Frontend

/// The shelf that a simulated service begins with.
enum FakeShelf {
    /// Whoever changes it.
    static let operatorAddress = Address(name: [0xEE])

    static var first: Shelf {
        var registry = AdapterRegistry()
        for adapter in FakePool.adapters {
            guard let digest = Digest(bytes: adapter.digest) else { continue }
            try? registry.add(adapter.name, digest)
        }
        return Shelf(
            registry: registry, store: "/store", routers: "/routers", router: FakeRouter())
    }

    /// What another front begins with.
    static func with(_ changes: ShelfChanges) -> Shelf {
        var shelf = first
        if let registry = changes.saved.last { shelf.registry = registry }
        if let router = shelf.registry.router?.digest { shelf.router = FakeRouter(digest: router) }
        shelf.earlierRouters = changes.routers.sorted().map { FakeRouter(digest: $0) }
        return shelf
    }

    static func editions(of registry: AdapterRegistry) -> [Data] {
        let router = registry.router?.digest ?? FakePool.router
        return ([registry.stable] + (registry.trial.map { [$0.shelf] } ?? [])).map {
            Data(EditionOutline($0, router: router).id.bytes)
        }
    }
}

/// What became of the changes of a simulated shelf.
struct ShelfChanges {
    private var requests = 0
    /// What was asked for, by its id.
    var asked: [Data: WireChangeAdapter] = [:]
    /// Registries that were written down, and the one before them.
    var saved: [AdapterRegistry] = [FakeShelf.first.registry]
    /// How many there were when the front began: its start is not refused.
    var savedAtStart = 1
    /// What is on disk.
    var adapters = FakeShelf.first.registry.digests
    var routers: Set<Digest> = []
    /// What was found of names last.
    var findings: [String: ShelfFinding] = [:]
    var madeCount = 0
    var refusedCount = 0

    var nextRequest: Data {
        mutating get {
            requests += 1
            return Data((0..<16).map { UInt8(truncatingIfNeeded: requests >> (8 * ($0 % 2))) })
        }
    }

    mutating func take(_ event: ClientEvent) {
        switch event {
        case .adapterChanged: madeCount += 1
        case .failed: refusedCount += 1
        default: break
        }
    }
}

/// Changes of the shelf, their files and their workers.
extension World {
    mutating func changeShelf() {
        guard chance(800) else { return tell(.rescan) }
        let verbs: [WireAdapterVerb] = [
            .add, .replace, .replace, .replace, .remove, .rollback, .canary, .promote,
        ]
        let change = WireChangeAdapter {
            $0.request = shelfChanges.nextRequest
            $0.verb = verbs.randomElement(using: &random) ?? .replace
            $0.name = ["calm", "formal", "terse", "loud"].randomElement(using: &random) ?? ""
            $0.path = "/somewhere"
            $0.share = 0.5
        }
        for _ in 0...(chance(100) ? 1 : 0) { order(change) }
    }

    private mutating func order(_ change: WireChangeAdapter) {
        shelfChanges.asked[change.request] = change
        tell(.client(FakeShelf.operatorAddress, .changeAdapter(change)))
    }

    /// Tells whoever changes the shelf; what failed is tried again now and then.
    mutating func tellOperator(_ event: ClientEvent) {
        shelfChanges.take(event)
        guard case .failed(let failed) = event, now < .seconds(8),
            var change = shelfChanges.asked[failed.request], chance(900)
        else { return }
        change.request = shelfChanges.nextRequest
        change.path = Self.sameBytes
        order(change)
    }

    /// The path of whoever tries again.
    private static let sameBytes = "/again"

    /// Copies and checks; some adapters fail, some are those that are there.
    mutating func prepareShelf(_ ticket: UInt64, _ errand: ShelfErrand) {
        var finding = ShelfFinding()
        switch errand {
        case .adapter(let change, _):
            if change.path == Self.sameBytes, let known = shelfChanges.findings[change.name] {
                finding = known
            } else {
                find(change.name, &finding)
            }
        case .folder:
            finding.present = ["calm", "formal"]
            for name in finding.present.sorted() where chance(500) { find(name, &finding) }
        }
        if !finding.adapters.isEmpty, finding.lesson == nil, chance(300) {
            let router = FakeRouter(
                digest: Digest(of: [UInt8.random(in: 200..<210, using: &random)]))
            finding.lesson = RouterLesson(
                digest: router.digest, origin: FakePool.router, router: router)
        }
        if let lesson = finding.lesson { shelfChanges.routers.insert(lesson.digest) }
        for name in finding.adapters.keys { shelfChanges.findings[name] = finding }
        shelfChanges.adapters.formUnion(finding.adapters.values)
        // Now and then it takes longer than anybody waits.
        let delay = chance(50) ? milliseconds(3000...4000) : milliseconds(10...100)
        calendar.plan(
            .toBroker(.shelfPrepared(ticket: ticket, finding)), at: now + delay)
    }

    private mutating func find(_ name: String, _ finding: inout ShelfFinding) {
        guard !chance(plan.shelfFaults) else {
            finding.refused.append(WireRefusedAdapter(folder: name, reason: "is not finite"))
            return
        }
        finding.adapters[name] = Digest(of: [UInt8.random(in: 0..<20, using: &random)])
    }

    /// Removes from disk what nobody is said to need.
    mutating func pruneShelf(_ adapters: Set<Digest>, _ routers: Set<Digest>) {
        shelfChanges.adapters.formIntersection(adapters)
        shelfChanges.routers.formIntersection(routers)
    }

    /// Notes that something is not on disk which a worker is to load and which is needed.
    private mutating func lookForFiles(of edition: WireEdition) {
        let isNeeded = Digest(bytes: edition.edition).map { broker.needs($0) } ?? false
        let routers = shelfChanges.routers.union([FakePool.router])
        let isThere =
            Digest(bytes: edition.router).map { routers.contains($0) } ?? true
            && edition.adapters.allSatisfy { adapter in
                Digest(bytes: adapter.digest).map { shelfChanges.adapters.contains($0) } ?? false
            }
        if isNeeded, !isThere { history.records.append(.shelf(.kept, "a file is gone")) }
    }

    /// Writes down; some disks are full.
    mutating func saveRegistry(_ ticket: UInt64, _ registry: AdapterRegistry) {
        noteServedShelf()
        let editions = FakeShelf.editions(of: registry)
        for session in broker.sessions where !session.isDraining {
            guard let worker = workers.first(where: { $0.address == session.address }) else {
                continue
            }
            // One that came up in the same turn, after that was decided, is not meant.
            let isKnown = session.editions.isSuperset(of: editions.compactMap { Digest(bytes: $0) })
            guard isKnown || plan.batching == 0 else { continue }
            if !worker.editions.isSuperset(of: editions) {
                history.records.append(.shelf(.everyone, "worker \(worker.pid) does not hold it"))
            }
        }
        let isFull =
            chance(plan.shelfFaults) && shelfChanges.saved.count > shelfChanges.savedAtStart
        if !isFull { shelfChanges.saved.append(registry) }
        // A change that is in force though it failed.
        let isHidden = isFull && plan.sabotage == .halfChange
        let failure = isFull && !isHidden ? "the disk is full" : nil
        calendar.plan(
            .toBroker(.registrySaved(ticket: ticket, failure: failure)),
            at: now + milliseconds(1...30))
    }

    private mutating func noteServedShelf() {
        guard let served = broker.shelf?.registry, !shelfChanges.saved.contains(served) else {
            return
        }
        history.records.append(.shelf(.whole, "what is served was never written down"))
    }

    /// Has a worker go on with what it was told to hold.
    mutating func loadEdition(_ index: Int) {
        guard let edition = workers[index].arrivals.first, chance(300) else { return }
        workers[index].arrivals.removeFirst()
        lookForFiles(of: edition)
        let isStart = shelfChanges.saved.count == shelfChanges.savedAtStart
        var held = WireEditionHeld {
            $0.edition = edition.edition
            $0.offer = plan.sabotage == .anyAnswer ? 0 : edition.offer
        }
        if !isStart, now < .seconds(8), chance(plan.shelfFaults / 3) {
            held.refused = [WireRefusedAdapter(folder: "calm", reason: "there is no memory")]
            // It cannot be kept.
            workers[index].brokeItsWord = true
        } else {
            if plan.sabotage != .hastyChange || chance(500) {
                workers[index].editions.insert(edition.edition)
            }
            held.adapters = edition.adapters.map { adapter in
                WireResidentAdapter {
                    $0.name = adapter.name
                    $0.digest = adapter.digest
                    $0.rank = 8
                }
            }
        }
        report(
            .editionHeld(held), from: workers[index].address,
            after: chance(plan.lateAnswers) ? milliseconds(50...200) : .zero)
    }

    /// Notes what a worker is asked to run that it does not hold, or to drop while it runs.
    mutating func noteEditions(_ order: WorkerOrder, at index: Int) {
        let worker = workers[index]
        switch order {
        case .dispatch(let dispatch) where !dispatch.edition.isEmpty:
            guard !worker.editions.contains(dispatch.edition) else { return }
            history.records.append(
                .shelf(.held, "worker \(worker.pid) is asked for what it does not hold"))
        case .dropEdition(let drop):
            let isUsed = worker.running.contains {
                $0.dispatch.edition == drop.edition && !$0.isCancelled && !$0.hasLied
            }
            guard isUsed else { return }
            history.records.append(.shelf(.held, "worker \(worker.pid) runs what it has to drop"))
        default: break
        }
    }

    /// Once all is calm, the shelf is one that was written down, and workers hold that and nothing else.
    mutating func noteShelfAtEnd() {
        guard let shelf = broker.shelf else { return }
        noteServedShelf()
        guard broker.requests.live.isEmpty, shelf.change == nil, now > .seconds(9) else { return }
        tell(.tick)
        let wanted = Set(FakeShelf.editions(of: shelf.registry).compactMap { Digest(bytes: $0) })
        for session in broker.sessions where session.editions.subtracting(wanted).count > 0 {
            history.records.append(.shelf(.dropped, "a worker was not told to drop something"))
        }
        while let (_, happening) = calendar.next() {
            guard case .toWorker(let address, let order) = happening,
                let index = workers.firstIndex(where: { $0.address == address })
            else { continue }
            _ = workers[index].take(order)
        }
        for worker in workers where worker.isAlive {
            let isKnown = broker.sessions.contains { $0.address == worker.address }
            let surplus = worker.editions.subtracting(wanted.map { Data($0.bytes) })
            if isKnown, !surplus.isEmpty {
                history.records.append(
                    .shelf(.dropped, "worker \(worker.pid) holds what nobody uses"))
            }
        }
    }
}
