/// What became of an adapter since the engine was made.
public struct AdapterFigures: Sendable, Hashable {
    /// Whether its weights are in memory.
    public internal(set) var isResident = false
    /// How often its weights were loaded on demand, and given up for others.
    public internal(set) var loadCount = 0
    public internal(set) var evictionCount = 0
    /// Turns of sequences that it had a part in.
    public internal(set) var useCount = 0
    /// What the last load took.
    public internal(set) var loadSeconds = 0.0

    public init() {}
}
