public import FoundationEssentials

/// What the front calls a process that it started: random, so that no other process can be taken for it.
public struct WorkerIdentity: Hashable, Sendable, CustomStringConvertible {
    static let byteCount = 16

    public let bytes: [UInt8]

    public init?(_ bytes: Data) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    /// Reads what `description` writes.
    public init?(hexadecimal text: String) {
        let digits = text.compactMap(\.hexDigitValue)
        guard text.utf8.count == 2 * Self.byteCount, digits.count == text.utf8.count else {
            return nil
        }
        bytes = (0..<Self.byteCount).map { UInt8(digits[2 * $0] << 4 | digits[2 * $0 + 1]) }
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    public static func random() -> WorkerIdentity {
        var generator = SystemRandomNumberGenerator()
        return WorkerIdentity(
            bytes: (0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    /// Hexadecimal, as `fusebox worker --identity` takes it.
    public var description: String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
