extension Tensor {
    /// The same values as another type, rounded to the nearest; in memory, unless the type is the same.
    ///
    /// - Throws: for types that cannot be written (`DType.isWritable`), rows that are not whole blocks, and block types of
    ///   values that are not finite or whose scale exceeds half precision.
    public func converted(to type: DType) throws(TensorError) -> Tensor {
        guard type != dtype else { return self }
        guard dtype.isReal, type.isWritable else {
            throw TensorError(
                .unsupported,
                "tensor \(name.quoted): \(dtype.rawValue) cannot be converted to \(type.rawValue)")
        }
        guard (shape.last ?? 1).isMultiple(of: type.blockElementCount),
            let byteCount = type.byteCount(of: elementCount)
        else {
            throw TensorError(
                .mismatch,
                "tensor \(name.quoted): rows of the shape \(shape) are no whole blocks of \(type.blockElementCount) elements, which \(type.rawValue) needs"
            )
        }
        let output = AlignedBuffer<UInt8>(count: byteCount)
        // A multiple of every block, small enough for the cache.
        let run = AlignedBuffer<Float>(count: min(elementCount, 8192))
        var start = 0
        while start < elementCount {
            let count = min(run.count, elementCount - start)
            let isDone = unsafe run.withUnsafeMutableBufferPointer { values in
                let values = unsafe UnsafeMutableBufferPointer(rebasing: values[..<count])
                unsafe dequantize(from: start, into: values)
                return unsafe output.withUnsafeMutableBufferPointer { bytes in
                    let begin = start / type.blockElementCount * type.blockByteCount
                    let size = count / type.blockElementCount * type.blockByteCount
                    let target = unsafe UnsafeMutableRawBufferPointer(bytes)[begin..<begin + size]
                    return unsafe type.quantize(
                        UnsafeBufferPointer(values),
                        into: UnsafeMutableRawBufferPointer(rebasing: target))
                }
            }
            guard isDone else {
                throw TensorError(
                    .malformed,
                    "tensor \(name.quoted): near element \(start) a value is not finite, or too large for \(type.rawValue)"
                )
            }
            start += count
        }
        return try Tensor(name: name, dtype: type, shape: shape, storage: .copied(output))
    }
}
