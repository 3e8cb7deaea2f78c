/// A tensor of 4-bit normal floats, in blocks over the flattened values, as bitsandbytes stores QLoRA's base models.
public struct NF4Tensor: Sendable {
    public let name: String
    /// The sizes of the dimensions, slowest first; rows need not be whole blocks.
    public let shape: [Int]
    /// The product of the shape.
    public let elementCount: Int
    /// Values that share a scale.
    public let blockSize: Int
    /// The type that the values were quantized from; bitsandbytes rounds to it what it dequantizes.
    public let sourceType: DType
    /// The packed codes, two a byte, the first in the high four bits.
    public let codes: Tensor
    /// The scale of each block.
    public let absmax: [Float]
    /// How the scales are stored; nil when as they are.
    public let doubleQuantization: DoubleQuantization?

    /// The 16 levels that the codes stand for, ascending.
    public static let levels = NF4Codec.levels

    /// The scales' own quantization.
    ///
    ///     absmax[i] = map[codes[i]] * absmax2[i / blockSize] + offset
    public struct DoubleQuantization: Sendable, Equatable {
        public let codes: [UInt8]
        public let absmax: [Float]
        /// 256 values, ascending.
        public let map: [Float]
        public let offset: Float
        public let blockSize: Int

        /// The scales, product and sum each rounded.
        func scales() -> [Float] {
            codes.indices.map { map[Int(codes[$0])] * absmax[$0 / blockSize] + offset }
        }
    }

    /// Quantizes values in blocks of 64, to the nearest level.
    ///
    /// - Parameters:
    ///   - values: The flattened values, row-major.
    ///   - doubleQuantization: Whether the scales, less their mean, are stored in eight bits.
    ///   - sourceType: `f32`, `f16` or `bf16`; what bitsandbytes is told to dequantize to.
    /// - Throws: when the shape does not fit or a value is not finite.
    public init(
        quantizing values: [Float], shape: [Int], doubleQuantization: Bool,
        sourceType: DType = .f32,
        name: String = ""
    ) throws(TensorError) {
        guard Tensor.elementCount(of: shape) == values.count, !values.isEmpty else {
            throw TensorError(
                .mismatch,
                "tensor \(name.quoted): the shape \(shape) does not hold the \(values.count) values given"
            )
        }
        let blockSize = 64
        guard let (packed, scales) = NF4Codec.quantize(values, blockSize: blockSize) else {
            throw TensorError(.malformed, "tensor \(name.quoted): holds a value that is not finite")
        }
        var nested: DoubleQuantization?
        if doubleQuantization {
            let offset = Float(scales.reduce(0.0) { $0 + Double($1) } / Double(scales.count))
            let (codes, absmax) = DynamicMap.quantize(scales.map { $0 - offset })
            nested = DoubleQuantization(
                codes: codes, absmax: absmax, map: DynamicMap.values, offset: offset,
                blockSize: DynamicMap.blockSize)
        }
        self.init(
            name: name, shape: shape, elementCount: values.count, blockSize: blockSize,
            sourceType: sourceType,
            codes: try Tensor(
                name: name, dtype: .u8, shape: [packed.count, 1], storage: .copied(packed)),
            absmax: nested?.scales() ?? scales, doubleQuantization: nested)
    }

    /// Takes parts that fit together.
    init(
        name: String, shape: [Int], elementCount: Int, blockSize: Int, sourceType: DType,
        codes: Tensor,
        absmax: [Float], doubleQuantization: DoubleQuantization?
    ) {
        self.name = name
        self.shape = shape
        self.elementCount = elementCount
        self.blockSize = blockSize
        self.sourceType = sourceType
        self.codes = codes
        self.absmax = absmax
        self.doubleQuantization = doubleQuantization
    }

    /// Some rows of a matrix under a name.
    ///
    /// - Throws: when this is no matrix, has no such rows, or rows are no whole blocks.
    public func rows(_ rows: Range<Int>, name: String) throws(TensorError) -> NF4Tensor {
        let width = shape.last ?? 0
        let (start, end) = (rows.lowerBound * width, rows.upperBound * width)
        guard shape.count == 2, rows.lowerBound >= 0, rows.upperBound <= shape[0],
            blockSize.isMultiple(of: 2), start.isMultiple(of: blockSize),
            end.isMultiple(of: blockSize)
        else {
            throw TensorError(
                .unsupported,
                "tensor \(self.name.quoted): the rows \(rows) of \(shape) are no whole blocks of \(blockSize)"
            )
        }
        let packed = codes.bytes()[start / 2..<end / 2]
        return NF4Tensor(
            name: name, shape: [rows.count, shape[1]], elementCount: rows.count * shape[1],
            blockSize: blockSize, sourceType: sourceType,
            codes: try Tensor(
                name: name, dtype: .u8, shape: [packed.count, 1], bytes: Array(packed)),
            absmax: Array(absmax[start / blockSize..<end / blockSize]),
            doubleQuantization: nil)
    }

    /// All values, row-major, in 32 bits whatever the source type.
    public func floats() -> [Float] {
        unsafe [Float](unsafeUninitializedCapacity: elementCount) { buffer, count in
            unsafe dequantize(
                from: 0, into: UnsafeMutableBufferPointer(rebasing: buffer[..<elementCount]))
            count = elementCount
        }
    }

    /// The values of `output.count` elements from `element` on, any run inside the tensor; beyond it traps.
    public func dequantize(from element: Int, into output: UnsafeMutableBufferPointer<Float>) {
        precondition(
            element >= 0 && element <= elementCount && output.count <= elementCount - element)
        unsafe codes.withUnsafeBytes { packed in
            unsafe absmax.withUnsafeBufferPointer { absmax in
                unsafe NF4Codec.dequantize(
                    packed, absmax: absmax, blockSize: blockSize, from: element, into: output)
            }
        }
    }
}
