public import Tensors

/// The keys that open a gateway, as a file: `{"keys": [{"name", "sha256", "created"}]}`.
///
/// A key is 256 random bits, so its plain SHA-256 says nothing of it, and no salt is needed.
public struct KeyFile: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        /// Whose key it is; each name once.
        public let name: String
        public let digest: Digest
        /// The day, as `2026-11-29`.
        public let created: String
    }

    private static let byteLimit = 4 << 20
    private static let nameByteLimit = 64
    /// What a key begins with, so that one is known where it lies about.
    private static let prefix = "fusebox-"

    public private(set) var entries: [Entry] = []
    private var owners: [Digest: String] = [:]

    public init() {}

    /// Reads a file.
    ///
    /// - Throws: where it is missing or wrong, or others than its owner may read or write it.
    public init(path: String) throws(TensorError) {
        let bytes = try FileBytes.array(path: path, limit: Self.byteLimit)
        guard PrivateFolder.isPrivate(file: path) else {
            throw TensorError(
                .unsupported, "\(path): others may read or write the keys; chmod 600 \(path)")
        }
        do throws(TensorError) {
            try read(JSONValue(parsing: bytes))
        } catch {
            throw error.at(path)
        }
    }

    private mutating func read(_ document: JSONValue) throws(TensorError) {
        guard let keys = document["keys"]?.array else {
            throw TensorError(.malformed, "\"keys\" must be an array")
        }
        for key in keys {
            guard let name = key["name"]?.string, let text = key["sha256"]?.string,
                let digest = Digest(text), let created = key["created"]?.string
            else {
                throw TensorError(
                    .malformed, "a key must have \"name\", \"sha256\" and \"created\"")
            }
            try append(Entry(name: name, digest: digest, created: created))
        }
    }

    private mutating func append(_ entry: Entry) throws(TensorError) {
        guard (1...Self.nameByteLimit).contains(entry.name.utf8.count) else {
            throw TensorError(
                .malformed, "the name of a key has 1 to \(Self.nameByteLimit) bytes")
        }
        guard !entries.contains(where: { $0.name == entry.name }) else {
            throw TensorError(
                .mismatch, "there is a key \"\(entry.name)\" already; revoke it first")
        }
        entries.append(entry)
        owners[entry.digest] = entry.name
    }

    /// The name of the key that has a digest.
    public subscript(digest: Digest) -> String? { owners[digest] }

    /// Makes a key; it is told here alone, the file has its digest.
    public mutating func add(name: String, created: String) throws(TensorError) -> String {
        var generator = SystemRandomNumberGenerator()
        let words: [UInt64] = (0..<4).map { _ in generator.next() }
        let digits = words.map { word in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        let key = Self.prefix + digits.joined()
        try append(Entry(name: name, digest: Digest(of: Array(key.utf8)), created: created))
        return key
    }

    /// Takes a key away; false where there is none of that name.
    public mutating func revoke(name: String) -> Bool {
        guard let index = entries.firstIndex(where: { $0.name == name }) else { return false }
        owners[entries.remove(at: index).digest] = nil
        return true
    }

    public var json: JSONValue {
        .object([
            "keys": .array(
                entries.map {
                    .object([
                        "name": .string($0.name), "sha256": .string($0.digest.description),
                        "created": .string($0.created),
                    ])
                })
        ])
    }

    /// Writes the file anew, for its owner alone.
    public func write(path: String) throws(TensorError) {
        let file = try AtomicFile(path: path, isPrivate: true)
        try file.write(Array((json.text + "\n").utf8))
        try file.commit()
    }
}
