extension Tensor {
    /// Whether two tensors of the same shape hold the same values, whatever their types; a row at a time.
    public func holdsTheSame(as other: Tensor) -> Bool {
        guard shape == other.shape, dtype.isReal, other.dtype.isReal else { return false }
        let rowCount = shape.count > 1 ? shape[0] : 1
        let width = rowCount > 0 ? elementCount / rowCount : 0
        let left = AlignedBuffer<Float>(count: width)
        let right = AlignedBuffer<Float>(count: width)
        return (0..<rowCount).allSatisfy { row in
            unsafe left.withUnsafeMutableBufferPointer { left in
                unsafe right.withUnsafeMutableBufferPointer { right in
                    unsafe dequantize(from: row * width, into: left)
                    unsafe other.dequantize(from: row * width, into: right)
                    return unsafe left.elementsEqual(right)
                }
            }
        }
    }
}
