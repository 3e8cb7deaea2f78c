import Wire

/// One part of a request.
struct PartKey: Hashable, Sendable {
    let request: RequestID
    let part: Int
}
