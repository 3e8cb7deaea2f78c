import Synchronization

/// Ctrl-C while an evaluation runs: the first lets it end in order, the next ends the process as always.
final class StopRequest: Sendable {
    private let isWanted = Atomic(false)

    /// Whether somebody asked to stop.
    var isSet: Bool { isWanted.load(ordering: .relaxed) }

    func set() { isWanted.store(true, ordering: .relaxed) }
}
