public import Wire

/// One part of a request.
public struct PartKey: Hashable, Sendable {
    public let request: RequestID
    public let part: Int

    public init(request: RequestID, part: Int) {
        self.request = request
        self.part = part
    }
}
