/// The tensors in which a bitsandbytes checkpoint keeps an NF4 weight called `name`:
///
/// | key                                       | content                                          | property                    |
/// |-------------------------------------------|--------------------------------------------------|-----------------------------|
/// | `name`                                    | packed codes, `u8 [n / 2, 1]`                    | `codes`                     |
/// | `name.absmax`                             | `f32 [blocks]`, double-quantized `u8 [blocks]`   | `absmax`, the nested codes  |
/// | `name.quant_map`                          | the 16 levels, `f32`                             | `levels`                    |
/// | `name.nested_absmax`, `.nested_quant_map` | only double-quantized: `f32`                     | `doubleQuantization`        |
/// | `name.quant_state.bitsandbytes__nf4`      | JSON in `u8`: shape, type, block sizes, offset   | `shape` and the rest        |
extension NF4Tensor {
    private static let stateSuffix = ".quant_state.bitsandbytes__nf4"
    private static let maximumStateByteCount = 1 << 16

    /// Whether a checkpoint holds the tensor `name` in this form.
    public static func isStored(_ name: String, in tensor: (String) -> Tensor?) -> Bool {
        tensor(name + stateSuffix) != nil
    }

    /// Reads the tensor `name` (with its `.weight`) of a checkpoint, whose tensors `tensor` looks up.
    ///
    /// - Throws: when a part is missing, parts do not fit together, a scale is not finite, or the tensor is of bitsandbytes'
    ///   other 4-bit type.
    public init(name: String, in tensor: @escaping (String) -> Tensor?) throws(TensorError) {
        do throws(TensorError) {
            guard tensor(name + ".quant_state.bitsandbytes__fp4") == nil else {
                throw TensorError(.unsupported, "is of bitsandbytes' FP4; only NF4 is read")
            }
            let parts = Parts(name: name, tensor: tensor)
            let state = try State(
                json: try parts.bytes(
                    ".quant_state.bitsandbytes__nf4", limit: Self.maximumStateByteCount))
            try parts.checkLevels()
            guard let codes = tensor(name), codes.byteCount == (state.elementCount + 1) / 2 else {
                throw TensorError(
                    .malformed,
                    "the packed codes are missing or do not hold the shape \(state.shape)")
            }
            let blockCount = (state.elementCount + state.blockSize - 1) / state.blockSize
            var nested: DoubleQuantization?
            if let nestedState = state.nested {
                let count = (blockCount + nestedState.blockSize - 1) / nestedState.blockSize
                nested = DoubleQuantization(
                    codes: try parts.bytes(".absmax", count: blockCount),
                    absmax: try parts.floats(".nested_absmax", count: count),
                    map: try parts.floats(".nested_quant_map", count: 256),
                    offset: nestedState.offset,
                    blockSize: nestedState.blockSize)
            }
            let absmax: [Float]
            if let nested {
                absmax = nested.scales()
            } else {
                absmax = try parts.floats(".absmax", count: blockCount)
            }
            guard absmax.allSatisfy(\.isFinite) else {
                throw TensorError(.malformed, "a scale is not finite")
            }
            self.init(
                name: name, shape: state.shape, elementCount: state.elementCount,
                blockSize: state.blockSize,
                sourceType: state.sourceType, codes: codes, absmax: absmax,
                doubleQuantization: nested)
        } catch {
            throw error.at("NF4 tensor \(name.quoted)")
        }
    }

    /// What is stored under `name` and its suffixes, for a `SafetensorsWriter`.
    public func checkpointTensors() throws(TensorError) -> [Tensor] {
        var members: JSONObject = [
            "quant_type": .string("nf4"), "blocksize": .integer(Int64(blockSize)),
            "dtype": .string(State.name(of: sourceType)),
            "shape": .array(shape.map { .integer(Int64($0)) }),
        ]
        var tensors = [codes.renamed(name)]
        tensors.append(try Tensor(name: name + ".quant_map", shape: [16], floats: Self.levels))
        if let nested = doubleQuantization {
            members.append("nested_blocksize", .integer(Int64(nested.blockSize)))
            members.append("nested_dtype", .string("float32"))
            members.append("nested_offset", .number(Double(nested.offset)))
            tensors.append(
                try Tensor(
                    name: name + ".absmax", dtype: .u8, shape: [nested.codes.count],
                    bytes: nested.codes))
            tensors.append(
                try Tensor(
                    name: name + ".nested_absmax", shape: [nested.absmax.count],
                    floats: nested.absmax))
            tensors.append(
                try Tensor(
                    name: name + ".nested_quant_map", shape: [nested.map.count], floats: nested.map)
            )
        } else {
            tensors.append(
                try Tensor(name: name + ".absmax", shape: [absmax.count], floats: absmax))
        }
        let json = Array(JSONValue.object(members).text.utf8)
        tensors.append(
            try Tensor(name: name + Self.stateSuffix, dtype: .u8, shape: [json.count], bytes: json))
        return tensors
    }

    /// The tensors beside the codes, each checked for its type and size.
    private struct Parts {
        let name: String
        let tensor: (String) -> Tensor?

        func bytes(_ suffix: String, count: Int? = nil, limit: Int = .max) throws(TensorError)
            -> [UInt8]
        {
            guard let part = tensor(name + suffix), part.dtype == .u8,
                part.byteCount == count ?? part.byteCount,
                part.byteCount <= limit
            else {
                throw TensorError(
                    .malformed,
                    "\(suffix) is missing, no u8, or does not have \(count.map(String.init) ?? "few") elements"
                )
            }
            return unsafe part.withUnsafeBytes { bytes in unsafe Array(bytes) }
        }

        func floats(_ suffix: String, count: Int) throws(TensorError) -> [Float] {
            guard let part = tensor(name + suffix), part.dtype == .f32, part.elementCount == count
            else {
                throw TensorError(
                    .malformed, "\(suffix) is missing, no F32, or does not have \(count) elements")
            }
            return try part.floats()
        }

        /// The levels are a constant of the format; a file that carries others means another format.
        func checkLevels() throws(TensorError) {
            let levels = try floats(".quant_map", count: 16)
            guard zip(levels, NF4Codec.levels).allSatisfy({ ($0 - $1).magnitude < 1e-6 }) else {
                throw TensorError(.unsupported, ".quant_map does not hold the levels of NF4")
            }
        }
    }

    /// The JSON in `quant_state`.
    private struct State {
        let shape: [Int]
        let elementCount: Int
        let blockSize: Int
        let sourceType: DType
        let nested: (blockSize: Int, offset: Float)?

        private static let types: [(name: String, type: DType)] = [
            ("float32", .f32), ("float16", .f16), ("bfloat16", .bf16),
        ]

        static func name(of type: DType) -> String {
            types.first { $0.type == type }?.name ?? "float32"
        }

        init(json: [UInt8]) throws(TensorError) {
            let state = try JSONValue(parsing: json, limits: JSONLimits(depth: 4))
            guard state["quant_type"]?.string == "nf4" else {
                throw TensorError(.unsupported, "the quant_type is not nf4")
            }
            guard let blockSize = state["blocksize"]?.int, NF4Codec.blockSizes.contains(blockSize)
            else {
                throw TensorError(.malformed, "the blocksize is none of \(NF4Codec.blockSizes)")
            }
            guard let type = Self.types.first(where: { $0.name == state["dtype"]?.string })?.type
            else {
                throw TensorError(.unsupported, "the dtype is none of \(Self.types.map(\.name))")
            }
            let sizes = state["shape"]?.array?.map { $0.int ?? 0 } ?? []
            guard (1...8).contains(sizes.count), sizes.allSatisfy({ $0 >= 1 }),
                let elementCount = Tensor.elementCount(of: sizes), elementCount < .max - 4096
            else {
                throw TensorError(.malformed, "the shape is not countable")
            }
            shape = sizes
            self.elementCount = elementCount
            self.blockSize = blockSize
            sourceType = type
            guard let offset = state["nested_offset"] else {
                nested = nil
                return
            }
            guard let value = offset.double.map({ Float($0) }), value.isFinite,
                let size = state["nested_blocksize"]?.int,
                (1...65536).contains(size)
            else {
                throw TensorError(
                    .malformed, "nested_offset or nested_blocksize is no usable number")
            }
            nested = (size, value)
        }
    }
}
