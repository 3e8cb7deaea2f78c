internal import Glibc

extension String {
    /// The absolute path without links that this path leads to; itself when it leads nowhere.
    public var resolvedPath: String {
        guard let resolved = unsafe realpath(self, nil) else { return self }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}
