import Foundation
import Kernels
import Tensors
import TestSupport
import Testing

@testable import Adapters

/// What is known of adapters from an earlier run.
@Suite struct AdapterCatalogTests {
    private let adapter: AdapterFolder
    private let memory: TestSupport.TemporaryFolder
    private let source: AdapterSource

    init() throws {
        adapter = try AdapterFolder()
        try adapter.write()
        // Files that have just been written are not believed to stay.
        usleep(50_000)
        memory = try TestSupport.TemporaryFolder()
        source = AdapterSource(path: adapter.folder.path, base: AdapterFolder.base)
    }

    private func catalog(for source: AdapterSource? = nil) -> AdapterCatalog {
        AdapterCatalog(of: "shelf", in: memory.path, for: source ?? self.source)
    }

    /// Reads the adapter and notes it.
    private func note() throws -> AdapterSummary {
        var catalog = catalog()
        let stamp = AdapterStamp(of: source)
        let shelved = try ShelvedAdapter(reading: source)
        catalog.note(shelved, stamp: stamp)
        catalog.save(keeping: [source])
        return shelved.summary
    }

    @Test func anAdapterIsKnownAsLongAsItsFilesAreTheSame() throws {
        #expect(catalog().summary(of: source) == nil)
        let summary = try note()
        #expect(catalog().summary(of: source) == summary)
        for name in ["adapter_config.json", "adapter_model.safetensors"] {
            let bytes = try adapter.folder.read(name)
            try adapter.folder.write(bytes, to: name)
            #expect(catalog().summary(of: source) == nil, "the same bytes, written again")
            usleep(50_000)
            #expect(try note() == summary)
            #expect(catalog().summary(of: source) == summary)
        }
        try adapter.folder.remove("adapter_config.json")
        #expect(catalog().summary(of: source) == nil)
    }

    @Test func whatWasWrittenJustNowIsNotKept() throws {
        let bytes = try adapter.folder.read("adapter_config.json")
        var catalog = catalog()
        let shelved = try ShelvedAdapter(reading: source)
        let stamp = AdapterStamp(of: source)
        try adapter.folder.write(bytes, to: "adapter_config.json")
        catalog.note(shelved, stamp: stamp)
        #expect(catalog.summary(of: source) == nil, "it changed while it was read")
        catalog.note(shelved, stamp: AdapterStamp(of: source))
        #expect(
            catalog.summary(of: source) == nil, "a change within the clock's tick would not show")
    }

    @Test func anotherFormatHasAnotherCatalog() throws {
        _ = try note()
        let other = AdapterSource(path: source.path, base: AdapterFolder.base, format: .bf16)
        #expect(catalog(for: other).summary(of: other) == nil)
    }

    /// Whatever a catalog holds is refused or is what was written.
    @Test func damagedCatalogsAreAsGoodAsNone() throws {
        let summary = try note()
        let name = try #require(
            FileManager.default.contentsOfDirectory(atPath: memory.path).first)
        #expect(name.hasSuffix(AdapterCatalog.suffix))
        let whole = try memory.read(name)
        var random = SeededGenerator(seed: 5)
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
                    in: 0...255, using: &random)
            }
            if Bool.random(using: &random) {
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
            }
            try memory.write(bytes, to: name)
            let found = catalog().summary(of: source)
            #expect(found == nil || bytes == whole && found == summary)
        }
    }

    /// With a seal that is right, numbers of any size are refused or harmless.
    @Test func sealedNonsenseIsRefused() throws {
        _ = try note()
        let name = try #require(
            FileManager.default.contentsOfDirectory(atPath: memory.path).first)
        let text = String(decoding: try memory.read(name), as: UTF8.self)
        let body = String(text.drop { $0 != "\n" }.dropFirst())
        for (old, new) in [
            ("\"bytes\":", "\"bytes\":-"), ("\"bytes\":", "\"bytes\":99999999999999999"),
            ("\"digest\":\"", "\"digest\":\"zz"), ("\"rank\":", "\"rank\":\"x\",\"r\":"),
        ] {
            let changed = body.replacingOccurrences(of: old, with: new)
            #expect(changed != body)
            try memory.write("\(Digest(of: Array(changed.utf8)))\n\(changed)", to: name)
            #expect(catalog().summary(of: source) == nil)
        }
    }

    /// An adapter under the name of another is read, and told apart by its content.
    @Test func aShelvedAdapterIsNeverAnother() throws {
        let shelved = ShelvedAdapter(try ShelvedAdapter(reading: source).summary, source: source)
        #expect(try shelved.load().digest == shelved.digest)
        adapter.configuration["lora_alpha"] = "5"
        try adapter.write()
        #expect {
            try shelved.load()
        } throws: { error in
            let error = error as? AdapterError
            return error?.code == .mismatch && error?.message.contains("has changed") == true
                && error?.message.contains(source.path) == true
        }
    }
}
