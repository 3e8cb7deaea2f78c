extension Tensor {
    /// Whether every value is a number and finite; of block types, whether every scale is.
    ///
    /// Reads the whole tensor. Integers always are.
    public func isFinite() -> Bool {
        unsafe withUnsafeBytes { unsafe dtype.isFinite($0) }
    }
}

extension DType {
    /// Whether every value, or every scale of whole blocks, is a number and finite; integers always are.
    public func isFinite(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if let blocks { return unsafe blocks.isFinite(bytes) }
        switch self {
        case .f64: return unsafe Self.isFinite(bytes, exponent: 0x7FF0_0000_0000_0000 as UInt64)
        case .f32: return unsafe Self.isFinite(bytes, exponent: 0x7F80_0000 as UInt32)
        case .bf16: return unsafe Self.isFinite(bytes, exponent: 0x7F80 as UInt16)
        case .f16: return unsafe Self.isFinite(bytes, exponent: 0x7C00 as UInt16)
        default: return true
        }
    }

    /// Whether no number has all bits of its exponent set.
    @inline(__always)
    private static func isFinite<Bits: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, exponent: Bits
    ) -> Bool {
        let size = MemoryLayout<Bits>.size
        var count = 0
        for index in 0..<bytes.count / size {
            let bits = unsafe bytes.loadUnaligned(fromByteOffset: index &* size, as: Bits.self)
            count &+= bits & exponent == exponent ? 1 : 0
        }
        return count == 0
    }
}

extension BlockFormat {
    fileprivate func isFinite(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let row = bytes.baseAddress else { return true }
        let codes = AlignedBuffer<Int8>(count: Self.runLength)
        let runs = bytes.count / byteCount * (elementCount / Self.runLength)
        return (0..<runs).allSatisfy {
            unsafe decodeRun($0, of: row, into: codes.pointer).isFinite
        }
    }
}
