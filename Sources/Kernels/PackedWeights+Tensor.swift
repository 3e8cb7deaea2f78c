internal import CKernels
public import Tensors

extension PackedWeights {
    /// What a matrix is for, which decides what a type makes of it.
    public enum Role: Sendable {
        case linear
        /// The token embedding or the output head.
        case vocabulary
    }

    /// Packs a matrix (outputs, inputs) for an execution type.
    ///
    /// - Parameters:
    ///   - tensor: floats, or blocks of 4 to 8 bits, which keep their values exactly.
    ///   - rowOrder: for each output the row of the tensor that holds it; nil: the same.
    /// - Throws: for other shapes, types without a kernel, and values that are not finite.
    public init(
        _ tensor: Tensor, type: ExecutionType, role: Role = .linear, rowOrder: [Int]? = nil,
        pool: ThreadPool? = nil
    ) throws(KernelError) {
        guard tensor.shape.count == 2, tensor.elementCount > 0, tensor.dtype.isReal else {
            throw KernelError.shape(
                name: tensor.name, found: tensor.shape, needed: "a matrix of real numbers")
        }
        let source = try Self.convert(tensor, type: type, role: role)
        let format = try Self.format(of: source.dtype, name: tensor.name)
        let (outputs, inputs) = (tensor.shape[0], tensor.shape[1])
        let rowBytes = source.byteCount / outputs
        let bad = unsafe source.withUnsafeBytes { bytes in
            (0..<outputs).first { row in
                guard let base = bytes.baseAddress else { return false }
                let start = unsafe (base + row * rowBytes).assumingMemoryBound(to: UInt8.self)
                return unsafe fb_row_is_finite(format.source, start, Int32(inputs)) == 0
            }
        }
        if let bad {
            throw KernelError.format(
                name: tensor.name, problem: "row \(bad) holds values that are not finite")
        }
        let tileBytes = Self.tileBytes(format.packed, inputs)
        let tileCount = (outputs + WeightFormat.tile - 1) / WeightFormat.tile
        unsafe self.init(format: format.packed, outputs: outputs, inputs: inputs) { target in
            unsafe source.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                let pack = { (tile: Int) in
                    for lane in 0..<min(WeightFormat.tile, outputs - tile * WeightFormat.tile) {
                        let output = tile * WeightFormat.tile + lane
                        let row = rowOrder?[output] ?? output
                        unsafe fb_pack_row(
                            format.source,
                            (base + row * rowBytes).assumingMemoryBound(to: UInt8.self),
                            Int32(inputs), target + tile * tileBytes, Int32(lane))
                    }
                }
                if let pool {
                    pool.run(tileCount, pack)
                } else {
                    for tile in 0..<tileCount { pack(tile) }
                }
            }
        }
    }

    /// Packs NF4 codes (outputs, inputs); the inputs are whole blocks of 64.
    public init(
        nf4 codes: [UInt8], maxima: [Float], outputs: Int, inputs: Int, rowOrder: [Int]? = nil
    ) {
        precondition(inputs.isMultiple(of: 64) && codes.count == outputs * inputs / 2)
        precondition(maxima.count == outputs * inputs / 64)
        let tileBytes = Self.tileBytes(.nf4, inputs)
        unsafe self.init(format: .nf4, outputs: outputs, inputs: inputs) { target in
            unsafe codes.withUnsafeBufferPointer { codes in
                unsafe maxima.withUnsafeBufferPointer { maxima in
                    guard let code = codes.baseAddress, let maximum = maxima.baseAddress else {
                        return
                    }
                    for output in 0..<outputs {
                        let row = rowOrder?[output] ?? output
                        let tile = output / WeightFormat.tile
                        unsafe fb_pack_nf4_row(
                            code + row * inputs / 2, maximum + row * inputs / 64, Int32(inputs),
                            target + tile * tileBytes, Int32(output % WeightFormat.tile))
                    }
                }
            }
        }
    }

    /// The floats that one output's weights stand for.
    public func unpack(output: Int, into row: inout [Float]) {
        precondition(output >= 0 && output < outputs && row.count >= inputs)
        unsafe row.withUnsafeMutableBufferPointer { row in
            guard let first = row.baseAddress else { return }
            unsafe unpack(output: output, to: first)
        }
    }

    func unpack(output: Int, to row: UnsafeMutablePointer<Float>) {
        let tile = unsafe pointer + output / WeightFormat.tile * tileBytes
        unsafe fb_unpack_row(
            format.code, tile, Int32(inputs), Int32(output % WeightFormat.tile), row)
    }

    /// The tensor whose bytes are packed: the one given, or what the execution type makes of it.
    private static func convert(
        _ tensor: Tensor, type: ExecutionType, role: Role
    ) throws(KernelError) -> Tensor {
        do {
            if tensor.dtype == .f64 || type == .f32 && tensor.dtype != .f32 {
                return try Tensor(name: tensor.name, shape: tensor.shape, floats: tensor.floats())
            }
            let isPlain = tensor.dtype.blockElementCount == 1
            guard isPlain, tensor.shape[1].isMultiple(of: 32) else { return tensor }
            switch (type, role) {
            case (.q8_0, _), (.q4_0, .vocabulary): return try tensor.converted(to: .q8_0)
            case (.q4_0, .linear): return try tensor.converted(to: .q4_0)
            case (.f32, _), (.nf4, _), (.stored, _): return tensor
            }
        } catch {
            throw KernelError.tensor(error)
        }
    }

    private static func format(
        of dtype: DType, name: String
    ) throws(KernelError) -> (source: fb_source, packed: WeightFormat) {
        switch dtype {
        case .f32: (FB_SOURCE_F32, .f32)
        case .f16: (FB_SOURCE_F16, .f16)
        case .bf16: (FB_SOURCE_BF16, .bf16)
        case .q8_0: (FB_SOURCE_Q8_0, .u8)
        case .q5_0: (FB_SOURCE_Q5_0, .u8)
        case .q4_0: (FB_SOURCE_Q4_0, .u4)
        case .q4_K: (FB_SOURCE_Q4_K, .u4Minimum)
        case .q5_K: (FB_SOURCE_Q5_K, .u8Minimum)
        case .q6_K: (FB_SOURCE_Q6_K, .u8TwoScales)
        default:
            throw KernelError.format(
                name: name, problem: "\(dtype.rawValue) weights have no kernel")
        }
    }
}
