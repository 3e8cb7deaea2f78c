/// The element type of a tensor, plain or in blocks.
///
/// Plain types are little-endian. Block types are ggml's: a run of `blockElementCount` consecutive elements of a row is
/// stored as `blockByteCount` bytes of scales and codes. `DType+Row` has what is known of each.
public enum DType: String, Sendable, CaseIterable {
    case f64, f32, f16, bf16
    case i64, i32, i16, i8
    case u64, u32, u16, u8
    case bool
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q8_0, q4_0, q4_1, q5_0, q5_1, q2_K, q3_K, q4_K, q5_K, q6_K
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case iq1_s, iq1_m, iq2_xxs, iq2_xs, iq2_s, iq3_xxs, iq3_s, iq4_nl, iq4_xs
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case tq1_0, tq2_0, mxfp4, nvfp4

    /// Elements stored together: 1 for plain types.
    public var blockElementCount: Int { row.blocks?.elementCount ?? 1 }

    /// Bytes of one block, or of one element of a plain type.
    public var blockByteCount: Int { row.byteCount }

    /// Whether the values are real numbers that `Tensor.floats()` can give.
    public var isReal: Bool { row.isReal }

    /// How blocks are made; nil for plain types.
    public var blocks: BlockFormat? { row.blocks }

    /// ggml's number of the type; nil for types that it does not have.
    var ggmlNumber: UInt32? { row.ggml }

    /// The name in a safetensors header; nil for types that the format does not have.
    var safetensorsName: String? { row.safetensors }

    /// Bytes of `elements` elements; nil when they are negative, not whole blocks, or too many to count.
    public func byteCount(of elements: Int) -> Int? {
        guard elements >= 0, elements.isMultiple(of: blockElementCount) else { return nil }
        let (bytes, overflow) =
            (elements / blockElementCount).multipliedReportingOverflow(by: blockByteCount)
        return overflow ? nil : bytes
    }
}
