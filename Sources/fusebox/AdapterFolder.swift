internal import Adapters
internal import FoundationEssentials
internal import Tensors

/// A folder that holds one folder an adapter, named by its registry name.
enum AdapterFolder {
    /// The adapters' digests by name; folders without an adapter's configuration are passed over.
    static func digests(in path: String) throws -> [String: Digest] {
        var digests: [String: Digest] = [:]
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw CommandError(
                "\(path): cannot be listed; give a folder with one folder an adapter")
        }
        for name in names {
            let folder = "\(path)/\(name)"
            guard FileManager.default.fileExists(atPath: "\(folder)/adapter_config.json") else {
                continue
            }
            digests[name] = try Adapter.digest(directory: folder)
        }
        guard !digests.isEmpty else {
            throw CommandError("\(path): holds no folder with an adapter_config.json")
        }
        return digests
    }
}
