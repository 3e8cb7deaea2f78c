internal import Messaging
internal import Wire

/// Reports that wait for the front to take them.
struct Outbox {
    /// More than a worker says in the time after which a silent front is given up.
    private static let limit = 1 << 16

    private(set) var messages: [[[UInt8]]] = []

    var isEmpty: Bool { messages.isEmpty }
    var isFull: Bool { messages.count > Self.limit }

    /// Takes reports of a session; instead of one that no message has room for, the failure of its part.
    ///
    /// - Throws: when the worker itself cannot be introduced.
    mutating func append(
        _ reports: [WorkerReport], of session: WorkerSession
    ) throws(WorkerError) {
        for report in reports {
            do throws(WireError) {
                messages.append(try Self.frames(report, of: session))
            } catch {
                throw WorkerError(.internal, error.message)
            }
        }
    }

    private static func frames(
        _ report: WorkerReport, of session: WorkerSession
    ) throws(WireError) -> [[UInt8]] {
        do throws(WireError) {
            return try Frames.encode(report)
        } catch {
            guard let failure = session.fail(report, because: error) else { throw error }
            return try Frames.encode(failure)
        }
    }

    /// Sends what the socket takes without waiting.
    mutating func flush(to socket: borrowing DealerSocket) throws(MessagingError) {
        var sent = 0
        defer { messages.removeFirst(sent) }
        while sent < messages.count {
            do throws(MessagingError) {
                try socket.send(messages[sent])
            } catch {
                if error.code == .wouldBlock { return }
                throw error
            }
            sent += 1
        }
    }
}
