/// Where a socket finds a peer: opaque bytes, valid for one connection, never proof of who it is.
public struct PeerAddress: Hashable, Sendable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}
