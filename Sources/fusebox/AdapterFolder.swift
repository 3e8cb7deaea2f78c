internal import Adapters
internal import Tensors

/// A folder that holds one folder or `.gguf` file an adapter, named by its registry name.
enum AdapterFolder {
    /// The adapters' digests by name; whatever else the folder holds is passed over.
    static func digests(in path: String) throws -> [String: Digest] {
        var digests: [String: Digest] = [:]
        for place in try AdapterPlace.all(in: path) {
            digests[place.name] = try Adapter.digest(path: place.path)
        }
        guard !digests.isEmpty else {
            throw CommandError(
                "\(path): holds no folder with an adapter_config.json and no .gguf file")
        }
        return digests
    }
}
