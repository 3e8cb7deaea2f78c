/// Writes tensors to a safetensors file.
///
/// Tensors are laid out by element size, largest first, then by name, so that each is aligned and the same tensors always
/// give the same file.
public struct SafetensorsWriter {
    public var metadata: [String: String]
    private var sources: [TensorSource] = []
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
                "tensor \(name.quoted): safetensors files do not hold \(dtype.rawValue); write GGUF"
            )
        }
        let source = try TensorSource(name: name, dtype: dtype, shape: shape, make: make)
        guard name != "__metadata__", names.insert(name).inserted else {
            throw TensorError(.mismatch, "the tensor name \(name.quoted) is taken")
        }
        sources.append(source)
    }

    /// Writes the file: beside its place first, then renamed over it.
    public func write(to path: String) throws(TensorError) {
        try prepare(path).commit()
    }

    /// Writes the file beside its place, which it takes when it is committed.
    public func prepare(_ path: String) throws(TensorError) -> AtomicFile {
        let sources = sources.sorted {
            ($1.dtype.blockByteCount, $0.name) < ($0.dtype.blockByteCount, $1.name)
        }
        let file = try AtomicFile(path: path)
        try file.write(header(of: sources))
        for source in sources { try source.write(to: file) }
        return file
    }

    /// The header with its size, padded so that the data starts at a multiple of eight bytes.
    private func header(of sources: [TensorSource]) -> [UInt8] {
        var members = JSONObject()
        if !metadata.isEmpty {
            var strings = JSONObject()
            for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
                strings.append(key, .string(value))
            }
            members.append("__metadata__", .object(strings))
        }
        var offset = 0
        for source in sources {
            let end = offset + source.byteCount
            let description: JSONObject = [
                "dtype": .string(source.dtype.safetensorsName ?? ""),
                "shape": .array(source.shape.map { .integer(Int64($0)) }),
                "data_offsets": .array([.integer(Int64(offset)), .integer(Int64(end))]),
            ]
            members.append(source.name, .object(description))
            offset = end
        }
        var text = Array(JSONValue.object(members).text.utf8)
        while !text.count.isMultiple(of: 8) { text.append(UInt8(ascii: " ")) }
        return LittleEndian.bytes(UInt64(text.count)) + text
    }
}
