/// A named array of numbers, row-major, read-only, inside a file or in memory.
public struct Tensor: Sendable {
    public let name: String
    public let dtype: DType
    /// The sizes of the dimensions, slowest first: `[rows, columns]` for a matrix.
    public let shape: [Int]
    /// The product of the shape.
    public let elementCount: Int
    public let byteCount: Int
    private let storage: FileBytes
    private let offset: Int

    /// A tensor that starts `offset` bytes into some storage.
    ///
    /// - Throws: when the shape is not countable, not whole blocks of the type, or reaches beyond the storage.
    public init(
        name: String, dtype: DType, shape: [Int], storage: FileBytes, offset: Int = 0
    ) throws(TensorError) {
        guard let elementCount = Self.elementCount(of: shape),
            (shape.last ?? 1).isMultiple(of: dtype.blockElementCount),
            let byteCount = dtype.byteCount(of: elementCount)
        else {
            throw TensorError(
                .malformed,
                "tensor \(name.quoted): the shape \(shape) is impossible for \(dtype.rawValue)")
        }
        guard offset >= 0, offset <= storage.count, byteCount <= storage.count - offset else {
            throw TensorError(
                .malformed,
                "tensor \(name.quoted): \(byteCount) bytes at \(offset) reach beyond the \(storage.count) there are"
            )
        }
        self.name = name
        self.dtype = dtype
        self.shape = shape
        self.elementCount = elementCount
        self.byteCount = byteCount
        self.storage = storage
        self.offset = offset
    }

    /// An `f32` tensor of values in memory.
    public init(name: String, shape: [Int], floats: [Float]) throws(TensorError) {
        let storage = AlignedBuffer<UInt8>(count: floats.count * MemoryLayout<Float>.stride)
        unsafe floats.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(start: storage.pointer, count: storage.count)
                .copyMemory(from: source)
        }
        try self.init(name: name, dtype: .f32, shape: shape, filling: .copied(storage))
    }

    /// A tensor of bytes in memory, which the shape has to use up.
    public init(name: String, dtype: DType, shape: [Int], bytes: [UInt8]) throws(TensorError) {
        try self.init(name: name, dtype: dtype, shape: shape, filling: FileBytes(bytes))
    }

    private init(name: String, dtype: DType, shape: [Int], filling storage: FileBytes)
        throws(TensorError)
    {
        try self.init(name: name, dtype: dtype, shape: shape, storage: storage)
        guard byteCount == storage.count else {
            throw TensorError(
                .mismatch,
                "tensor \(name.quoted): the shape \(shape) of \(dtype.rawValue) takes \(byteCount) bytes, given are \(storage.count)"
            )
        }
    }

    /// The product of the sizes; nil when one is negative or the product too large to count.
    static func elementCount(of shape: [Int]) -> Int? {
        var product = 1
        for size in shape {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else { return nil }
            product = next
        }
        return product
    }

    /// The same values under another name.
    public func renamed(_ name: String) -> Tensor {
        Tensor(copying: self, name: name)
    }

    /// Some rows of a matrix under a name, without a copy.
    ///
    /// - Throws: when this is no matrix or has no such rows.
    public func rows(_ rows: Range<Int>, name: String) throws(TensorError) -> Tensor {
        guard shape.count == 2, rows.lowerBound >= 0, rows.upperBound <= shape[0] else {
            throw TensorError(
                .mismatch, "tensor \(self.name.quoted): the shape \(shape) has no rows \(rows)")
        }
        let rowBytes = shape[0] > 0 ? byteCount / shape[0] : 0
        return try Tensor(
            name: name, dtype: dtype, shape: [rows.count, shape[1]], storage: storage,
            offset: offset + rows.lowerBound * rowBytes)
    }

    private init(copying other: Tensor, name: String) {
        self.name = name
        dtype = other.dtype
        shape = other.shape
        elementCount = other.elementCount
        byteCount = other.byteCount
        storage = other.storage
        offset = other.offset
    }

    /// The stored bytes, which may start at any address: load unaligned.
    public func withUnsafeBytes<R, E>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try unsafe storage.withUnsafeBytes { bytes throws(E) in
            try unsafe body(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + byteCount]))
        }
    }
}
