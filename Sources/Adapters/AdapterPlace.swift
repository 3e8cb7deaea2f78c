internal import FoundationEssentials
internal import Tensors

/// Where an adapter of a shelf is: a folder with an `adapter_config.json`, or a `.gguf` file.
public struct AdapterPlace: Sendable, Hashable {
    /// The folder's name, or the file's without its ending.
    public let name: String
    public let path: String

    private static let ending = ".gguf"

    public init(name: String, path: String) {
        self.name = name
        self.path = path
    }

    /// Whether a GGUF file says that it is an adapter; what cannot be read is none.
    public static func isAdapter(gguf path: String) -> Bool {
        let file = try? GGUFFile(path: path)
        return file?.metadata["general.type"]?.string == "adapter"
    }

    /// The adapters of a folder in the order of their names; whatever else it holds is passed over.
    public static func all(in folder: String) throws(AdapterError) -> [AdapterPlace] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw AdapterError(
                .notFound,
                "\(folder): cannot be listed; give a folder with one folder or .gguf file an adapter"
            )
        }
        return names.sorted().compactMap { name in
            let path = "\(folder)/\(name)"
            if FileManager.default.fileExists(atPath: "\(path)/adapter_config.json") {
                return AdapterPlace(name: name, path: path)
            }
            guard name.hasSuffix(ending) else { return nil }
            return AdapterPlace(name: String(name.dropLast(ending.count)), path: path)
        }
    }
}
