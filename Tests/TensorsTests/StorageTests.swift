import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct StorageTests {
    @Test(arguments: [0, 1, 7, 64, 1000])
    func buffersAreAlignedAndZero(count: Int) {
        let buffer = AlignedBuffer<Float>(count: count)
        #expect(buffer.count == count)
        #expect(unsafe UInt(bitPattern: buffer.pointer).isMultiple(of: 64))
        #expect((0..<count).allSatisfy { buffer[$0] == 0 })
        if count > 0 {
            buffer[count - 1] = 3
            #expect(unsafe buffer.withUnsafeBufferPointer { unsafe $0.last } == 3)
        }
    }

    @Test(arguments: [0, 1, 1 << 18, (1 << 19) + 1, 3 << 20])
    func buffersOnHugePagesAreAlignedAndZero(count: Int) {
        let buffer = AlignedBuffer<Float>(onHugePages: count)
        #expect(buffer.count == count)
        #expect(unsafe UInt(bitPattern: buffer.pointer).isMultiple(of: 64))
        #expect([0, count / 2, count - 1].allSatisfy { $0 >= count || $0 < 0 || buffer[$0] == 0 })
        for index in stride(from: 0, to: count, by: 1000) { buffer[index] = Float(index) }
        if count > 0 { buffer[count - 1] = 7 }
        #expect(count == 0 || buffer[count - 1] == 7)
    }

    @Test func buffersTakeElements() {
        let buffer = AlignedBuffer<Int32>([3, 1, 2])
        #expect((0..<3).map { buffer[$0] } == [3, 1, 2])
        #expect(AlignedBuffer<Int32>([]).count == 0)
    }

    @Test func buffersBeyondTheMachineAreNil() {
        #expect(AlignedBuffer<Float>(ifPossible: .max) == nil)
        #expect(AlignedBuffer<UInt8>(ifPossible: .max) == nil)
        #expect(AlignedBuffer<UInt8>(ifPossible: 1 << 60) == nil)
        #expect(AlignedBuffer<UInt8>(ifPossible: 3)?.count == 3)
    }

    @Test func anEnormousSparseFileIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([1], to: "sparse")
        try #require(unsafe truncate(path, 1 << 40) == 0)
        let error = #expect(throws: TensorError.self) {
            try FileBytes(path: path, loading: .copied)
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test(arguments: [FileBytes.Loading.mapped, .copied])
    func filesAreReached(loading: FileBytes.Loading) throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let file = try FileBytes(path: try folder.write(bytes, to: "f"), loading: loading)
        #expect(file.count == bytes.count)
        #expect(unsafe file.withUnsafeBytes { unsafe Array($0) } == bytes)
        #expect(file.digest() == Digest(of: bytes))
        let empty = try FileBytes(path: try folder.write([], to: "empty"), loading: loading)
        #expect(empty.count == 0)
        #expect(unsafe empty.withUnsafeBytes { $0.count } == 0)
        #expect(empty.digest() == Digest(of: []))
    }

    @Test(arguments: [FileBytes.Loading.mapped, .copied])
    func whatIsNoRegularFileIsRefused(loading: FileBytes.Loading) throws {
        let folder = try TemporaryFolder()
        let pipe = folder.path("pipe")
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        for path in [folder.path("missing"), folder.path(""), pipe, "/dev/zero", "", "a\u{0}b"] {
            let error = #expect(throws: TensorError.self) {
                try FileBytes(path: path, loading: loading)
            }
            #expect(error?.code == .unreadable)
        }
    }

    @Test func copiesAreLimited() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([1, 2, 3], to: "f")
        #expect(throws: Never.self) { try FileBytes(path: path, loading: .copied, limit: 3) }
        let error = #expect(throws: TensorError.self) {
            try FileBytes(path: path, loading: .copied, limit: 2)
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test func aCopySurvivesTheTruncationOfItsFile() throws {
        let folder = try TemporaryFolder()
        var writer = SafetensorsWriter()
        try writer.add(
            try Tensor(name: "a", shape: [4096], floats: [Float](repeating: 2, count: 4096)))
        let path = folder.path("a.safetensors")
        try writer.write(to: path)
        let file = try SafetensorsFile(path: path, loading: .copied, limits: .adapter)
        try #require(unsafe truncate(path, 0) == 0)
        #expect(try file["a"]?.floats().allSatisfy { $0 == 2 } == true)
    }

    @Test func filesAppearWhole() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([1], to: "f")
        do {
            let file = try AtomicFile(path: path)
            try file.write([2, 3])
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([1]), "dropped without a commit")
        let file = try AtomicFile(path: path)
        try file.write([2, 3])
        try file.write([])
        try file.write([4])
        try file.commit()
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([2, 3, 4]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")) == ["f"])
        let error = #expect(throws: TensorError.self) {
            _ = try AtomicFile(path: folder.path("missing/f"))
        }
        #expect(error?.code == .unwritable)
    }

    @Test func digestsOfFilesAreThoseOfTheirBytes() throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let path = try folder.write(bytes, to: "f")
        #expect(try Digest.ofFile(path: path) == Digest(of: bytes))
        #expect(
            Digest(of: Array("abc".utf8)).description
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(throws: TensorError.self) { try Digest.ofFile(path: folder.path("")) }
    }
}
