/// Writes tensors to a safetensors file.
///
/// Tensors are laid out by element size, largest first, then by name, so that each is aligned and the same tensors always
/// give the same file.
public struct SafetensorsWriter {
    private struct Item {
        let name: String
        let dtype: DType
        let shape: [Int]
        let byteCount: Int
        let make: () throws(TensorError) -> Tensor
    }

    public var metadata: [String: String]
    private var items: [Item] = []
    private var names: Set<String> = []

    public init(metadata: [String: String] = [:]) {
        self.metadata = metadata
    }

    /// Adds a tensor under its name.
    ///
    /// - Throws: for a name that is taken and for types that the format does not have.
    public mutating func add(_ tensor: Tensor) throws(TensorError) {
        try add(name: tensor.name, dtype: tensor.dtype, shape: tensor.shape) { tensor }
    }

    /// Adds a tensor that is made when it is written, so that only one is in memory at a time.
    public mutating func add(
        name: String, dtype: DType, shape: [Int], make: @escaping () throws(TensorError) -> Tensor
    ) throws(TensorError) {
        guard dtype.safetensorsName != nil else {
            throw TensorError(
                .unsupported,
                "tensor \"\(name)\": safetensors files do not hold \(dtype.rawValue); write GGUF")
        }
        guard !shape.contains(0), let elements = Tensor.elementCount(of: shape),
            let byteCount = dtype.byteCount(of: elements)
        else {
            throw TensorError(.mismatch, "tensor \"\(name)\": the shape \(shape) cannot be written")
        }
        guard name != "__metadata__", names.insert(name).inserted else {
            throw TensorError(.mismatch, "the tensor name \"\(name)\" is taken")
        }
        items.append(Item(name: name, dtype: dtype, shape: shape, byteCount: byteCount, make: make))
    }

    /// Writes the file: beside its place first, then renamed over it.
    public func write(to path: String) throws(TensorError) {
        let items = items.sorted {
            ($1.dtype.blockByteCount, $0.name) < ($0.dtype.blockByteCount, $1.name)
        }
        let file = try AtomicFile(path: path)
        try file.write(header(of: items))
        for item in items {
            let tensor = try item.make()
            guard tensor.dtype == item.dtype, tensor.shape == item.shape else {
                throw TensorError(
                    .mismatch,
                    "tensor \"\(item.name)\": made as \(tensor.dtype.rawValue) \(tensor.shape), announced as \(item.dtype.rawValue) \(item.shape)"
                )
            }
            try unsafe tensor.withUnsafeBytes { bytes throws(TensorError) in
                try unsafe file.write(bytes)
            }
        }
        try file.commit()
    }

    /// The header with its size, padded so that the data starts at a multiple of eight bytes.
    private func header(of items: [Item]) throws(TensorError) -> [UInt8] {
        var members = JSONObject()
        if !metadata.isEmpty {
            var strings = JSONObject()
            for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
                _ = strings.append(key, .string(value))
            }
            _ = members.append("__metadata__", .object(strings))
        }
        var offset = 0
        for item in items {
            let (end, overflow) = offset.addingReportingOverflow(item.byteCount)
            guard !overflow, let type = item.dtype.safetensorsName else {
                throw TensorError(.mismatch, "tensor \"\(item.name)\": cannot be written")
            }
            let description: JSONObject = [
                "dtype": .string(type), "shape": .array(item.shape.map { .integer(Int64($0)) }),
                "data_offsets": .array([.integer(Int64(offset)), .integer(Int64(end))]),
            ]
            _ = members.append(item.name, .object(description))
            offset = end
        }
        var text = Array(JSONValue.object(members).text.utf8)
        while !text.count.isMultiple(of: 8) { text.append(UInt8(ascii: " ")) }
        let size = UInt64(text.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } + text
    }
}
