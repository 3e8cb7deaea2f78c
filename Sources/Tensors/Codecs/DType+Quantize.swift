extension DType {
    /// The types that `Tensor.converted(to:)` can make.
    public var isWritable: Bool {
        switch self {
        case .f32, .f16, .bf16, .q8_0, .q4_0: true
        default: false
        }
    }

    /// Converts whole blocks of floats; `output` takes exactly the bytes of `values.count` elements.
    ///
    /// False when a block type meets a value that is not finite or a scale beyond half precision.
    func quantize(_ values: UnsafeBufferPointer<Float>, into output: UnsafeMutableRawBufferPointer)
        -> Bool
    {
        guard let source = values.baseAddress, let target = output.baseAddress else { return true }
        switch self {
        case .f32: unsafe output.copyMemory(from: UnsafeRawBufferPointer(values))
        case .f16: unsafe HalfPrecision.narrowF16(source, into: target, count: values.count)
        case .bf16: unsafe HalfPrecision.narrowBF16(source, into: target, count: values.count)
        case .q8_0:
            return unsafe BlocksOf32.quantizeQ8(source, into: target, blockCount: values.count / 32)
        case .q4_0:
            return unsafe BlocksOf32.quantizeQ4(source, into: target, blockCount: values.count / 32)
        default: preconditionFailure("\(rawValue) cannot be written")
        }
        return true
    }
}
