/// How far the client has been told, and how much more it wants.
struct Delivery: Sendable {
    private(set) var client: Address?
    private(set) var isAccepted = false
    /// The next entry to send, by part.
    private(set) var cursors: [Int]
    /// Tokens the client has already, by part.
    let offsets: [Int]
    /// The credit that the connection began with; 0: no limit.
    let grant: UInt32
    /// Chunks that may still be sent; nil: any number.
    private(set) var credit: Int?
    /// Since when there is no client to deliver to.
    private(set) var detachedSince: Instant?
    /// When a full pipe is tried again.
    private(set) var retryAt: Instant?
    /// Since when the client has taken nothing of what waits for it, and how many entries it had taken then.
    private var stall: (since: Instant, position: Int)?

    /// - Parameter offsets: of the first parts; the client has nothing of the others.
    init(client: Address?, partCount: Int, credit: UInt32, offsets: [Int] = []) {
        self.client = client
        cursors = Array(repeating: 0, count: partCount)
        self.offsets = (0..<partCount).map { offsets.indices.contains($0) ? offsets[$0] : 0 }
        grant = credit
        self.credit = credit == 0 ? nil : Int(credit)
    }

    mutating func assign(to client: Address?) {
        self.client = client
    }

    /// Notes that nobody reads any more.
    mutating func detach(_ now: Instant) {
        client = nil
        retryAt = nil
        detachedSince = now
    }

    /// Lets the client's stream go on.
    mutating func add(credit chunks: UInt32) {
        credit = credit.map { min($0 + Int(chunks), Int(UInt32.max)) }
    }

    mutating func noteAcceptance() { isAccepted = true }
    mutating func takeBackAcceptance() { isAccepted = false }

    /// Pays for a chunk; false: the client wants none now.
    mutating func spend() -> Bool {
        guard credit != 0 else { return false }
        credit = credit.map { $0 - 1 }
        return true
    }

    mutating func advance(_ part: Int) { cursors[part] += 1 }

    /// Takes back what did not leave, from an entry on: chunks among it are paid back.
    mutating func takeBack(_ part: Int, from entry: Int, chunks: Int) {
        credit = credit.map { $0 + chunks }
        rewind(part, to: entry)
    }

    /// Goes back to an entry, if it is beyond.
    mutating func rewind(_ part: Int, to entry: Int) {
        cursors[part] = min(cursors[part], entry)
    }

    mutating func wait(until moment: Instant) { retryAt = moment }

    /// Tries a full pipe again; false: it is too early.
    mutating func tryAgain(_ now: Instant) -> Bool {
        if let retryAt, now < retryAt { return false }
        retryAt = nil
        return true
    }

    /// Begins to watch a client that has not been told all.
    mutating func watch() { stall = nil }

    /// For how long the client has taken nothing.
    mutating func stalledTime(_ now: Instant) -> Duration {
        let position = cursors.reduce(0, +)
        guard let stall, position <= stall.position else {
            stall = (now, position)
            return .zero
        }
        return now - stall.since
    }
}
