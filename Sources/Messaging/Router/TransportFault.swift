/// How a peer breaks the transport's rules or a bound of a message, for which its connection is cut.
enum TransportFault: Error, Hashable {
    /// The first bytes are not ZMTP 3's, or the peer wants another security mechanism than NULL.
    case foreign
    /// The peer's kind of socket does not talk to a router.
    case wrongSocketType
    /// A frame or command that the protocol does not have.
    case malformed
    /// A frame, or all frames of a message, over the byte limit.
    case oversized
}
