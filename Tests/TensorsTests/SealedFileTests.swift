import TestSupport
import Testing

@testable import Tensors

@Suite struct SealedFileTests {
    private let folder: TestSupport.TemporaryFolder

    init() throws {
        folder = try TestSupport.TemporaryFolder()
    }

    /// A file of three parts; their places and the payload's digest are in the directory.
    private func file(_ parts: [[UInt8]]) throws -> String {
        let path = folder.path("sealed")
        var writer = try SealedFileWriter(path: path)
        var offsets: [JSONValue] = []
        for part in parts {
            let offset = try unsafe part.withUnsafeBytes { bytes throws(TensorError) in
                try unsafe writer.append(bytes)
            }
            offsets.append(.integer(Int64(offset)))
        }
        try writer.seal { digest in
            .object(["digest": .string(digest.description), "offsets": .array(offsets)])
        }
        return path
    }

    private var memory: DigestMemory { DigestMemory(folder: folder.path) }

    @Test func partsComeBackAligned() throws {
        var random = SeededGenerator(seed: 1)
        // The last is longer than what is written together.
        let parts = [1, 64, 0, 1000, (8 << 20) + 77].map { count in
            (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        let sealed = try SealedFile(path: file(parts))
        let offsets = sealed.directory["offsets"]?.array?.compactMap(\.int) ?? []
        #expect(offsets.count == parts.count && offsets.allSatisfy { $0.isMultiple(of: 64) })
        let bytes = unsafe sealed.file.withUnsafeBytes { unsafe Array($0) }
        for (part, offset) in zip(parts, offsets) {
            #expect(Array(bytes[offset..<offset + part.count]) == part)
        }
        let digest = sealed.payloadDigest(remembering: memory)
        #expect(digest == Digest(of: Array(bytes[..<sealed.payloadByteCount])))
        #expect(sealed.directory["digest"]?.string == digest.description)
    }

    @Test func aFileThatWasNotSealedLeavesNothing() throws {
        do { _ = try SealedFileWriter(path: folder.path("sealed")) }
        #expect(PrivateFolder(path: folder.path).names == [])
    }

    @Test func otherFilesAreRefused() throws {
        for bytes in [[], [1, 2], [UInt8](repeating: 0, count: 64), SealedFile.magic] {
            let error = #expect(throws: TensorError.self) {
                try SealedFile(path: folder.write(bytes, to: "other"))
            }
            #expect(error?.code == .malformed && error?.message.contains("other") == true)
        }
        #expect(throws: TensorError.self) { try SealedFile(path: folder.path("missing")) }
    }

    /// Whatever is done to the bytes shows: in the seal, in the directory's digest, or in the payload's.
    @Test func damageShows() throws {
        var random = SeededGenerator(seed: 2)
        let parts = (0..<3).map { _ in
            (0..<200).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        let path = try file(parts)
        let sound = try folder.read("sealed")
        let directory = try SealedFile(path: path).directory
        for _ in 0..<2000 {
            let bytes = Mutation.of(sound, using: &random)
            guard bytes != sound else { continue }
            try folder.write(bytes, to: "sealed")
            guard let damaged = try? SealedFile(path: path) else { continue }
            #expect(damaged.directory == directory)
            let digest = damaged.payloadDigest(remembering: memory)
            #expect(damaged.directory["digest"]?.string != digest.description)
        }
    }

    @Test func aSealThatLiesIsRefused() throws {
        let path = try file([[1, 2, 3]])
        let sound = try folder.read("sealed")
        for value in [UInt64.max, 1 << 63, 1 << 40, 4, 2, 0] {
            for field in 0..<2 {
                var bytes = sound
                let at = bytes.count - SealedFile.sealByteCount + SealedFile.magic.count + 8 * field
                bytes.replaceSubrange(at..<at + 8, with: LittleEndian.bytes(value))
                try folder.write(bytes, to: "sealed")
                #expect(throws: TensorError.self) { try SealedFile(path: path) }
            }
        }
    }
}
