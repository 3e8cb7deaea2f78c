import FuseboxClient
import Hummingbird
import Logging
import Messaging
import NIOCore

/// What a request is answered with besides its own content.
struct GatewayContext: InitializableFromSource, Sendable {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
    }

    /// Runs tasks on the connection's thread, so that what is on its way to the socket changes threads once.
    var loopExecutor: LoopExecutor {
        let loop = channel.eventLoop
        return LoopExecutor { loop.execute($0) }
    }

    /// The watch of the request's connection.
    func watch() async throws -> ConnectionWatch {
        try await channel.pipeline.handler(type: ConnectionWatch.self).get()
    }

    /// Ends the connection in a while, whatever is still sent on it.
    ///
    /// At once would lose the response: the kernel answers unread bytes with a reset.
    func closeSoon() {
        channel.eventLoop.scheduleTask(in: .seconds(2)) { [channel] in
            channel.close(promise: nil)
        }
    }
}
