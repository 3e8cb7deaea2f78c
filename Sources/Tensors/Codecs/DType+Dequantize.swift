extension DType {
    /// Converts whole blocks to floats; `bytes` holds exactly those of `output.count` elements.
    func dequantize(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<Float>)
    {
        guard let source = bytes.baseAddress, let target = output.baseAddress else { return }
        if let blocks { return unsafe blocks.dequantize(source, into: target, count: output.count) }
        switch self {
        case .f32: unsafe UnsafeMutableRawBufferPointer(output).copyMemory(from: bytes)
        case .f16: unsafe HalfPrecision.widenF16(source, into: target, count: output.count)
        case .bf16: unsafe HalfPrecision.widenBF16(source, into: target, count: output.count)
        case .f64:
            for index in 0..<output.count {
                unsafe target[index] = Float(
                    source.loadUnaligned(fromByteOffset: 8 &* index, as: Double.self))
            }
        default: preconditionFailure("\(rawValue) cannot be converted to floats")
        }
    }
}
