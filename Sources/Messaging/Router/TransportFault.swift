/// Why a router cuts a connection: its peer broke the transport's rules or a bound.
public enum TransportFault: Error, Hashable, Sendable {
    /// The first bytes are not ZMTP 3's, or the peer wants another security mechanism than NULL.
    case foreign
    /// The peer's kind of socket does not talk to a router.
    case wrongSocketType
    /// A frame or command that the protocol does not have.
    case malformed
    /// A frame, or all frames of a message, over the byte limit.
    case oversized
    /// The handshake, or a message that was begun, was not finished in time.
    case late
    /// All connections together held more than the router's limit, and this one the most.
    case memory
}
