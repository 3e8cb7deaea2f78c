/// The element type of a tensor, plain or in blocks.
///
/// Plain types are little-endian. Block types are ggml's: a run of `blockElementCount` consecutive elements of a row is
/// stored as `blockByteCount` bytes of scales and codes.
public enum DType: String, Sendable, CaseIterable {
    case f64, f32, f16, bf16
    case i64, i32, i16, i8
    case u64, u32, u16, u8
    case bool
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q8_0, q4_0, q5_0, q4_K, q5_K, q6_K

    /// Elements stored together: 1 for plain types.
    public var blockElementCount: Int {
        switch self {
        case .q8_0, .q4_0, .q5_0: 32
        case .q4_K, .q5_K, .q6_K: 256
        default: 1
        }
    }

    /// Bytes of one block, or of one element of a plain type.
    public var blockByteCount: Int {
        switch self {
        case .f64, .i64, .u64: 8
        case .f32, .i32, .u32: 4
        case .f16, .bf16, .i16, .u16: 2
        case .i8, .u8, .bool: 1
        case .q8_0: 34
        case .q4_0: 18
        case .q5_0: 22
        case .q4_K: 144
        case .q5_K: 176
        case .q6_K: 210
        }
    }

    /// Whether the values are real numbers that `Tensor.floats()` can give.
    public var isReal: Bool {
        switch self {
        case .f64, .f32, .f16, .bf16, .q8_0, .q4_0, .q5_0, .q4_K, .q5_K, .q6_K: true
        case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool: false
        }
    }

    /// Bytes of `elements` elements; nil when they are negative, not whole blocks, or too many to count.
    public func byteCount(of elements: Int) -> Int? {
        guard elements >= 0, elements.isMultiple(of: blockElementCount) else { return nil }
        let (bytes, overflow) =
            (elements / blockElementCount).multipliedReportingOverflow(by: blockByteCount)
        return overflow ? nil : bytes
    }
}
