import FuseboxClient
import Hummingbird
import HummingbirdCore
package import Logging
import Messaging
import NIOCore

/// An HTTP server in front of a service: OpenAI's API, and what shows which adapters answered.
///
/// It keeps nothing: requests live at the service, of which it is one client.
package struct Gateway: Sendable {
    private let settings: GatewaySettings
    private let keys: KeyRing?
    private let logger: Logger

    /// - Throws: `GatewayFailure` for an address that others reach without keys, and for a file of keys that is wrong.
    package init(_ settings: GatewaySettings, logger: Logger) throws(GatewayFailure) {
        guard settings.isLoopback || settings.keyFile != nil else {
            throw GatewayFailure(
                "\(settings.host) is reached from elsewhere: give --api-keys FILE (fusebox keys new makes one), or an address of this machine alone"
            )
        }
        self.settings = settings
        self.logger = logger
        keys = try settings.keyFile.map { path throws(GatewayFailure) in try KeyRing(path: path) }
    }

    /// Serves until SIGTERM or SIGINT, then lets running replies end.
    ///
    /// - Parameter onReady: told the port once it is bound.
    package func run(onReady: @escaping @Sendable (Int) -> Void) async throws {
        let client: FuseboxClient
        do throws(ClientError) {
            client = try FuseboxClient(
                endpoint: settings.service, configuration: Self.clientConfiguration)
        } catch {
            throw GatewayFailure(error.message)
        }
        let metrics = Metrics()
        let turns = KeyTurns()
        let feed = SnapshotFeed(client: client, settings: settings, metrics: metrics)
        let responder = GatewayResponder(
            endpoints: Endpoints(
                generation: GenerationEndpoint(
                    client: client, feed: feed, metrics: metrics, turns: turns),
                adapters: AdapterEndpoints(
                    client: client, feed: feed, metrics: metrics,
                    allowsChanges: settings.allowsAdapterChanges, turns: turns),
                client: client, feed: feed, metrics: metrics),
            originCheck: OriginCheck(settings), keys: keys, metrics: metrics)
        var application = Application(
            responder: responder, server: .http1(configuration: Self.channelConfiguration),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                serverName: "fusebox-http",
                backlog: 1024,
                availableConnectionsDelegate: .maximum(
                    Self.connectionLimit, logger: logger)),
            services: [feed],
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? settings.port) },
            logger: logger)
        application.beforeServerStarts { await feed.prepare() }
        defer { client.shutDown() }
        try await application.runService()
    }

    /// Connections that there are descriptors for.
    private static var connectionLimit: Int {
        max(
            16,
            min(
                DescriptorLimit.raise() - GatewaySettings.reservedDescriptors,
                GatewaySettings.connectionLimit))
    }

    private static var clientConfiguration: ClientConfiguration {
        var configuration = ClientConfiguration()
        // Whoever asked decides whether to try again.
        configuration.busyTimeout = .zero
        configuration.window = GatewaySettings.window
        // Replies are closed one by one: some are kept.
        configuration.keepsReplies = true
        return configuration
    }

    private static var channelConfiguration: HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionWatch()],
            idleTimeout: .init(GatewaySettings.idleTime),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: GatewaySettings.headerByteLimit,
                maxHeaderListSize: GatewaySettings.headerByteLimit,
                maxHeaderFieldCount: GatewaySettings.headerLimit))
    }
}
