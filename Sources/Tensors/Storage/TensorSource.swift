/// A tensor to be written: what it is, and how it is made when its turn comes.
struct TensorSource {
    let name: String
    let dtype: DType
    let shape: [Int]
    let byteCount: Int
    let make: () throws(TensorError) -> Tensor

    /// - Throws: for shapes that are empty, not countable or not whole blocks.
    init(
        name: String, dtype: DType, shape: [Int], make: @escaping () throws(TensorError) -> Tensor
    ) throws(TensorError) {
        guard !shape.contains(0), let elements = Tensor.elementCount(of: shape),
            (shape.last ?? 1).isMultiple(of: dtype.blockElementCount),
            let byteCount = dtype.byteCount(of: elements)
        else {
            throw TensorError(
                .mismatch,
                "tensor \(name.quoted): the shape \(shape) of \(dtype.rawValue) cannot be written")
        }
        self.name = name
        self.dtype = dtype
        self.shape = shape
        self.byteCount = byteCount
        self.make = make
    }

    /// Makes the tensor and writes its bytes.
    ///
    /// - Throws: when it is not what was announced, or cannot be written.
    func write(to file: borrowing AtomicFile) throws(TensorError) {
        let tensor = try make()
        guard tensor.dtype == dtype, tensor.shape == shape else {
            throw TensorError(
                .mismatch,
                "tensor \(name.quoted): made as \(tensor.dtype.rawValue) \(tensor.shape), announced as \(dtype.rawValue) \(shape)"
            )
        }
        try unsafe tensor.withUnsafeBytes { bytes throws(TensorError) in
            try unsafe file.write(bytes)
        }
    }
}
