import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite("Gzip")
struct GzipTests {
    private static let names = [
        "empty", "stored", "fixed", "dynamic", "huffman", "far", "run", "header", "members",
        "python",
    ]

    private static func file(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: GoldenFolder.path("gzip/\(name).gz"))))
    }

    @Test("What zlib has compressed comes out as it was", arguments: names)
    func goldens(name: String) throws {
        let expected = try JSONValue(
            parsing: [UInt8](
                Data(contentsOf: URL(filePath: GoldenFolder.path("gzip/expected.json")))))
        let bytes = try Self.file(name)
        #expect(GzipFile.recognizes(bytes))
        let content = try GzipFile.content(of: bytes, limit: 1 << 20)
        #expect(content.count == expected[name]?["bytes"]?.int)
        #expect(Digest(of: content).description == expected[name]?["sha256"]?.string)
    }

    @Test("More than the limit is refused, whatever the file says of its length")
    func limit() throws {
        let bytes = try Self.file("run")
        #expect(bytes.count < 1000)
        #expect(try GzipFile.content(of: bytes, limit: 300_000).count == 300_000)
        let error = #expect(throws: TensorError.self) {
            try GzipFile.content(of: bytes, limit: 299_999)
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test("A file that is cut anywhere is refused")
    func truncation() throws {
        for name in ["stored", "fixed", "dynamic", "header"] {
            let bytes = try Self.file(name)
            for count in 0..<bytes.count {
                #expect(throws: TensorError.self, "\(name) \(count)") {
                    try GzipFile.content(of: Array(bytes[..<count]), limit: 1 << 20)
                }
            }
        }
    }

    @Test("A wrong checksum, a wrong length, another method and bytes behind the end are refused")
    func damage() throws {
        let bytes = try Self.file("fixed")
        for place in [0, 2, 3, bytes.count - 1, bytes.count - 5] {
            var damaged = bytes
            damaged[place] ^= 0x81
            #expect(throws: TensorError.self, "\(place)") {
                try GzipFile.content(of: damaged, limit: 1 << 20)
            }
        }
        #expect(throws: TensorError.self) {
            try GzipFile.content(of: bytes + [1, 2, 3], limit: 1 << 20)
        }
    }

    @Test("Damage of any kind ends in an error or in bytes within the limit", arguments: 0..<20)
    func mutations(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        for name in Self.names {
            let bytes = try Self.file(name)
            for _ in 0..<40 {
                let content = try? GzipFile.content(
                    of: Mutation.of(bytes, using: &random), limit: 1 << 19)
                #expect((content?.count ?? 0) <= 1 << 19)
            }
        }
    }
}
