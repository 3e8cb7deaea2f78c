/// A GGUF file, version 2 or 3: metadata and tensors.
public struct GGUFFile: Sendable {
    public let version: Int
    public let metadata: [String: GGUFValue]
    /// The keys of the metadata in their order.
    public let keys: [String]
    /// In the order of the file; shapes are row-major, `[rows, columns]`, ggml's sizes reversed.
    public let tensors: [Tensor]
    private let bytes: FileBytes
    private let positions: [String: Int]

    /// Maps and checks a file; no tensor is read.
    ///
    /// - Throws: when the file cannot be read, breaks the format, is big-endian or holds a type that is not supported.
    public init(path: String, loading: FileBytes.Loading = .mapped) throws(TensorError) {
        let bytes = try FileBytes(path: path, loading: loading)
        do throws(TensorError) {
            try self.init(bytes: bytes)
        } catch {
            throw error.at(path)
        }
    }

    /// Checks a file's bytes.
    public init(bytes: FileBytes) throws(TensorError) {
        let header = try unsafe bytes.withUnsafeBytes { bytes throws(TensorError) in
            try unsafe GGUFHeader(parsing: bytes.bytes)
        }
        var tensors: [Tensor] = []
        tensors.reserveCapacity(header.entries.count)
        var positions: [String: Int] = [:]
        for (index, entry) in header.entries.enumerated() {
            tensors.append(
                try Tensor(
                    name: entry.name, dtype: entry.dtype, shape: entry.shape, storage: bytes,
                    offset: header.byteCount + entry.offsets.lowerBound))
            positions[entry.name] = index
        }
        version = header.version
        metadata = Dictionary(header.metadata) { first, _ in first }
        keys = header.metadata.map(\.key)
        self.tensors = tensors
        self.bytes = bytes
        self.positions = positions
    }

    public subscript(name: String) -> Tensor? {
        positions[name].map { tensors[$0] }
    }

    /// SHA-256 of the whole file; reads all of it, unless it is remembered.
    public func digest(remembering memory: DigestMemory? = nil) -> Digest {
        bytes.digest(remembering: memory)
    }
}
