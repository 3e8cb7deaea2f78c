/// A number of bytes as people write it: `1048576`, `512M` or `4G`, in powers of 1024.
public struct ByteCount: Sendable, Equatable {
    public let bytes: Int

    /// Reads a whole number that K, M, G or T may follow; nil for anything else, negative or too large numbers included.
    public init?(_ text: some StringProtocol) {
        let unit = text.last?.uppercased() ?? ""
        let power = ["K", "M", "G", "T"].firstIndex(of: unit).map { $0 + 1 }
        let digits = power == nil ? text[...] : text.dropLast()
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let count = Int(digits) else {
            return nil
        }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: 1 << (10 * (power ?? 0)))
        guard !overflow else { return nil }
        self.bytes = bytes
    }
}
