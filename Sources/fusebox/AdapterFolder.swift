internal import Adapters
internal import FoundationEssentials
internal import Tensors

/// A folder that holds one folder an adapter, named by its registry name.
enum AdapterFolder {
    /// The adapters' digests by name; folders without an adapter's configuration are passed over.
    static func digests(in path: String) throws -> [String: Digest] {
        var digests: [String: Digest] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            let folder = "\(path)/\(name)"
            guard FileManager.default.fileExists(atPath: "\(folder)/adapter_config.json") else {
                continue
            }
            digests[name] = try Adapter.digest(directory: folder)
        }
        return digests
    }
}
