import Journal

/// Who has how many of the workers' places now, and whether more of them may be his.
///
/// A batch gives a machine without accelerator little more tokens beyond some rows, but every reply in it comes more slowly.
/// So a client that is not alone has a quarter of each worker's places, an eighth while another one asks for one thing after the
/// other and waits for it, and a client that is alone all but one in sixteen, which the next one finds free.
struct PlaceShares {
    private static let shareBesideBusy = 4
    private static let shareBesidePatient = 8
    private static let reservedShare = 16

    /// Places by client, for each worker; nil: of clients that are gone.
    private var taken: [Address?: [Int]] = [:]
    private let sessionCount: Int
    /// The part of a worker's places that one client may have.
    private let share: Int

    /// - Parameters:
    ///   - active: clients that asked for something lately.
    ///   - waiting: how many parts of a client wait.
    ///   - owner: whose a part is.
    init(
        _ sessions: [WorkerSession], active: Set<Address>, waiting: (Address) -> Int,
        owner: (PartKey) -> Address?
    ) {
        sessionCount = sessions.count
        for (index, session) in sessions.enumerated() {
            for occupant in session.occupants where !occupant.isEncoding {
                taken[owner(occupant.key), default: Self.none(sessions.count)][index] += 1
            }
        }
        let present = active.union(taken.keys.compactMap(\.self))
        // Whoever asks for one thing after the other has that one waiting when places are given.
        let isSomeonePatient = present.contains { waiting($0) <= 1 }
        share =
            present.count < 2
            ? 1 : isSomeonePatient ? Self.shareBesidePatient : Self.shareBesideBusy
    }

    private static func none(_ count: Int) -> [Int] { Array(repeating: 0, count: count) }

    /// Whether a client may have another place at a worker.
    func allow(_ owner: Address?, at index: Int, of session: WorkerSession) -> Bool {
        guard session.hasRoom else { return false }
        // Whoever has none yet finds the one that is kept.
        guard let taken = taken[owner] else {
            return owner != nil || session.runningCount < session.slots - reserve(session)
        }
        return taken[index] < max(session.slots / share, 1)
            && session.runningCount < session.slots - reserve(session)
    }

    private func reserve(_ session: WorkerSession) -> Int { session.slots / Self.reservedShare }

    /// Notes that a client got a place.
    mutating func take(_ owner: Address?, at index: Int) {
        taken[owner, default: Self.none(sessionCount)][index] += 1
    }
}
