internal import Adapters
internal import SystemPackage
internal import Tensors

extension Checkpoint {
    /// Opens a directory with `config.json` and `model.safetensors`, or its shards and their index.
    init(directory: String, remembering memory: DigestMemory?) throws(ModelError) {
        let folder = FilePath(directory)
        let json = try Self.configuration(folder)
        let files = try Self.files(folder)
        var stored: [Tensor] = []
        var digests = [Digest(of: Array(json.text.utf8))]
        for name in files {
            let file = try Self.open(folder.appending(name))
            digests.append(file.digest(remembering: memory))
            stored += file.tensors
        }
        var configuration: ModelConfiguration
        do throws(ModelError) {
            try Self.checkQuantization(json)
            configuration = try ModelConfiguration(json: json)
        } catch {
            throw ModelError(error.code, "\(directory)/config.json: \(error)")
        }
        var defaults = SamplingDefaults()
        let generation = folder.appending("generation_config.json")
        if Self.exists(generation) {
            let document = try Self.json(generation)
            defaults = SamplingDefaults(generationConfiguration: document)
            let more = ModelConfiguration.identifiers(document["eos_token_id"])
            configuration.endOfTextIDs += more.filter { !configuration.endOfTextIDs.contains($0) }
        }
        do throws(ModelError) {
            let tensors = try Self.named(stored)
            var inventory = TensorInventory(
                tensors, normalFloats: try Self.normalFloats(tensors),
                map: .huggingFace(configuration.family.norms))
            inventory.settleHead(&configuration)
            try inventory.splitFused(configuration)
            try self.init(
                path: directory, configuration: configuration,
                digest: Digest(of: digests.flatMap(\.bytes)),
                sourceDigest: try Self.sourceDigest(json[Self.sourceDigestKey]?.string),
                stored: stored, inventory: inventory)
            samplingDefaults = defaults
        } catch {
            throw ModelError(error.code, "\(directory): \(error)")
        }
    }

    /// Beginnings of names in files that hold more than a text model, and what they are without.
    private static let wrapperPrefixes = [
        ("model.language_model.", "model."), ("language_model.model.", "model."),
        ("language_model.lm_head.", "lm_head."),
    ]

    /// The name that a tensor has in a text model; nil for what belongs to no such one.
    static func textName(_ name: String) -> String? {
        guard !ImageParts.contain(name) else { return nil }
        for (prefix, plain) in wrapperPrefixes where name.hasPrefix(prefix) {
            return plain + name.dropFirst(prefix.count)
        }
        return name
    }

    private static func named(_ stored: [Tensor]) throws(ModelError) -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for tensor in stored {
            guard let name = textName(tensor.name) else { continue }
            guard tensors.updateValue(tensor, forKey: name) == nil else {
                throw ModelError(
                    .malformed, "the tensor \(name.quoted) is there twice, maybe in two shards")
            }
        }
        return tensors
    }

    private static func configuration(_ folder: FilePath) throws(ModelError) -> JSONValue {
        do throws(ModelError) {
            return try json(folder.appending("config.json"))
        } catch {
            guard error.code == .notFound else { throw error }
            throw ModelError(
                .notFound, "\(error); a model is a Hugging Face directory or a .gguf file")
        }
    }

    /// The names of the files with the weights.
    private static func files(_ folder: FilePath) throws(ModelError) -> [String] {
        let name = "model.safetensors"
        if exists(folder.appending(name)) { return [name] }
        let index = folder.appending("\(name).index.json")
        if exists(index) { return try shards(index) }
        for pickle in ["pytorch_model.bin", "pytorch_model.bin.index.json"]
        where exists(folder.appending(pickle)) {
            throw ModelError(
                .unsupported,
                "\(folder): has its weights in a pickle (\(pickle)), which can run code when it is read; convert them to safetensors"
            )
        }
        throw ModelError(.notFound, "\(folder): has neither \(name) nor \(name).index.json")
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
