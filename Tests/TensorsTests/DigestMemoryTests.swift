import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite struct DigestMemoryTests {
    private let folder: TestSupport.TemporaryFolder
    private let memory: DigestMemory

    init() throws {
        folder = try TestSupport.TemporaryFolder()
        memory = DigestMemory(folder: folder.path)
    }

    /// The digest of the file, and whether it was read for it.
    private func digest(
        _ name: String, term: DigestMemory.Term = .unlimited
    ) throws -> (Digest, wasRead: Bool) {
        var wasRead = false
        let file = try MappedFile(path: folder.path(name))
        let digest = memory.digest(of: file, term: term) {
            wasRead = true
            return unsafe file.withUnsafeBytes { unsafe Digest(of: $0) }
        }
        return (digest, wasRead)
    }

    /// Writes a file and lets the clock of the file system tick.
    private func write(_ bytes: [UInt8], to name: String) throws {
        try folder.write(bytes, to: name)
        usleep(50_000)
    }

    @Test(arguments: [DigestMemory.Term.unlimited, .boot])
    func aFileIsReadOnce(_ term: DigestMemory.Term) throws {
        try write([1, 2, 3], to: "f")
        for isFirst in [true, false, false] {
            let (found, wasRead) = try digest("f", term: term)
            #expect(found == Digest(of: [1, 2, 3]) && wasRead == isFirst)
        }
        try write([1, 2, 4], to: "f")
        let (found, wasRead) = try digest("f", term: term)
        #expect(found == Digest(of: [1, 2, 4]) && wasRead)
    }

    /// Same name, size and time of the last write: only the inode and the time of the change tell.
    @Test func aReplacementWithTheOldTimesIsRead() throws {
        try write([1, 2, 3], to: "f")
        _ = try digest("f")
        let times = try FileManager.default.attributesOfItem(atPath: folder.path("f"))
        try write([1, 2, 5], to: "g")
        try FileManager.default.removeItem(atPath: folder.path("f"))
        try FileManager.default.moveItem(atPath: folder.path("g"), toPath: folder.path("f"))
        let date = try #require(times[.modificationDate])
        try FileManager.default.setAttributes(
            [.modificationDate: date], ofItemAtPath: folder.path("f"))
        #expect(try digest("f").0 == Digest(of: [1, 2, 5]))
    }

    @Test func aFreshFileIsNotRemembered() throws {
        let file = try MappedFile(path: folder.write([1], to: "f"))
        let isSettled = file.identity.isSettled
        let first = try digest("f")
        #expect(first.wasRead)
        // A write within the same tick of the clock would not show.
        if !isSettled { #expect(try digest("f").0 == first.0) }
    }

    @Test func damagedRecordsAreAsGoodAsNone() throws {
        try write([1, 2, 3], to: "f")
        _ = try digest("f")
        let record = try #require(records.first)
        let sound = try folder.read(record)
        var random = SeededGenerator(seed: 3)
        for _ in 0..<500 {
            try folder.write(Mutation.of(sound, using: &random), to: record)
            #expect(try digest("f").0 == Digest(of: [1, 2, 3]))
        }
        // The right shape and a wrong digest: only the record's own digest tells.
        let other = String(decoding: sound, as: UTF8.self).replacingOccurrences(
            of: Digest(of: [1, 2, 3]).description, with: Digest(of: [9]).description)
        try folder.write(Array(other.utf8), to: record)
        #expect(try digest("f").0 == Digest(of: [1, 2, 3]))
    }

    @Test func staleRecordsAreForgotten() throws {
        for name in ["kept", "changed", "gone"] {
            try write([1], to: name)
            _ = try digest(name)
        }
        #expect(records.count == 3)
        try folder.write([1, 2], to: "changed")
        try folder.remove("gone")
        memory.forgetStale()
        #expect(records.count == 1)
        #expect(try digest("kept").wasRead == false)
    }

    private var records: [String] {
        PrivateFolder(path: folder.path).names.filter { $0.hasSuffix(".digest") }
    }
}
