internal import FoundationEssentials
internal import Tensors

/// Where a service keeps its registry: `registry.json`, the one before it, and the adapters' bytes.
///
/// One process has it at a time.
public final class RegistryFolder: Sendable {
    static let fileName = "registry.json"
    static let previousName = "registry.previous.json"
    static let damagedName = "registry.damaged.json"

    public let path: String
    public let store: AdapterStore
    /// The folder of routers that learned of adapters.
    public var routers: String { "\(path)/routers" }
    /// A registry that could not be read, and may name bytes that no other does; nil: there is none.
    public var damagedRegistry: String? {
        let path = "\(path)/\(Self.damagedName)"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }
    private let lock: FileLock

    /// Makes the folder where it is missing, and takes it.
    ///
    /// - Throws: `file` when it cannot be made, others could change it, or another service has it.
    public init(path: String) throws(RegistryError) {
        do throws(TensorError) {
            try PrivateFolder(path: path).make()
            guard let lock = try FileLock(ifFree: "\(path)/lock") else {
                throw TensorError(
                    .unwritable,
                    "\(path): another service keeps its adapters here; name another folder")
            }
            self.lock = lock
            for name in ["adapters", "routers"] {
                try PrivateFolder(path: "\(path)/\(name)").make()
            }
        } catch {
            throw RegistryError(.file, error.message)
        }
        self.path = path
        store = AdapterStore(path: "\(path)/adapters")
    }

    /// The registry as it was written last; nil: there was none.
    ///
    /// Where it cannot be read it is set aside, and the one before it is used.
    ///
    /// - Throws: `newer` for one of a later program, `malformed` when neither can be read, `file` when it cannot be set aside.
    public func read() throws(RegistryError) -> (registry: AdapterRegistry, warning: String?)? {
        do throws(RegistryError) {
            if let registry = try read(Self.fileName) { return (registry, nil) }
        } catch {
            guard error.code != .newer, let previous = try read(Self.previousName) else {
                throw error
            }
            try setDamagedAside()
            return (previous, "\(error); the registry before it is used")
        }
        return try read(Self.previousName).map { ($0, nil) }
    }

    private func setDamagedAside() throws(RegistryError) {
        let place = "\(path)/\(Self.damagedName)"
        do {
            try? FileManager.default.removeItem(atPath: place)
            try FileManager.default.moveItem(atPath: "\(path)/\(Self.fileName)", toPath: place)
        } catch {
            throw RegistryError(
                .file, "\(place): a damaged registry cannot be kept there: \(error)")
        }
    }

    private func read(_ name: String) throws(RegistryError) -> AdapterRegistry? {
        let path = "\(path)/\(name)"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let bytes: [UInt8]
        do throws(TensorError) {
            bytes = try FileBytes.array(path: path, limit: RegistryDocument.byteLimit)
        } catch {
            throw RegistryError(.file, error.message)
        }
        do throws(RegistryError) {
            return try RegistryDocument.decode(bytes)
        } catch {
            throw RegistryError(error.code, "\(path): \(error)")
        }
    }

    /// Makes a registry the one that is read from now on; a crash at any moment leaves it or the one before.
    public func write(_ registry: AdapterRegistry) throws(RegistryError) {
        do throws(TensorError) {
            let file = try AtomicFile(path: "\(path)/\(Self.fileName)", isPrivate: true)
            try file.write(RegistryDocument.encode(registry))
            try file.commit(keepingPreviousAs: "\(path)/\(Self.previousName)")
        } catch {
            throw RegistryError(.file, error.message)
        }
    }
}
