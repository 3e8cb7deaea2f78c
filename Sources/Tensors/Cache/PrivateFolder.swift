internal import Glibc
internal import SystemPackage

/// A folder that only this user, or the system's, can change.
public struct PrivateFolder: Sendable {
    public let path: String

    public init(path: String) {
        self.path = path
    }

    /// Makes the folder, and those above it, where they are missing.
    ///
    /// - Throws: `unwritable` when it cannot be made; what `check` throws.
    public func make() throws(TensorError) {
        let above = FilePath(path).removingLastComponent().string
        var status = stat()
        if !above.isEmpty, above != path, unsafe stat(above, &status) != 0, errno == ENOENT {
            try PrivateFolder(path: above).make()
        }
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw TensorError(.unwritable, "\(path): cannot be made: \(Errno(rawValue: errno))")
        }
        try check()
    }

    /// Refuses a folder in which others could replace files.
    public func check() throws(TensorError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw TensorError(.unwritable, "\(path): is no folder")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0,
            status.st_mode & (S_IWGRP | S_IWOTH) == 0
        else {
            throw TensorError(
                .unwritable, "\(path): others could replace files in it; use a folder of mode 0700")
        }
    }

    /// The names of what is in the folder, sorted; none when it cannot be read.
    public var names: [String] {
        guard let stream = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { characters in
                unsafe String(decoding: characters.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file of the folder, if it is there and may be removed.
    public func remove(_ name: String) {
        unsafe unlink("\(path)/\(name)")
    }

    /// Bytes that this user could still write to the folder's file system; nil where the system does not say.
    public var freeByteCount: Int? {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return nil }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(
            by: UInt64(status.f_frsize))
        return overflow ? Int.max : Int(clamping: bytes)
    }

    /// Whether a file is there that nobody but its owner may read or write.
    public static func isPrivate(file path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & 0o077 == 0
    }
}
