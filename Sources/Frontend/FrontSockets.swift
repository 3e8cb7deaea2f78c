import Messaging
import Wire

/// The two sockets of the front, owned by its thread.
struct FrontSockets {
    /// Bytes that may wait for a worker: orders carry prompts, and it reads only between steps.
    private static let workerOutputLimit = 32 << 20
    /// Connections of workers at a time, wherever they run.
    private static let workerLimit = ServeSettings.countLimit + 64

    let clients: RouterSocket
    let workers: RouterSocket
    /// As bound.
    let endpoints: FrontLoop.Endpoints

    /// - Parameter clientLimit: connections of clients at a time.
    init(_ endpoints: FrontLoop.Endpoints, clientLimit: Int) throws(MessagingError) {
        var options = RouterOptions(frameByteLimit: Frames.clientLimit)
        options.connectionLimit = clientLimit
        // The last words to clients and workers still leave when the front ends.
        options.linger = .seconds(1)
        clients = try RouterSocket(options)
        options.frameByteLimit = Frames.serviceLimit
        options.connectionLimit = Self.workerLimit
        options.outputByteLimit = Self.workerOutputLimit
        workers = try RouterSocket(options)
        self.endpoints = FrontLoop.Endpoints(
            clients: try clients.bind(endpoints.clients),
            workers: try workers.bind(endpoints.workers))
    }

    /// Whether something is there that no descriptor tells of.
    var hasBacklog: Bool { clients.hasBacklog || workers.hasBacklog }

    func flush() {
        workers.flush()
        clients.flush()
    }

    func close() {
        clients.close()
        workers.close()
    }
}
