/// A GGUF file, version 2 or 3, or a model in several: metadata and tensors.
public struct GGUFFile: Sendable {
    public let version: Int
    public let metadata: [String: GGUFValue]
    /// The keys of the metadata in their order.
    public let keys: [String]
    /// In the order of the file; shapes are row-major, `[rows, columns]`, ggml's sizes reversed.
    public let tensors: [Tensor]
    /// The bytes of each part.
    private let parts: [FileBytes]
    private let positions: [String: Int]

    /// Maps and checks a file, and the other parts of its model if it is one of several; no tensor is read.
    ///
    /// - Throws: when a file cannot be read, breaks the format, is big-endian or holds a type that is not supported, and when
    ///   a part is missing, is there twice or belongs to another model.
    public init(path: String, loading: FileBytes.Loading = .mapped) throws(TensorError) {
        try self.init(path: path) { path throws(TensorError) in
            try FileBytes(path: path, loading: loading)
        }
    }

    /// The same from wherever `read` finds the bytes of a path.
    init(
        path: String, reading read: (String) throws(TensorError) -> FileBytes
    ) throws(TensorError) {
        let file = try Self.part(path, read)
        let split: GGUFSplit?
        do throws(TensorError) {
            split = try GGUFSplit(file.metadata)
        } catch {
            throw error.at(path)
        }
        guard let split else {
            self = file
            return
        }
        var parts: [(path: String, file: GGUFFile)] = []
        for (number, other) in try split.paths(from: path).enumerated() {
            let part: GGUFFile
            do throws(TensorError) {
                part = number == split.number ? file : try Self.part(other, read)
            } catch {
                guard error.code == .unreadable else { throw error }
                throw TensorError(
                    .unreadable, "part \(number + 1) of \(split.count) is needed: \(error)")
            }
            try split.check(part, number: number, path: other)
            parts.append((other, part))
        }
        try self.init(joining: parts, tensorCount: split.tensorCount)
    }

    private static func part(
        _ path: String, _ read: (String) throws(TensorError) -> FileBytes
    ) throws(TensorError) -> GGUFFile {
        let bytes = try read(path)
        do throws(TensorError) {
            return try GGUFFile(bytes: bytes)
        } catch {
            throw error.at(path)
        }
    }

    /// Checks a file's bytes; of a model in several files this is one part.
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
        parts = [bytes]
        self.positions = positions
    }

    /// One model of all its parts, whose metadata is that of the first.
    private init(
        joining parts: [(path: String, file: GGUFFile)], tensorCount: Int
    ) throws(TensorError) {
        let first = parts[0].file
        var tensors: [Tensor] = []
        var positions: [String: Int] = [:]
        for (path, part) in parts {
            for (key, value) in part.metadata where key != "split.no" {
                if let other = first.metadata[key], other != value {
                    throw TensorError(
                        .mismatch,
                        "\(path): belongs to another model than \(parts[0].path): they differ in \(key.quoted)"
                    )
                }
            }
            for tensor in part.tensors {
                guard positions.updateValue(tensors.count, forKey: tensor.name) == nil else {
                    throw TensorError(
                        .mismatch,
                        "\(path): holds the tensor \(tensor.name.quoted), which a part before it holds too"
                    )
                }
                tensors.append(tensor)
            }
        }
        guard tensors.count == tensorCount else {
            throw TensorError(
                .mismatch,
                "\(parts[0].path): the parts hold \(tensors.count) tensors, split.tensors.count says \(tensorCount)"
            )
        }
        version = first.version
        metadata = first.metadata
        keys = first.keys
        self.tensors = tensors
        self.parts = parts.flatMap(\.file.parts)
        self.positions = positions
    }

    public subscript(name: String) -> Tensor? {
        positions[name].map { tensors[$0] }
    }

    /// SHA-256 of the whole file, or of those of all parts; reads everything, unless it is remembered.
    public func digest(remembering memory: DigestMemory? = nil) -> Digest {
        let digests = parts.map { $0.digest(remembering: memory) }
        return digests.count == 1 ? digests[0] : Digest(of: digests.flatMap(\.bytes))
    }
}
