internal import CKernels
public import Tensors

/// The stacked A matrices of an adapter at one site, (ranks, inputs), row after row; read-only.
///
/// Ranks are few and inputs many, so a lane of the kernel is an input, where a tile of `PackedWeights` would be half empty.
@safe public struct RankRows: Sendable {
    /// Floats of 32, or 16 bits as they were stored.
    public let format: WeightFormat
    public let outputs: Int
    public let inputs: Int
    let storage: AlignedBuffer<UInt8>
    private let rowBytes: Int

    /// Copies a matrix (ranks, inputs); `isReference` makes 32-bit floats of it.
    ///
    /// - Throws: for other shapes and types, and for values that are not finite.
    public init(_ tensor: Tensor, isReference: Bool) throws(KernelError) {
        guard tensor.shape.count == 2, tensor.elementCount > 0 else {
            throw KernelError.shape(name: tensor.name, found: tensor.shape, needed: "a matrix")
        }
        outputs = tensor.shape[0]
        inputs = tensor.shape[1]
        let isStored = !isReference && [.f16, .bf16].contains(tensor.dtype)
        let source = isStored ? tensor : try Self.floats(tensor)
        let elementBytes = isStored ? 2 : 4
        let code: fb_source
        switch source.dtype {
        case .f16: (format, code) = (.f16, FB_SOURCE_F16)
        case .bf16: (format, code) = (.bf16, FB_SOURCE_BF16)
        default: (format, code) = (.f32, FB_SOURCE_F32)
        }
        rowBytes =
            (inputs + WeightFormat.tile - 1) / WeightFormat.tile * WeightFormat.tile
            * elementBytes
        storage = AlignedBuffer(onHugePages: outputs * rowBytes)
        let (storage, inputs, rowBytes) = (storage, inputs, rowBytes)
        let bad = unsafe source.withUnsafeBytes { bytes -> Int? in
            guard let base = bytes.baseAddress else { return nil }
            for row in 0..<source.shape[0] {
                let from = unsafe (base + row * inputs * elementBytes)
                    .assumingMemoryBound(to: UInt8.self)
                guard unsafe fb_row_is_finite(code, from, Int32(inputs)) != 0 else { return row }
                unsafe (storage.pointer + row * rowBytes).update(
                    from: from, count: inputs * elementBytes)
            }
            return nil
        }
        if let bad {
            throw KernelError.format(
                name: tensor.name, problem: "row \(bad) holds values that are not finite")
        }
    }

    /// Memory that the rows take.
    public var byteCount: Int { storage.count }
    var pointer: UnsafeMutablePointer<UInt8> { unsafe storage.pointer }

    /// The floats of one row.
    public func unpack(output: Int, into row: inout [Float]) {
        precondition(output >= 0 && output < outputs && row.count >= inputs)
        let from = unsafe UnsafeRawPointer(pointer + output * rowBytes)
        for input in 0..<inputs {
            switch format {
            case .f16:
                row[input] = unsafe fb_half_to_float(
                    from.load(fromByteOffset: 2 * input, as: UInt16.self))
            case .bf16:
                let bits = unsafe from.load(fromByteOffset: 2 * input, as: UInt16.self)
                row[input] = Float(bitPattern: UInt32(bits) << 16)
            default:
                row[input] = unsafe from.load(fromByteOffset: 4 * input, as: Float.self)
            }
        }
    }

    private static func floats(_ tensor: Tensor) throws(KernelError) -> Tensor {
        do {
            return try Tensor(name: tensor.name, shape: tensor.shape, floats: tensor.floats())
        } catch {
            throw KernelError.format(name: tensor.name, problem: "\(error)")
        }
    }
}
