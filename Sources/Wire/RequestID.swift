public import FoundationEssentials

/// The 16 bytes, not all zero, by which a client names a request.
public struct RequestID: Hashable, Sendable, CustomStringConvertible {
    public static let byteCount = 16

    /// What a message without a valid id reports.
    public static let none = RequestID(high: 0, low: 0)

    private let high: UInt64
    private let low: UInt64

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Takes 16 bytes that are not all zero; nil otherwise.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words: (high: UInt64, low: UInt64) = (0, 0)
        for byte in bytes {
            words = (words.high << 8 | words.low >> 56, words.low << 8 | UInt64(byte))
        }
        (high, low) = words
        guard self != .none else { return nil }
    }

    /// Reads 32 hexadecimal digits.
    public init?(_ hexadecimal: some StringProtocol) {
        let digits = hexadecimal.compactMap(\.hexDigitValue)
        guard digits.count == 32, hexadecimal.utf8.count == 32 else { return nil }
        self.init(bytes: (0..<16).map { UInt8(digits[2 * $0] << 4 | digits[2 * $0 + 1]) })
    }

    /// A new id from the system's source of randomness.
    public static func random() -> RequestID {
        var generator = SystemRandomNumberGenerator()
        return RequestID(high: generator.next(), low: generator.next() | 1)
    }

    /// The 16 bytes, in the order in which they travel.
    public var bytes: [UInt8] {
        (0..<UInt64(Self.byteCount)).map { index in
            UInt8(truncatingIfNeeded: (index < 8 ? high : low) >> (56 - 8 * (index % 8)))
        }
    }

    /// The bytes as a message's field holds them.
    public var data: Data { Data(bytes) }

    /// 32 lowercase hexadecimal digits.
    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// A message that belongs to a request.
public protocol RequestMessage: WireMessage {
    var request: Data { get set }
}

extension RequestMessage {
    /// The request's id; `.none` where the field does not hold one.
    public var requestID: RequestID {
        get { RequestID(bytes: request) ?? .none }
        set { request = newValue.data }
    }
}
