import Messaging

/// Who has how many of the workers' places now, and whether more of them may be his.
///
/// A batch gives a machine without accelerator little more tokens beyond some rows, but every reply in it comes more slowly.
/// So a client that is not alone has a quarter of each worker's places, and one that is alone all but one in sixteen, which the
/// next one finds free.
struct PlaceShares {
    private static let share = 4
    private static let reservedShare = 16

    /// Places by client, for each worker; nil: of clients that are gone.
    private var taken: [Peer?: [Int]] = [:]
    private let sessionCount: Int
    private let isAlone: Bool

    /// - Parameters:
    ///   - active: clients that asked for something lately.
    ///   - owner: whose a part is.
    init(_ sessions: [WorkerSession], active: Set<Peer>, owner: (PartKey) -> Peer?) {
        sessionCount = sessions.count
        for (index, session) in sessions.enumerated() {
            for occupant in session.occupants {
                taken[owner(occupant.key), default: Self.none(sessions.count)][index] += 1
            }
        }
        isAlone = active.union(taken.keys.compactMap(\.self)).count < 2
    }

    private static func none(_ count: Int) -> [Int] { Array(repeating: 0, count: count) }

    /// Whether a client may have another place at a worker.
    func allow(_ owner: Peer?, at index: Int, of session: WorkerSession) -> Bool {
        guard session.hasRoom else { return false }
        // Whoever has none yet finds the one that is kept.
        guard let taken = taken[owner] else {
            return owner != nil || session.occupants.count < session.slots - reserve(session)
        }
        let share = isAlone ? session.slots : session.slots / Self.share
        return taken[index] < max(share, 1)
            && session.occupants.count < session.slots - reserve(session)
    }

    private func reserve(_ session: WorkerSession) -> Int { session.slots / Self.reservedShare }

    /// Notes that a client got a place.
    mutating func take(_ owner: Peer?, at index: Int) {
        taken[owner, default: Self.none(sessionCount)][index] += 1
    }
}
