/// The memory that the engines of a machine may take together, and how many they are.
public struct MemoryShare: Sendable, Equatable {
    /// Bytes that were left before any of them loaded its weights.
    public let byteCount: Int
    public let engineCount: Int

    /// What one engine may take for adapters at least.
    private static let leastForAdapters = 64 << 20

    /// Room for a conversation or two in any case: where memory is that short, the system decides who gets it.
    private static let least = 256 << 20

    public init(byteCount: Int, engineCount: Int = 1) {
        self.byteCount = byteCount
        self.engineCount = max(engineCount, 1)
    }

    /// Bytes that one engine may take for keys and values: its part of three quarters of what the weights leave.
    ///
    /// - Parameters:
    ///   - weightByteCount: of one copy of the weights.
    ///   - isShared: whether all engines map the same copy.
    public func cacheByteCount(weightByteCount: Int, isShared: Bool) -> Int {
        let rest = rest(weightByteCount: weightByteCount, isShared: isShared)
        return max(rest / 4 * 3 / engineCount, Self.least)
    }

    /// Bytes that one engine may take for adapters: its part of half of what keys and values leave.
    public func adapterByteCount(weightByteCount: Int, isShared: Bool) -> Int {
        let rest = rest(weightByteCount: weightByteCount, isShared: isShared)
        return max(rest / 8 / engineCount, Self.leastForAdapters)
    }

    /// What the weights leave.
    private func rest(weightByteCount: Int, isShared: Bool) -> Int {
        let (weights, overflow) = weightByteCount.multipliedReportingOverflow(
            by: isShared ? 1 : engineCount)
        return overflow ? 0 : max(byteCount - weights, 0)
    }
}
