import NIOCore

/// How a gateway is set up.
package struct GatewaySettings: Sendable {
    /// Where the service's front listens for clients.
    package var service: String
    package var host = "127.0.0.1"
    package var port = 8000
    /// A file of hashed keys; without one everybody who reaches the address is served.
    package var keyFile: String?
    /// Model names that stand for a selection.
    package var aliases: [String: String] = [:]
    /// Whether whoever is served may change the service's adapters.
    package var allowsAdapterChanges = false
    /// Names under which browsers may reach it, besides those of this machine.
    package var hosts: [String] = []

    package init(service: String) {
        self.service = service
    }

    /// Bytes of a request's body.
    static let bodyLimit = 8 << 20
    /// How long a body may take to come.
    static let bodyTime: Duration = .seconds(30)
    /// How long a request's head may take to come, from its first byte.
    static let headTime: Duration = .seconds(10)
    /// How long a connection may be without a request.
    static let idleTime: Duration = .seconds(75)
    /// Bytes of all headers, and of one.
    static let headerByteLimit = 32 << 10
    static let headerLimit = 128
    /// Connections at once, fewer where descriptors are short.
    static let connectionLimit = 4096
    /// Descriptors that are kept from clients: event loops, the service's connection, files.
    static let reservedDescriptors = 64
    /// Chunks of a reply that may be on their way to a client.
    static let window: UInt32 = 32
    /// What the system may hold for a client that does not read.
    static let sendBufferSize: Int32 = 64 << 10
    /// Bytes that wait for the system: beyond `high` nothing more is taken until fewer than `low` are left.
    static let writeBuffer = ChannelOptions.Types.WriteBufferWaterMark(low: 4 << 10, high: 8 << 10)

    /// Whether only this machine reaches the address.
    var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}
