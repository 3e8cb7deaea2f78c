public import Registry
public import Tensors
public import Wire

/// A shelf that changes while the service runs: its registry, and the change that is under way.
public struct Shelf: Sendable {
    /// As it is in force.
    public internal(set) var registry: AdapterRegistry
    /// The folder that has the bytes.
    let store: String
    /// The folder that has the routers which learned of adapters.
    let routers: String
    /// As it is in force; bound to nothing.
    var router: (any PromptRouter)?
    /// Those on disk that requests of an earlier front may need.
    var earlierRouters: [any PromptRouter]
    var change: ShelfChange?
    /// What a worker could not load when the service began: it is not served, and stays in the registry.
    var leftOut: [String: Digest] = [:]
    /// Changes that wait for it, in order.
    var waiting: [ShelfOrder] = [.start]
    /// What the latest changes came to, so that a client that asks again is answered.
    private var answers: [(change: WireChangeAdapter, event: ClientEvent)] = []
    private var ticket: UInt64 = 0

    static let waitingLimit = 64
    private static let answerLimit = 64

    /// - Parameters:
    ///   - registry: what is served once a worker holds it.
    ///   - store: the folder that has the bytes.
    ///   - routers: the folder that has the routers which learned of adapters.
    ///   - router: the one that chooses.
    ///   - earlierRouters: those that an earlier front may have had.
    public init(
        registry: AdapterRegistry, store: String, routers: String, router: (any PromptRouter)?,
        earlierRouters: [any PromptRouter] = []
    ) {
        self.registry = registry
        self.store = store
        self.routers = routers
        self.router = router
        self.earlierRouters = earlierRouters
    }

    /// The order to hold an edition.
    func order(_ outline: EditionOutline, offer: UInt64) -> WorkerOrder {
        outline.order(store: store, routers: routers, offer: offer)
    }

    /// What would be in force after a change.
    func proposal(
        _ registry: AdapterRegistry, lesson: RouterLesson? = nil,
        _ refused: [WireRefusedAdapter] = []
    ) -> ShelfChange.Proposal {
        ShelfChange.Proposal(
            registry, router: lesson?.router ?? router, refused: refused, leavingOut: leftOut)
    }

    mutating func nextTicket() -> UInt64 {
        ticket += 1
        return ticket
    }

    /// What a client ordered under an id, and what it came to if that is over.
    func knownOrder(of request: RequestID) -> (change: WireChangeAdapter, answer: ClientEvent?)? {
        if let answered = answers.first(where: { $0.change.requestID == request }) {
            return (answered.change, answered.event)
        }
        for case .client(let change, _) in (change.map { [$0.order] } ?? []) + waiting
        where change.requestID == request {
            return (change, nil)
        }
        return nil
    }

    /// Has the answer to a change go to whoever asked last.
    mutating func readdress(_ wish: WireChangeAdapter, to client: Address) {
        if change?.order.request == wish.requestID { change?.order = .client(wish, client) }
        for index in waiting.indices where waiting[index].request == wish.requestID {
            waiting[index] = .client(wish, client)
        }
    }

    mutating func keep(_ event: ClientEvent, for change: WireChangeAdapter) {
        answers.append((change, event))
        if answers.count > Self.answerLimit { answers.removeFirst() }
    }
}

/// Who wants the shelf changed, and how.
enum ShelfOrder: Sendable {
    /// Serve what the registry says; of an adapter that the workers refuse the others are served.
    case start
    /// Look at the shelf's folder again.
    case rescan
    case client(WireChangeAdapter, Address)

    var request: RequestID? {
        if case .client(let change, _) = self { change.requestID } else { nil }
    }
}

/// A change under way: prepared beside the front's thread, then held by every worker, then written down, then in force.
struct ShelfChange: Sendable {
    enum Phase: Sendable {
        case preparing
        case distributing(Proposal)
        case saving(Proposal)
    }

    /// What is to be in force.
    struct Proposal: Sendable {
        let registry: AdapterRegistry
        let stable: EditionOutline
        let trial: (outline: EditionOutline, share: Int)?
        /// Of the shelf's folder.
        let refused: [WireRefusedAdapter]
        let router: (any PromptRouter)?

        init(
            _ registry: AdapterRegistry, router: (any PromptRouter)?,
            refused: [WireRefusedAdapter], leavingOut leftOut: [String: Digest]
        ) {
            func outline(_ shelf: [String: Digest]) -> EditionOutline {
                let served = shelf.filter { leftOut[$0.key] != $0.value }
                return EditionOutline(served, router: router?.digest)
            }
            self.registry = registry
            self.refused = refused
            self.router = router
            stable = outline(registry.stable)
            trial = registry.trial.map { (outline($0.shelf), $0.share) }
        }

        var outlines: [EditionOutline] { [stable] + (trial.map { [$0.outline] } ?? []) }

        func contains(_ edition: Digest) -> Bool { outlines.contains { $0.id == edition } }
    }

    var order: ShelfOrder
    /// Of what is to be prepared or written down; an answer to another one comes too late.
    var ticket: UInt64
    /// Of preparing it, then of having it held.
    var deadline: Instant
    var phase: Phase

    /// What workers hold, or are to hold, for it.
    var proposal: Proposal? {
        switch phase {
        case .preparing: nil
        case .distributing(let proposal), .saving(let proposal): proposal
        }
    }

    var isStart: Bool {
        if case .start = order { true } else { false }
    }
}

/// What the keeper of the files is to make ready.
public enum ShelfErrand: Sendable {
    /// Copy and check an adapter that a client named, and teach it to the router.
    case adapter(WireChangeAdapter, AdapterRegistry)
    /// Copy and check what is new in the shelf's folder.
    case folder(AdapterRegistry)
}

/// What came of an errand.
public struct ShelfFinding: Sendable {
    /// By name, copied and checked.
    public var adapters: [String: Digest] = [:]
    public var refused: [WireRefusedAdapter] = []
    /// Every name that the shelf's folder has, whatever became of it.
    public var present: Set<String> = []
    /// What the router learned.
    public var lesson: RouterLesson?

    public init() {}

    mutating func refuse(_ name: String, _ reason: String) {
        adapters[name] = nil
        refused.append(WireRefusedAdapter(folder: name, reason: reason))
    }
}
