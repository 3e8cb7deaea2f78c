internal import Glibc
internal import SystemPackage

extension FileBytes {
    /// The content of a regular file of at most `limit` bytes, as an array.
    public static func array(path: String, limit: Int) throws(TensorError) -> [UInt8] {
        let bytes = try FileBytes(path: path, loading: .copied, limit: limit)
        return unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }

    /// Makes a folder, and those that it is in, unless they are there.
    public static func makeFolder(path: String) throws(TensorError) {
        let slashes = path.utf8.indices.dropFirst().filter { path.utf8[$0] == UInt8(ascii: "/") }
        for end in slashes + [path.endIndex] {
            let folder = String(path[..<end])
            let result = unsafe mkdir(folder, 0o755)
            guard result == 0 || errno == EEXIST else {
                throw TensorError(
                    .unwritable, "\(folder): cannot be made: \(Errno(rawValue: errno))")
            }
        }
    }
}
