internal import CSHA256

/// A SHA-256 computation (FIPS 180-4) that takes its bytes piece by piece.
public struct SHA256: Sendable {
    private var hash = fusebox_sha256_begin()

    /// Begins with no bytes.
    public init() {}

    /// Takes the next bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe fusebox_sha256_update(&hash, bytes.baseAddress, bytes.count)
    }

    /// The digest of all bytes so far; more may follow.
    public var digest: Digest {
        var copy = hash
        unsafe fusebox_sha256_finish(&copy)
        return Digest(copy.state)
    }
}
