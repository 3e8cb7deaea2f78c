extension Tensor {
    /// All values as 32-bit floats, row-major.
    ///
    /// - Throws: for integer types, which are no weights.
    public func floats() throws(TensorError) -> [Float] {
        guard dtype.isReal else {
            throw TensorError(
                .unsupported,
                "tensor \(name.quoted): holds \(dtype.rawValue), where real numbers are expected")
        }
        return unsafe [Float](unsafeUninitializedCapacity: elementCount) { buffer, count in
            unsafe dequantize(
                from: 0, into: UnsafeMutableBufferPointer(rebasing: buffer[..<elementCount]))
            count = elementCount
        }
    }

    /// The values of `output.count` elements from `element` on, both whole blocks.
    ///
    /// The type has to be real and the run inside the tensor; anything else traps.
    public func dequantize(from element: Int, into output: UnsafeMutableBufferPointer<Float>) {
        let block = dtype.blockElementCount
        precondition(dtype.isReal, "\(dtype.rawValue) tensors hold no real numbers")
        precondition(
            element >= 0 && element <= elementCount && output.count <= elementCount - element)
        precondition(element.isMultiple(of: block) && output.count.isMultiple(of: block))
        unsafe withUnsafeBytes { bytes in
            let start = element / block * dtype.blockByteCount
            let count = output.count / block * dtype.blockByteCount
            unsafe dtype.dequantize(
                UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]), into: output)
        }
    }
}
