internal import SystemPackage
internal import Tensors

extension Checkpoint {
    /// Opens a directory with `config.json` and `model.safetensors`, or its shards and their index.
    init(directory: String, remembering memory: DigestMemory?) throws(ModelError) {
        let folder = FilePath(directory)
        let json = try Self.json(folder.appending("config.json"))
        var files = ["model.safetensors"]
        let index = folder.appending("model.safetensors.index.json")
        let isSharded = !Self.exists(folder.appending(files[0])) && Self.exists(index)
        if isSharded { files = try Self.shards(index) }
        var tensors: [String: Tensor] = [:]
        var digests = [Digest(of: Array(json.text.utf8))]
        for name in files {
            let file = try Self.open(folder.appending(name))
            digests.append(file.digest(remembering: memory))
            for tensor in file.tensors {
                guard tensors.updateValue(tensor, forKey: tensor.name) == nil else {
                    throw ModelError(
                        .malformed,
                        "\(directory): two shards hold the tensor \"\(tensor.name.prefix(128))\"")
                }
            }
        }
        var configuration: ModelConfiguration
        do throws(ModelError) {
            try Self.checkQuantization(json)
            configuration = try ModelConfiguration(json: json)
        } catch {
            throw ModelError(error.code, "\(directory)/config.json: \(error)")
        }
        let generation = folder.appending("generation_config.json")
        if Self.exists(generation) {
            let more = ModelConfiguration.identifiers(try Self.json(generation)["eos_token_id"])
            configuration.endOfTextIDs += more.filter { !configuration.endOfTextIDs.contains($0) }
        }
        self.init(
            path: directory, configuration: configuration, map: .huggingFace,
            digest: Digest(of: digests.flatMap(\.bytes)),
            sourceDigest: try Self.sourceDigest(json[Self.sourceDigestKey]?.string),
            tensors: tensors,
            normalFloats: try Self.normalFloats(tensors, directory: directory))
    }

    static func exists(_ path: FilePath) -> Bool {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .nonBlocking) else {
            return false
        }
        try? file.close()
        return true
    }

    private static func json(_ path: FilePath) throws(ModelError) -> JSONValue {
        let bytes: FileBytes
        do {
            bytes = try FileBytes(path: path.string, loading: .copied, limit: 16 << 20)
        } catch {
            throw ModelError(error.code == .unreadable ? .notFound : .malformed, "\(error)")
        }
        do {
            return try bytes.json()
        } catch {
            throw ModelError(.malformed, "\(path): \(error)")
        }
    }

    private static func open(_ path: FilePath) throws(ModelError) -> SafetensorsFile {
        do {
            return try SafetensorsFile(path: path.string)
        } catch {
            throw ModelError(error.code == .unreadable ? .notFound : .malformed, "\(error)")
        }
    }

    /// The shard files that an index names, in alphabetical order.
    ///
    /// A name that leaves the directory is refused.
    private static func shards(_ index: FilePath) throws(ModelError) -> [String] {
        guard let map = try json(index)["weight_map"]?.object else {
            throw ModelError(.malformed, "\(index): has no weight_map")
        }
        var names: Set<String> = []
        for (tensor, value) in map {
            guard let name = value.string, FilePath.Component(name)?.kind == .regular else {
                throw ModelError(
                    .malformed,
                    "\(index): the file of \"\(tensor.prefix(128))\" is no plain file name")
            }
            names.insert(name)
        }
        return names.sorted()
    }
}
