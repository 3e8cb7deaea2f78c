internal import Messaging
internal import Wire

/// Reports that wait for the front to take them.
struct Outbox {
    /// More than a worker says in the time after which a silent front is given up.
    private static let limit = 1 << 16

    private var reports: [WorkerReport] = []

    var isEmpty: Bool { reports.isEmpty }
    var isFull: Bool { reports.count > Self.limit }

    mutating func append(_ new: [WorkerReport]) {
        reports += new
    }

    /// Sends what the socket takes without waiting.
    mutating func flush(to socket: borrowing DealerSocket) throws(MessagingError) {
        var sent = 0
        defer { reports.removeFirst(sent) }
        while sent < reports.count {
            // A report too large for a frame cannot come about: prompts and replies are bounded by the context.
            if let frames = try? Frames.encode(reports[sent]) {
                do throws(MessagingError) {
                    try socket.send(frames)
                } catch {
                    if error.code == .wouldBlock { return }
                    throw error
                }
            }
            sent += 1
        }
    }
}
