import DequeModule
import Journal
import Tensors
import Wire

/// A worker process from its `Ready` to its loss.
struct WorkerSession: Sendable {
    /// A dispatch that occupies a slot until the worker says that it is over.
    struct Occupant: Sendable {
        let key: PartKey
        let epoch: UInt32
        /// It needs no slot: the worker answers between two steps.
        let isEncoding: Bool
        /// When the worker was asked to stop it.
        fileprivate(set) var stopSince: Instant?
        /// It was asked in a step that had been announced as long, and waited for.
        fileprivate var wasExcused = false
    }

    /// How many prompt beginnings are remembered, about what a prefix cache may still hold.
    static let memory = 256
    /// Adapters of which it is remembered what became of them.
    static let adapterLimit = 4096
    /// Prompts that a worker may have been asked to encode at once: what it runs waits for it.
    static let encodingLimit = 4

    let address: Address
    /// That the front gave the process; nil: somebody else started it.
    let identity: WorkerIdentity?
    /// As the process states it: shown, and used for nothing.
    let statedPID: Int32
    let slots: Int
    let cacheTokens: UInt64
    /// What it was told to hold, by which offer, and what of that it says that it holds.
    private(set) var offered: [Digest: UInt64] = [:]
    private(set) var editions: Set<Digest> = []
    private var offerCount: UInt64 = 0
    /// Whether it was said that it serves.
    private(set) var isAnnounced = false
    private(set) var heardAt: Instant
    private(set) var beatenAt: Instant
    /// How much longer than usual it may be silent: it announced a long step.
    private(set) var announcedSilence: Duration = .zero
    private(set) var heartbeat = WireHeartbeat()
    /// The last roll call that it answered.
    private(set) var answeredRollCall: UInt64
    /// What it told of its adapters.
    private(set) var adapterUses: [Digest: WireAdapterResidency] = [:]
    private(set) var occupants: [Occupant] = [] {
        didSet { encodingCount = occupants.count(where: \.isEncoding) }
    }
    private(set) var encodingCount = 0
    private(set) var isDraining = false
    /// Its pipe is full until then.
    private(set) var congestedUntil: Instant?
    /// Orders for it that its full pipe did not take.
    private(set) var unsent: [WorkerOrder] = []
    private var recentPrefixes: Deque<UInt64> = []

    init(_ ready: WireReady, from address: Address, rollCall: UInt64, now: Instant) {
        self.address = address
        identity = WorkerIdentity(ready.identity)
        statedPID = ready.pid
        slots = Int(ready.slots)
        cacheTokens = ready.cacheTokens
        answeredRollCall = rollCall
        heardAt = now
        beatenAt = now
    }

    private var isOpen: Bool { !isDraining && congestedUntil == nil }
    /// Slots that are taken.
    var runningCount: Int { occupants.count - encodingCount }
    var hasRoom: Bool { isOpen && runningCount < slots }
    /// Whether it may be asked to encode another prompt.
    var canEncode: Bool { isOpen && encodingCount < Self.encodingLimit }

    /// Notes a sign of life: a long step that it had announced is over, and what it was told meanwhile it hears only now.
    mutating func hear(_ now: Instant) {
        heardAt = now
        guard announcedSilence > .zero else { return }
        announcedSilence = .zero
        // Once: with one long step after the other no stop would ever be overdue.
        for index in occupants.indices where !occupants[index].wasExcused {
            guard occupants[index].stopSince != nil else { continue }
            occupants[index].stopSince = now
            occupants[index].wasExcused = true
        }
    }

    /// Notes what a heartbeat says; of adapters it says what is new.
    ///
    /// - Returns: whether it answers a roll call.
    mutating func note(_ heartbeat: WireHeartbeat) -> Bool {
        self.heartbeat = heartbeat
        self.heartbeat.adapters = []
        for use in heartbeat.adapters {
            guard let digest = Digest(bytes: use.adapter) else { continue }
            // Of those that are not in memory it matters least what became of them.
            if adapterUses[digest] == nil, adapterUses.count >= Self.adapterLimit {
                adapterUses = adapterUses.filter(\.value.resident)
                guard adapterUses.count < Self.adapterLimit else { continue }
            }
            adapterUses[digest] = use
        }
        guard heartbeat.rollCall > answeredRollCall else { return false }
        answeredRollCall = heartbeat.rollCall
        return true
    }

    /// How many of some adapters it would have to load; a worker that says nothing of its memory has them all.
    func absentCount(of adapters: Set<Digest>) -> Int {
        guard heartbeat.adapterByteLimit > 0 else { return 0 }
        return adapters.count { adapterUses[$0]?.resident != true }
    }

    /// Notes for how long it may be silent from now on, `heardAt`.
    mutating func expectSilence(_ duration: Duration) {
        announcedSilence = duration
    }

    /// Counts against it nothing of what the front did not hear while it was away.
    mutating func excuse(_ now: Instant) {
        heardAt = now
        restartStops(now)
    }

    /// Notes that it was sent a sign of the front's life.
    mutating func noteBeat(_ now: Instant) { beatenAt = now }

    mutating func noteAnnounced() { isAnnounced = true }

    /// Gives it nothing new from now on.
    mutating func drain() { isDraining = true }

    /// Notes that its pipe is full.
    mutating func noteCongestion(until moment: Instant) { congestedUntil = moment }

    /// Keeps an order until the pipe takes it.
    mutating func put(off order: WorkerOrder) { unsent.append(order) }

    /// The orders that the pipe is to be tried with again: what they ask is waited for from now on.
    mutating func takeUnsent(_ now: Instant) -> [WorkerOrder] {
        defer { unsent = [] }
        congestedUntil = nil
        restartStops(now)
        return unsent
    }

    /// Notes that it says it holds an edition.
    mutating func hold(_ edition: Digest) { editions.insert(edition) }

    /// Notes that it is to drop an edition, or does not take it.
    mutating func drop(_ edition: Digest) {
        editions.remove(edition)
        offered[edition] = nil
    }

    /// Begins anew to wait for the stops that were asked for.
    private mutating func restartStops(_ now: Instant) {
        for index in occupants.indices where occupants[index].stopSince != nil {
            occupants[index].stopSince = now
        }
    }

    /// Gives the order to hold an edition its number; nil: it was told already.
    mutating func offer(_ edition: Digest) -> UInt64? {
        guard offered[edition] == nil else { return nil }
        offerCount += 1
        offered[edition] = offerCount
        return offerCount
    }

    /// Whether it still runs, or stops, a part of the request.
    func holds(_ request: RequestID) -> Bool {
        occupants.contains { $0.key.request == request }
    }

    /// Remembers that a prompt went here.
    mutating func remember(_ prefixes: [UInt64]) {
        for prefix in prefixes where !recentPrefixes.contains(prefix) {
            recentPrefixes.append(prefix)
            if recentPrefixes.count > Self.memory { recentPrefixes.removeFirst() }
        }
    }

    /// How many of a prompt's beginnings went here lately.
    func familiarity(_ prefixes: [UInt64]) -> Int {
        prefixes.count { recentPrefixes.contains($0) }
    }

    /// Puts an attempt into a slot.
    mutating func take(_ key: PartKey, epoch: UInt32, isEncoding: Bool) {
        occupants.append(Occupant(key: key, epoch: epoch, isEncoding: isEncoding))
    }

    /// Notes that an attempt is to stop, whose slot stays taken until then; false: it has none, or was told already.
    mutating func stop(_ key: PartKey, epoch: UInt32, _ now: Instant) -> Bool {
        guard let index = occupants.firstIndex(where: { $0.key == key && $0.epoch == epoch }),
            occupants[index].stopSince == nil
        else { return false }
        occupants[index].stopSince = now
        return true
    }

    /// Takes an attempt off its slot; false when it had none.
    mutating func release(_ key: PartKey, epoch: UInt32) -> Bool {
        guard let index = occupants.firstIndex(where: { $0.key == key && $0.epoch == epoch })
        else { return false }
        occupants.remove(at: index)
        return true
    }
}
