import Messaging
import Synchronization
import Wire

/// What the program's tasks ask of the thread that owns the socket.
final class Mailbox: Sendable {
    typealias Sink = AsyncThrowingStream<ClientEvent, any Error>.Continuation

    enum Command: Sendable {
        case start(RequestID, ClientVerb, Sink)
        case cancel(RequestID)
        case abandon(RequestID)
        case grant(RequestID, chunks: UInt32)
        case close(RequestID)
        case shutDown
    }

    private enum State {
        case open([Command])
        /// The thread has left, for this reason.
        case closed(ClientError)
    }

    let wakeup: Wakeup
    private let state = Mutex(State.open([]))

    init() throws(MessagingError) {
        wakeup = try Wakeup()
    }

    func post(_ command: Command) {
        let refusal: ClientError? = state.withLock { state in
            switch state {
            case .open(let commands):
                state = .open(commands + [command])
                return nil
            case .closed(let error):
                return error
            }
        }
        if let refusal {
            if case .start(_, _, let sink) = command { sink.finish(throwing: refusal) }
        } else {
            wakeup.signal()
        }
    }

    /// Takes what was posted since the last time, in order.
    func take() -> [Command] {
        wakeup.drain()
        return state.withLock { state in
            guard case .open(let commands) = state else { return [] }
            state = .open([])
            return commands
        }
    }

    /// Takes no more; streams that were still to begin end with the error.
    func close(_ error: ClientError) {
        let last: [Command] = state.withLock { state in
            guard case .open(let commands) = state else { return [] }
            state = .closed(error)
            return commands
        }
        for case .start(_, _, let sink) in last { sink.finish(throwing: error) }
    }
}
