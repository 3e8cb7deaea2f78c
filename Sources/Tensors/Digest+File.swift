extension Digest {
    /// The digest of a regular file, read in pieces.
    public static func ofFile(path: String) throws(TensorError) -> Digest {
        let file = try RegularFile(path: path)
        let piece = AlignedBuffer<UInt8>(count: 1 << 20)
        var hash = SHA256()
        while true {
            let count = try unsafe piece.withUnsafeMutableBufferPointer {
                bytes throws(TensorError) in
                try unsafe file.read(into: UnsafeMutableRawBufferPointer(bytes))
            }
            unsafe hash.update(UnsafeRawBufferPointer(start: piece.pointer, count: count))
            guard count == piece.count else { return hash.digest }
        }
    }
}
