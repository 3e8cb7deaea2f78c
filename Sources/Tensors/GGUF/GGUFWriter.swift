/// Writes metadata and tensors to a GGUF file, version 3, in the order in which they are added.
public struct GGUFWriter {
    private var metadata: [(key: String, value: GGUFValue)] = []
    private var keys: Set<String> = []
    private var sources: [TensorSource] = []
    private var names: Set<String> = []

    /// What ggml has room for, with the zero byte at the end.
    private static let longestName = 63

    public init() {}

    /// Adds a metadata value.
    ///
    /// - Throws: for a key that is empty, longer than 65535 bytes or taken, for an array whose elements are not of its kind,
    ///   and for the alignment, which is the writer's own.
    public mutating func add(_ key: String, _ value: GGUFValue) throws(TensorError) {
        guard !key.isEmpty, key.utf8.count <= 0xFFFF, key != GGUFHeader.alignmentKey,
            keys.insert(key).inserted
        else {
            throw TensorError(
                .mismatch, "the metadata key \(key.quoted) cannot be used or is taken")
        }
        guard Self.isUniform(value) else {
            throw TensorError(
                .mismatch, "metadata \(key.quoted): the elements of an array are not of one kind")
        }
        metadata.append((key, value))
    }

    /// Adds a tensor under its name; its shape is row-major.
    ///
    /// - Throws: for a name that is taken or longer than 63 bytes, more than four dimensions, and types that ggml does not
    ///   have.
    public mutating func add(_ tensor: Tensor) throws(TensorError) {
        try add(name: tensor.name, dtype: tensor.dtype, shape: tensor.shape) { tensor }
    }

    /// Adds a tensor that is made when it is written, so that only one is in memory at a time.
    public mutating func add(
        name: String, dtype: DType, shape: [Int], make: @escaping () throws(TensorError) -> Tensor
    ) throws(TensorError) {
        guard dtype.ggmlNumber != nil else {
            throw TensorError(
                .unsupported, "tensor \(name.quoted): GGUF files do not hold \(dtype.rawValue)")
        }
        guard (1...4).contains(shape.count) else {
            throw TensorError(
                .unsupported,
                "tensor \(name.quoted): GGUF tensors have 1...4 dimensions, not \(shape.count)")
        }
        let source = try TensorSource(name: name, dtype: dtype, shape: shape, make: make)
        guard (1...Self.longestName).contains(name.utf8.count), names.insert(name).inserted else {
            throw TensorError(
                .mismatch,
                "the tensor name \(name.quoted) is empty, longer than \(Self.longestName) bytes or taken"
            )
        }
        sources.append(source)
    }

    /// Writes the file: beside its place first, then renamed over it.
    public func write(to path: String) throws(TensorError) {
        let file = try AtomicFile(path: path)
        let header = header()
        try file.write(header)
        try file.write(Self.padding(after: header.count))
        for source in sources {
            try source.write(to: file)
            try file.write(Self.padding(after: source.byteCount))
        }
        try file.commit()
    }

    private func header() -> [UInt8] {
        var bytes = LittleEndian.bytes(GGUFHeader.magic)
        bytes += LittleEndian.bytes(UInt32(3))
        bytes += LittleEndian.bytes(UInt64(sources.count))
        bytes += LittleEndian.bytes(UInt64(metadata.count))
        for (key, value) in metadata {
            Self.write(key, to: &bytes)
            bytes += LittleEndian.bytes(value.kind.rawValue)
            Self.write(value, to: &bytes)
        }
        var offset = 0
        for source in sources {
            Self.write(source.name, to: &bytes)
            bytes += LittleEndian.bytes(UInt32(source.shape.count))
            for size in source.shape.reversed() { bytes += LittleEndian.bytes(UInt64(size)) }
            bytes += LittleEndian.bytes(source.dtype.ggmlNumber ?? 0)
            bytes += LittleEndian.bytes(UInt64(offset))
            offset += source.byteCount
            offset += Self.padding(after: offset).count
        }
        return bytes
    }

    private static func padding(after count: Int) -> [UInt8] {
        let alignment = GGUFHeader.defaultAlignment
        return [UInt8](repeating: 0, count: (alignment - count % alignment) % alignment)
    }

    private static func write(_ string: String, to bytes: inout [UInt8]) {
        bytes += LittleEndian.bytes(UInt64(string.utf8.count))
        bytes += string.utf8
    }

    private static func write(_ value: GGUFValue, to bytes: inout [UInt8]) {
        switch value {
        case .uint8(let number): bytes.append(number)
        case .int8(let number): bytes.append(UInt8(bitPattern: number))
        case .uint16(let number): bytes += LittleEndian.bytes(number)
        case .int16(let number): bytes += LittleEndian.bytes(UInt16(bitPattern: number))
        case .uint32(let number): bytes += LittleEndian.bytes(number)
        case .int32(let number): bytes += LittleEndian.bytes(UInt32(bitPattern: number))
        case .uint64(let number): bytes += LittleEndian.bytes(number)
        case .int64(let number): bytes += LittleEndian.bytes(UInt64(bitPattern: number))
        case .float32(let number): bytes += LittleEndian.bytes(number.bitPattern)
        case .float64(let number): bytes += LittleEndian.bytes(number.bitPattern)
        case .bool(let flag): bytes.append(flag ? 1 : 0)
        case .string(let text): write(text, to: &bytes)
        case .array(let kind, let elements):
            bytes += LittleEndian.bytes(kind.rawValue)
            bytes += LittleEndian.bytes(UInt64(elements.count))
            for element in elements { write(element, to: &bytes) }
        }
    }

    private static func isUniform(_ value: GGUFValue) -> Bool {
        guard case .array(let kind, let elements) = value else { return true }
        return elements.allSatisfy { $0.kind == kind && isUniform($0) }
    }
}
