public import Kernels
internal import SystemPackage
public import Tensors

/// The folder of model images, one for each checkpoint, execution type and layout, and of what is remembered of files.
public struct ImageFolder: Sendable {
    /// The digests of checkpoints and images.
    public let memory: DigestMemory

    /// How the names of images end.
    public static let suffix = ".image"

    private let folder: PrivateFolder

    public var path: String { folder.path }

    /// A folder, which `build` makes when it is missing.
    public init(path: String) {
        folder = PrivateFolder(path: path)
        memory = DigestMemory(folder: path)
    }

    /// Where images are unless somebody says otherwise: in the user's cache folder; nil when there is none.
    ///
    /// - Parameter environment: `FUSEBOX_IMAGE_FOLDER` names the folder, else `XDG_CACHE_HOME` or `HOME` what it is in.
    public init?(environment: [String: String]) {
        if let path = environment["FUSEBOX_IMAGE_FOLDER"], !path.isEmpty {
            self.init(path: path)
        } else if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
            self.init(path: cache + "/fusebox")
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            self.init(path: home + "/.cache/fusebox")
        } else {
            return nil
        }
    }

    /// The image of a checkpoint; nil when there is none.
    ///
    /// - Throws: for one that cannot be used, and for a folder in which others could replace it.
    public func image(
        of checkpoint: Checkpoint, type: ExecutionType
    ) throws(ModelError) -> ModelImage? {
        let path = imagePath(of: checkpoint, type: type)
        guard Checkpoint.exists(FilePath(path)) else { return nil }
        do {
            try folder.check()
        } catch {
            throw ModelError(.unwritable, "\(error)")
        }
        return try ModelImage(path: path, of: checkpoint, type: type, remembering: memory)
    }

    /// The image of a checkpoint, built if there is none or an unusable one.
    ///
    /// Only one process at a time builds in a folder; the others wait and find its work.
    ///
    /// - Parameters:
    ///   - rebuilding: told why an image that was there is built again.
    ///   - progress: told the part that is done.
    /// - Throws: what packing throws; `unwritable` when there is no place for the file.
    @discardableResult
    public func build(
        _ checkpoint: Checkpoint, type: ExecutionType, pool: ThreadPool,
        rebuilding: (ModelError) -> Void = { _ in }, progress: (Double) -> Void = { _ in }
    ) throws(ModelError) -> ModelImage {
        let lock = try lock()
        defer { extendLifetime(lock) }
        do {
            if let image = try image(of: checkpoint, type: type) { return image }
        } catch {
            rebuilding(error)
        }
        removeAbandoned()
        let path = imagePath(of: checkpoint, type: type)
        try ModelImage.write(checkpoint, type: type, to: path, pool: pool, progress: progress)
        return try ModelImage(path: path, of: checkpoint, type: type, remembering: memory)
    }

    /// Removes images that nothing uses any more, and what is remembered of files that changed.
    ///
    /// These are images of another layout, of checkpoints that are gone, and of what this checkpoint's path held before.
    ///
    /// - Returns: the paths of the removed images.
    public func prune(for checkpoint: Checkpoint) throws(ModelError) -> [String] {
        let lock = try lock()
        defer { extendLifetime(lock) }
        removeAbandoned()
        memory.forgetStale()
        let old = folder.names.filter { name in
            name.hasSuffix(Self.suffix) && isOld("\(path)/\(name)", for: checkpoint)
        }
        for name in old { folder.remove(name) }
        return old.map { "\(path)/\($0)" }
    }

    /// Makes the folder where it is missing and waits until nobody else changes it.
    private func lock() throws(ModelError) -> FileLock {
        do {
            try folder.make()
            return try FileLock(path: path + "/lock")
        } catch {
            throw ModelError(.unwritable, "\(error)")
        }
    }

    private func isOld(_ image: String, for checkpoint: Checkpoint) -> Bool {
        guard let file = try? SealedFile(path: image), let directory = try? ImageDirectory(file),
            directory.layout == WeightFormat.layoutVersion
        else { return true }
        return directory.source == checkpoint.path.resolvedPath
            ? directory.base != checkpoint.digest
            : !Checkpoint.exists(FilePath(directory.source))
    }

    /// Removes what builders left that were killed; whoever calls this has the lock.
    private func removeAbandoned() {
        for name in folder.names
        where name.hasSuffix(AtomicFile.temporarySuffix) && name.contains(Self.suffix) {
            folder.remove(name)
        }
    }

    private func imagePath(of checkpoint: Checkpoint, type: ExecutionType) -> String {
        "\(path)/\(checkpoint.digest)-\(type.rawValue)-\(WeightFormat.layoutVersion)\(Self.suffix)"
    }
}
