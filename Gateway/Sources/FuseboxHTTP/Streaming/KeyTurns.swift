import Synchronization

import struct Wire.RequestID

/// Lets one request at a time speak to the service under an id.
///
/// A client that gave up waiting tries again under its key at once, before it is noticed that its first connection is gone.
final class KeyTurns: Sendable {
    /// How long the second one waits; then the client library says that the first one is still being read.
    private let patience: Duration
    private let counts = Mutex<[RequestID: Int]>([:])

    init(patience: Duration = .seconds(2)) {
        self.patience = patience
    }

    /// Returns once nobody else speaks under the id, or after a while, or when the task is cancelled.
    func begin(_ id: RequestID) async {
        let deadline = ContinuousClock.now + patience
        while !enter(id, isLate: Task.isCancelled || ContinuousClock.now >= deadline) {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    func end(_ id: RequestID) {
        counts.withLock { counts in
            guard let count = counts[id] else { return }
            counts[id] = count > 1 ? count - 1 : nil
        }
    }

    private func enter(_ id: RequestID, isLate: Bool) -> Bool {
        counts.withLock { counts in
            guard isLate || counts[id] == nil else { return false }
            counts[id, default: 0] += 1
            return true
        }
    }
}
