extension DType {
    /// Converts whole blocks to floats; `bytes` holds exactly those of `output.count` elements.
    func dequantize(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<Float>)
    {
        guard let source = bytes.baseAddress, let target = output.baseAddress else { return }
        let blockCount = output.count / blockElementCount
        switch self {
        case .f32: unsafe UnsafeMutableRawBufferPointer(output).copyMemory(from: bytes)
        case .f16: unsafe HalfPrecision.widenF16(source, into: target, count: output.count)
        case .bf16: unsafe HalfPrecision.widenBF16(source, into: target, count: output.count)
        case .f64:
            for index in 0..<output.count {
                unsafe target[index] = Float(
                    source.loadUnaligned(fromByteOffset: 8 &* index, as: Double.self))
            }
        case .q8_0: unsafe BlocksOf32.dequantizeQ8(source, into: target, blockCount: blockCount)
        case .q4_0: unsafe BlocksOf32.dequantizeQ4(source, into: target, blockCount: blockCount)
        case .q5_0: unsafe BlocksOf32.dequantizeQ5(source, into: target, blockCount: blockCount)
        case .q4_K: unsafe BlocksOf256.dequantizeQ4(source, into: target, blockCount: blockCount)
        case .q5_K: unsafe BlocksOf256.dequantizeQ5(source, into: target, blockCount: blockCount)
        case .q6_K: unsafe BlocksOf256.dequantizeQ6(source, into: target, blockCount: blockCount)
        case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool:
            preconditionFailure("\(rawValue) cannot be converted to floats")
        }
    }
}
