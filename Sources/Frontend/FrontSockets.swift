import Messaging
import Wire

/// The two sockets of the front, owned by its thread.
struct FrontSockets: ~Copyable {
    let clients: RouterSocket
    let workers: RouterSocket
    /// As bound.
    let endpoints: FrontLoop.Endpoints

    init(_ context: Context, _ endpoints: FrontLoop.Endpoints) throws(MessagingError) {
        var options = SocketOptions(frameByteLimit: Int64(ClientVerb.frameLimit))
        // The last words to clients and workers still leave when the front ends.
        options.linger = .seconds(1)
        let clients = try RouterSocket(context, options)
        options.frameByteLimit = Int64(WorkerReport.frameLimit)
        let workers = try RouterSocket(context, options)
        self.endpoints = FrontLoop.Endpoints(
            clients: try clients.bind(endpoints.clients),
            workers: try workers.bind(endpoints.workers))
        self.clients = clients
        self.workers = workers
    }
}
