public import Wire

/// Keeps nothing: what was accepted lives and dies with its front.
public struct VolatileEngine: DispatchEngine {
    public init() {}

    public var place: String? { nil }

    public mutating func watch() -> Recovery { Recovery() }

    public mutating func find(_ request: RequestID) -> Recollection? { nil }

    public mutating func list(limit: Int) -> RequestList { RequestList() }

    public mutating func commit(_ operations: [DispatchOperation], durability: Durability) {}

    public mutating func expire(
        endedBefore moment: Int64, unwantedBefore unwanted: Int64
    ) -> Bool { false }
}
