/// A safetensors file: named tensors and string metadata, nothing executable.
public struct SafetensorsFile: Sendable {
    /// In the order of their data.
    public let tensors: [Tensor]
    public let metadata: [String: String]
    private let bytes: FileBytes
    private let positions: [String: Int]

    /// Opens and checks a file; no tensor is read.
    ///
    /// - Throws: when the file cannot be read, breaks the format in any way or exceeds the limits. Non-finite values are not
    ///   looked for.
    public init(
        path: String, loading: FileBytes.Loading = .mapped, limits: SafetensorsLimits = .model
    ) throws(TensorError) {
        let bytes = try FileBytes(path: path, loading: loading, limit: limits.fileByteCount)
        do throws(TensorError) {
            try self.init(bytes: bytes, limits: limits)
        } catch {
            throw error.at(path)
        }
    }

    /// Checks a file's bytes.
    public init(bytes: FileBytes, limits: SafetensorsLimits = .model) throws(TensorError) {
        let header = try unsafe bytes.withUnsafeBytes { bytes throws(TensorError) in
            try unsafe SafetensorsHeader(parsing: bytes, limits: limits)
        }
        var tensors: [Tensor] = []
        tensors.reserveCapacity(header.entries.count)
        var positions: [String: Int] = [:]
        for (index, entry) in header.entries.enumerated() {
            tensors.append(
                try Tensor(
                    name: entry.name, dtype: entry.dtype, shape: entry.shape, storage: bytes,
                    offset: header.byteCount + entry.offsets.lowerBound))
            guard positions.updateValue(index, forKey: entry.name) == nil else {
                throw TensorError(.malformed, "two tensors are named \(entry.name.quoted)")
            }
        }
        self.tensors = tensors
        self.metadata = header.metadata
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
