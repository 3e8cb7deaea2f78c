import Foundation
import Tensors
import TestSupport
import Testing

@testable import Registry

@Suite struct RegistryFolderTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func registry(_ count: UInt8) throws -> AdapterRegistry {
        var registry = AdapterRegistry()
        for number in 0..<count { try registry.add("name\(number)", Digest(of: [number])) }
        return registry
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let kept = try RegistryFolder(path: folder.path("state"))
        #expect(try kept.read() == nil)
        for count: UInt8 in 1...3 {
            try kept.write(try registry(count))
            #expect(try kept.read()?.registry == (try registry(count)))
        }
    }

    @Test func oneServiceAtATime() throws {
        let first = try RegistryFolder(path: folder.path("state"))
        #expect(throws: RegistryError.self) { try RegistryFolder(path: folder.path("state")) }
        try first.write(try registry(1))
    }

    @Test func aTornRegistryIsTheOneBefore() throws {
        let kept = try RegistryFolder(path: folder.path("state"))
        try kept.write(try registry(1))
        try kept.write(try registry(2))
        let whole = try folder.read("state/registry.json")
        for length in stride(from: 0, to: whole.count - 1, by: 7) {
            try folder.write(Array(whole.prefix(length)), to: "state/registry.json")
            let found = try #require(try kept.read())
            #expect(found.registry == (try registry(1)))
            #expect(found.warning != nil)
            #expect(try folder.read("state/registry.damaged.json") == Array(whole.prefix(length)))
        }
        let afterwards = try #require(try kept.read())
        #expect(afterwards.registry == (try registry(1)), "as where the machine stopped in between")
        #expect(afterwards.warning == nil && kept.damagedRegistry != nil)
        try kept.write(try registry(3))
        #expect(try kept.read()?.registry == (try registry(3)))
        #expect(kept.damagedRegistry != nil, "it may name what nothing else does")
    }

    @Test func aLaterProgramsRegistryIsLeftAlone() throws {
        let kept = try RegistryFolder(path: folder.path("state"))
        try kept.write(try registry(1))
        try kept.write(try registry(2))
        try folder.write(
            #"{"format": "fusebox.registry", "version": 2, "revision": 9}"#,
            to: "state/registry.json")
        #expect {
            try kept.read()
        } throws: { ($0 as? RegistryError)?.code == .newer }
    }

    /// A record of an older program says nothing of what served before.
    @Test func olderRegistriesAreRead() throws {
        func document(_ members: String) -> [UInt8] {
            let generations = (UInt8(1)...4).map {
                "{\"number\": \($0), \"digest\": \"\(Digest(of: [$0]))\"}"
            }
            let record =
                "{\"name\": \"calm\", \"last\": 3, \(members) \"generations\": [\(generations.joined(separator: ","))]}"
            return Array(
                "{\"format\": \"fusebox.registry\", \"version\": 1, \"revision\": 1, \"adapters\": [\(record)]}"
                    .utf8)
        }
        func previous(_ members: String) throws -> [UInt32]? {
            try RegistryDocument.decode(document(members)).records["calm"]?.previous
        }
        #expect(try previous("") == [1, 2])
        let canary = "\"serving\": 3, \"canary\": {\"generation\": 2, \"share\": 9},"
        #expect(try previous(canary) == [1])
        #expect(try previous("\"previous\": [4, 1, 4],") == [4, 1, 4])
        for wrong in ["[3]", "[1, 1]", "[5]", "[0]", "[-1]", "7", "[\"1\"]", "[[]]"] {
            #expect(throws: RegistryError.self, "\(wrong)") {
                try previous("\"previous\": \(wrong),")
            }
        }
        let long = Array(repeating: "1, 2", count: 9).joined(separator: ", ")
        #expect(throws: RegistryError.self) { try previous("\"previous\": [\(long)],") }
    }

    /// What is read can be changed and written: the last revision that JSON has is not left behind.
    @Test func theLastRevisionIsKept() throws {
        var registry = try registry(1)
        registry.revision = UInt64(Int64.max) - 1
        for number: UInt8 in 50..<53 {
            try registry.replace("name0", with: Digest(of: [number]))
            #expect(try RegistryDocument.decode(RegistryDocument.encode(registry)) == registry)
        }
        #expect(registry.revision == UInt64(Int64.max))
    }

    @Test func namesThatNobodyCouldAddAreRefused() throws {
        let text = String(decoding: RegistryDocument.encode(try registry(1)), as: UTF8.self)
        for name in ["../up", "two words", ""] {
            let document = text.replacing("\"name0\"", with: "\"\(name)\"")
            #expect(throws: RegistryError.self) {
                try RegistryDocument.decode(Array(document.utf8))
            }
        }
    }

    @Test func damagedDocumentsAreRefused() throws {
        var whole = try registry(3)
        for number: UInt8 in 10..<13 { try whole.replace("name1", with: Digest(of: [number])) }
        let document = RegistryDocument.encode(whole)
        var random = SeededGenerator(seed: 5)
        for _ in 0..<3000 {
            let bytes = Mutation.of(document, using: &random)
            guard let registry = try? RegistryDocument.decode(bytes) else { continue }
            for (name, record) in registry.records {
                #expect(record.generation(record.lastServing) != nil)
                #expect(record.previous.allSatisfy { record.generation($0) != nil })
                var registry = registry
                _ = try? registry.rollBack(name)
                #expect(registry.records[name]?.generation(record.lastServing) != nil)
            }
        }
    }

    @Test func adaptersAreKeptByTheirContent() throws {
        let kept = try RegistryFolder(path: folder.path("state"))
        let source = GoldenFolder.path("../../Demo/adapters/hotels")
        let copy = folder.path("hotels")
        try FileManager.default.copyItem(atPath: source, toPath: copy)
        let digest = try kept.store.keep(copy)
        #expect(try kept.store.keep(copy) == digest, "once more changes nothing")
        try FileManager.default.removeItem(atPath: copy)
        let place = try #require(kept.store.place(of: digest))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: place).sorted() == [
                "adapter_config.json", "adapter_model.safetensors",
            ])
        #expect(throws: (any Error).self) { try kept.store.keep(copy) }
        try folder.write("", to: "state/adapters/incoming-7")
        kept.store.prune(keeping: [digest])
        #expect(kept.store.place(of: digest) == place)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: kept.store.path) == ["\(digest)"])
        kept.store.prune(keeping: [])
        #expect(kept.store.place(of: digest) == nil)
    }
}
