/// Where a message came from, or where one goes: a name that the transport chose and alone can read.
///
/// It is new with each connection, and no proof of who is there.
public struct Address: Hashable, Sendable {
    public let name: [UInt8]

    public init(name: [UInt8]) {
        self.name = name
    }
}
