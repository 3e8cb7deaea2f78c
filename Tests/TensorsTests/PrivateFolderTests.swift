import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite struct PrivateFolderTests {
    private let folder: TestSupport.TemporaryFolder

    init() throws {
        folder = try TestSupport.TemporaryFolder()
    }

    @Test func foldersAreMadeForTheirUserAlone() throws {
        let inner = PrivateFolder(path: folder.path("a/b/c"))
        try inner.make()
        try inner.make()
        let mode = try FileManager.default.attributesOfItem(atPath: inner.path)[.posixPermissions]
        #expect((mode as? NSNumber)?.intValue == 0o700)
        try folder.write([1], to: "a/b/c/file")
        #expect(inner.names == ["file"])
        inner.remove("file")
        #expect(inner.names == [])
    }

    @Test(arguments: [0o777, 0o770, 0o1777])
    func foldersOfOthersAreRefused(_ mode: Int) throws {
        let path = folder.path("open")
        try PrivateFolder(path: path).make()
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        let error = #expect(throws: TensorError.self) { try PrivateFolder(path: path).check() }
        #expect(error?.message.contains("0700") == true)
    }

    @Test func whatCannotBeMadeIsNamed() throws {
        let path = try folder.write([1], to: "file") + "/folder"
        let error = #expect(throws: TensorError.self) { try PrivateFolder(path: path).make() }
        #expect(error?.code == .unwritable && error?.message.contains(path) == true)
        #expect(throws: TensorError.self) { _ = try FileLock(path: path) }
    }

    @Test func oneHoldsALockAtATime() async throws {
        let path = folder.path("lock")
        let log = folder.path("log")
        try folder.write([], to: "log")
        try await withThrowingTaskGroup { group in
            for index in UInt8(0)..<4 {
                group.addTask {
                    let lock = try FileLock(path: path)
                    for _ in 0..<50 {
                        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
                        try handle.seekToEnd()
                        try handle.write(contentsOf: [index])
                        try handle.close()
                    }
                    extendLifetime(lock)
                }
            }
            try await group.waitForAll()
        }
        let written = try folder.read("log")
        #expect(written.count == 200)
        // Each wrote all of its bytes in one go.
        #expect(zip(written, written.dropFirst()).count { $0 != $1 } == 3)
    }
}
