internal import Glibc
internal import SystemPackage

extension FileBytes {
    /// The content of a regular file of at most `limit` bytes, as an array.
    public static func array(path: String, limit: Int) throws(TensorError) -> [UInt8] {
        let bytes = try FileBytes(path: path, loading: .copied, limit: limit)
        return unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }

    /// Makes a folder unless it is there.
    public static func makeFolder(path: String) throws(TensorError) {
        let result = unsafe mkdir(path, 0o755)
        guard result == 0 || errno == EEXIST else {
            throw TensorError(.unwritable, "\(path): cannot be made: \(Errno(rawValue: errno))")
        }
    }
}
