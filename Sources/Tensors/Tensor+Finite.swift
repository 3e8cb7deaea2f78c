extension Tensor {
    /// Whether every value is a number and finite; of block types, whether every scale is.
    ///
    /// Reads the whole tensor. Integers always are.
    public func isFinite() -> Bool {
        unsafe withUnsafeBytes { bytes in
            switch dtype {
            case .f64:
                unsafe Self.isFinite(
                    bytes, at: 0, every: 8, exponent: 0x7FF0_0000_0000_0000 as UInt64)
            case .f32: unsafe Self.isFinite(bytes, at: 0, every: 4, exponent: 0x7F80_0000 as UInt32)
            case .bf16: unsafe Self.isFinite(bytes, at: 0, every: 2, exponent: 0x7F80 as UInt16)
            default:
                dtype.halfOffsets.allSatisfy { offset in
                    unsafe Self.isFinite(
                        bytes, at: offset, every: dtype.blockByteCount, exponent: 0x7C00 as UInt16)
                }
            }
        }
    }

    /// Whether none of the numbers at `offset` and every `size` bytes on has all bits of its exponent set.
    @inline(__always)
    private static func isFinite<Bits: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, every size: Int, exponent: Bits
    ) -> Bool {
        var count = 0
        for index in 0..<bytes.count / size {
            let bits = unsafe bytes.loadUnaligned(
                fromByteOffset: index &* size &+ offset, as: Bits.self)
            count &+= bits & exponent == exponent ? 1 : 0
        }
        return count == 0
    }
}

extension DType {
    /// Where the half-precision numbers of a block are; integer types have none.
    fileprivate var halfOffsets: [Int] {
        switch self {
        case .f16, .q8_0, .q4_0, .q5_0: [0]
        case .q4_K, .q5_K: [0, 2]
        case .q6_K: [208]
        case .f64, .f32, .bf16, .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool: []
        }
    }
}
