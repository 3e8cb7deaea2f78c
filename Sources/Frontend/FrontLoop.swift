public import Journal
public import Messaging
import Synchronization
import Wire

/// The front's thread: it owns the sockets of clients and workers, and the broker.
///
/// Nothing in it waits for a peer; what cannot be sent at once goes back to the broker.
public final class FrontLoop: Sendable {
    /// Where clients and workers connect.
    public struct Endpoints: Sendable {
        public let clients: Endpoint
        public let workers: Endpoint

        public init(clients: Endpoint, workers: Endpoint) {
            self.clients = clients
            self.workers = workers
        }
    }

    private struct Inbox {
        var events: [BrokerEvent] = []
        var isStopped = false
    }

    /// What happens, in order; it ends with the thread.
    public let notices: AsyncStream<FrontNotice>
    /// As bound: with the port that `tcp://127.0.0.1:*` got.
    public let endpoints: Endpoints
    private let inbox: Mailbox
    private let thread: OwnerThread

    /// What other threads leave for this one.
    private final class Mailbox: Sendable {
        let wakeup: Wakeup
        private let inbox = Mutex(Inbox())

        init() throws(MessagingError) {
            wakeup = try Wakeup()
        }

        func put(_ change: (inout Inbox) -> Void) {
            inbox.withLock { change(&$0) }
            wakeup.signal()
        }

        func take() -> Inbox {
            wakeup.drain()
            return inbox.withLock { inbox in
                defer { inbox.events = [] }
                return inbox
            }
        }
    }

    /// Binds the sockets and starts the thread.
    ///
    /// - Throws: what binding throws: an endpoint in use, or one that the network could reach; and what the engine throws.
    /// - Parameters:
    ///   - engine: begins what keeps that which is accepted, once the endpoints are ours.
    ///   - retention: for how long it keeps what has ended.
    ///   - clientLimit: connections of clients at a time.
    public static func start(
        _ endpoints: Endpoints, broker: Broker,
        engine: @escaping @Sendable () throws(EngineFailure) -> any DispatchEngine = {
            VolatileEngine()
        },
        retention: Duration = .seconds(86_400), clientLimit: Int = 1024
    ) async throws -> FrontLoop {
        let inbox = try Mailbox()
        let (notices, continuation) = AsyncStream.makeStream(of: FrontNotice.self)
        let thread = Mutex<OwnerThread?>(nil)
        let bound: Endpoints = try await withCheckedThrowingContinuation { started in
            do {
                let owner = try OwnerThread("front") {
                    Self.run(
                        endpoints, broker: broker, engine: engine, retention: retention,
                        clientLimit: clientLimit, inbox: inbox, notices: continuation,
                        started: started)
                }
                thread.withLock { $0 = owner }
            } catch {
                started.resume(throwing: error)
            }
        }
        guard let owner = thread.withLock({ $0 }) else {
            throw MessagingError(.closed, "the front's thread is gone")
        }
        return FrontLoop(notices: notices, endpoints: bound, inbox: inbox, thread: owner)
    }

    private init(
        notices: AsyncStream<FrontNotice>, endpoints: Endpoints, inbox: Mailbox,
        thread: OwnerThread
    ) {
        self.notices = notices
        self.endpoints = endpoints
        self.inbox = inbox
        self.thread = thread
    }

    /// Tells the broker of something that did not come in over a socket.
    public func post(_ event: BrokerEvent) {
        inbox.put { $0.events.append(event) }
    }

    /// Has the thread close its sockets and end, and waits until that is done, two seconds at most:
    /// what is not sent by then is lost, and the socket files are gone.
    public func stop() async {
        inbox.put { $0.isStopped = true }
        let thread = thread
        await withCheckedContinuation { ended in
            do {
                // Joining blocks, which no task may.
                _ = try OwnerThread("front-end") {
                    thread.join()
                    ended.resume()
                }
            } catch {
                ended.resume()
            }
        }
    }

    // MARK: - On the thread

    /// How often the broker is told the time.
    private static let tickInterval: Duration = .milliseconds(20)
    /// A turn takes no such time: then the process was stopped.
    private static let absence: Duration = .milliseconds(500)

    private static func run(
        _ endpoints: Endpoints, broker: Broker,
        engine: () throws(EngineFailure) -> any DispatchEngine, retention: Duration,
        clientLimit: Int, inbox: Mailbox,
        notices: AsyncStream<FrontNotice>.Continuation,
        started: CheckedContinuation<Endpoints, any Error>
    ) {
        defer { notices.finish() }
        let sockets: FrontSockets
        do {
            sockets = try FrontSockets(endpoints, clientLimit: clientLimit)
        } catch {
            return started.resume(throwing: error)
        }
        defer { sockets.close() }
        let clock = FrontClock()
        let opened: any DispatchEngine
        let recovery: Recovery
        do {
            var engine = try engine()
            recovery = try engine.watch()
            opened = engine
        } catch {
            return started.resume(throwing: error)
        }
        var turn = FrontTurn(
            sockets: sockets, broker: broker, engine: opened, retention: retention, clock: clock,
            notices: notices)
        turn.take(recovery)
        started.resume(returning: sockets.endpoints)
        var poller = Poller()
        _ = poller.add(sockets.clients)
        _ = poller.add(sockets.workers)
        let wakeup = poller.add(inbox.wakeup)
        var nextTick = clock.now
        var turnStart = clock.now
        do {
            while true {
                try poller.wait(sockets.hasBacklog ? .zero : tickInterval)
                if clock.now - turnStart > absence { turn.perform(.awoken) }
                turnStart = clock.now
                // Whatever has nothing costs a call of the system to find that out again.
                if poller.isReadable(wakeup) {
                    let left = inbox.take()
                    if left.isStopped { return turn.close() }
                    for event in left.events { turn.perform(event) }
                }
                turn.receive()
                if clock.now >= nextTick {
                    turn.tick()
                    nextTick = clock.now + tickInterval
                }
                turn.finish()
                sockets.flush()
            }
        } catch {
            notices.yield(.report("the front's sockets failed: \(error)"))
        }
    }
}
