import CSHA256
import TestSupport
import Testing

@testable import Tensors

@Suite struct SHA256Tests {
    private static let a = UInt8(ascii: "a")

    /// The examples of FIPS 180-4 and of NIST's test vectors.
    private static let examples: [([UInt8], String)] = [
        ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ([0xBD], "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"),
        (
            [UInt8](repeating: 0, count: 64),
            "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"
        ),
        (
            [UInt8](repeating: a, count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ]

    @Test(arguments: examples) func examplesOfTheStandardHold(_ bytes: [UInt8], _ digest: String) {
        #expect(Digest(of: bytes).description == digest)
    }

    @Test func piecesMakeNoDifference() {
        var random = SeededGenerator(seed: 1)
        for count in Array(0..<200) + [4096, 70_001] {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            var hash = SHA256()
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 0...150, using: &random))
                unsafe Array(piece).withUnsafeBytes { unsafe hash.update($0) }
                rest = rest.dropFirst(piece.count)
            }
            #expect(hash.digest == Digest(of: bytes))
        }
    }

    @Test func allProcessorsAgree() {
        var random = SeededGenerator(seed: 2)
        for blocks in [1, 2, 33] {
            let bytes = (0..<blocks * 64).map { _ in UInt8.random(in: 0...255, using: &random) }
            var best = (0..<8).map { _ in UInt32.random(in: 0...UInt32.max, using: &random) }
            var portable = best
            unsafe fusebox_sha256_best()(&best, bytes, blocks)
            unsafe fusebox_sha256_portable(&portable, bytes, blocks)
            #expect(best == portable)
        }
    }
}
