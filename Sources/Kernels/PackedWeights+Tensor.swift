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
    ///   - tensor: floats, or blocks, which keep their values exactly.
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
        let (outputs, inputs) = (tensor.shape[0], tensor.shape[1])
        guard let packer = RowPacker(source.dtype, inputs: inputs) else {
            throw KernelError.format(
                name: tensor.name, problem: "\(source.dtype.rawValue) weights have no kernel")
        }
        let rowBytes = source.byteCount / outputs
        let tileBytes = Self.tileBytes(packer.format, inputs)
        let tileCount = Self.tileCount(outputs)
        // The row that is not finite, if any, a tile.
        let bad = AlignedBuffer<Int>([Int](repeating: -1, count: tileCount))
        unsafe self.init(
            format: packer.format, outputs: outputs, inputs: inputs, table: packer.table
        ) { target in
            unsafe source.withUnsafeBytes { bytes in
                let pack = { (tile: Int) in
                    for lane in 0..<min(WeightFormat.tile, outputs - tile * WeightFormat.tile) {
                        let output = tile * WeightFormat.tile + lane
                        let row = rowOrder?[output] ?? output
                        let isFinite = unsafe packer.pack(
                            UnsafeRawBufferPointer(
                                rebasing: bytes[row * rowBytes..<(row + 1) * rowBytes]),
                            into: target + tile * tileBytes, lane: lane)
                        if !isFinite { unsafe bad.pointer[tile] = row }
                    }
                }
                if let pool {
                    pool.run(tileCount, pack)
                } else {
                    for tile in 0..<tileCount { pack(tile) }
                }
            }
        }
        if let row = (0..<tileCount).lazy.map({ bad[$0] }).first(where: { $0 >= 0 }) {
            throw KernelError.format(
                name: tensor.name, problem: "row \(row) holds values that are not finite")
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
            format.code, tile, table, Int32(inputs), Int32(output % WeightFormat.tile), row)
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
}
