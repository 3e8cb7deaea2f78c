import Foundation
import Registry
import Tensors
import TestSupport
import Testing
import Wire

@testable import Frontend

/// The files of a shelf that changes.
@Suite struct ShelfKeeperTests {
    private let folder: TemporaryFolder
    private let state: RegistryFolder
    private let keeper: ShelfKeeper

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path("shelf"), withIntermediateDirectories: false)
        state = try RegistryFolder(path: folder.path("state"))
        // It finds nothing wrong with anything.
        var check = WorkerCommand(arguments: [])
        check.executable = "/bin/true"
        keeper = ShelfKeeper(
            folder: state, shelf: folder.path("shelf"), router: nil, threshold: nil, check: check)
    }

    private static func demo(_ name: String) -> String {
        GoldenFolder.path("../../Demo/adapters/\(name)")
    }

    private func copy(_ name: String, to place: String) throws {
        try? FileManager.default.removeItem(atPath: folder.path("shelf/\(place)"))
        try FileManager.default.copyItem(
            atPath: Self.demo(name), toPath: folder.path("shelf/\(place)"))
    }

    private func kept() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: state.store.path).sorted()
    }

    /// A registry that cannot be read may name bytes that no other does.
    @Test func nothingIsRemovedWhileARegistryIsDamaged() async throws {
        try copy("hotels", to: "hotels")
        let first = try keeper.open().shelf.registry
        let digest = try #require(first.stable["hotels"])
        #expect(await keeper.save(first) == nil)
        #expect(await keeper.save(first) == nil)
        try folder.write("torn", to: "state/registry.json")
        let opened = try keeper.open()
        #expect(opened.shelf.registry == first)
        #expect(opened.warnings.count == 2 && opened.warnings[1].contains("registry.damaged.json"))
        #expect(await keeper.save(first) == nil)
        await keeper.prune(adapters: [], routers: [])
        #expect(try kept() == ["\(digest)"])
        #expect(try keeper.open().warnings.count == 1, "it is still there")
        try FileManager.default.removeItem(atPath: folder.path("state/registry.damaged.json"))
        #expect(try keeper.open().warnings.isEmpty)
        await keeper.prune(adapters: [], routers: [])
        #expect(try kept().isEmpty)
    }

    /// A folder that cannot be read says nothing of what it holds.
    @Test func aShelfThatIsGoneTakesNothingAlong() async throws {
        try copy("hotels", to: "hotels")
        let registry = try keeper.open().shelf.registry
        try folder.remove("shelf")
        let finding = await keeper.run(.folder(registry))
        #expect(finding.refused.map(\.name) == [folder.path("shelf")])
        var after = registry
        _ = after.take(folder: finding.adapters, present: finding.present)
        #expect(after == registry && after.stable["hotels"] != nil)
        #expect(try keeper.open().shelf.registry == AdapterRegistry(), "a start that knows none")
    }

    /// As a disk leaves it that is not mounted.
    @Test func anEmptyShelfTakesNothingAlong() async throws {
        for name in ["hotels", "phones"] { try copy(name, to: name) }
        var registry = try keeper.open().shelf.registry
        for name in ["hotels", "phones"] { try folder.remove("shelf/\(name)") }
        let finding = await keeper.run(.folder(registry))
        #expect(finding.refused.first?.reason.contains("the 2 adapters that it had stay") == true)
        let before = registry
        _ = registry.take(folder: finding.adapters, present: finding.present)
        #expect(registry == before)
        try registry.remove("phones")
        let last = await keeper.run(.folder(registry))
        #expect(last.refused.isEmpty, "one that is removed by hand")
        _ = registry.take(folder: last.adapters, present: last.present)
        #expect(registry.stable.isEmpty)
    }

    @Test func aRegistryThatCannotBeWrittenIsTheOneBefore() async throws {
        try copy("hotels", to: "hotels")
        let first = try keeper.open().shelf.registry
        #expect(await keeper.save(first) == nil)
        var second = first
        try second.remove("hotels")
        // Nothing takes the place of a folder.
        try FileManager.default.createDirectory(
            atPath: folder.path("state/registry.previous.json"), withIntermediateDirectories: false)
        let problem = try #require(await keeper.save(second))
        #expect(problem.contains("state/registry.json: cannot be completed"))
        #expect(try state.read()?.registry == first)
        let names = try FileManager.default.contentsOfDirectory(atPath: state.path).sorted()
        #expect(
            names == ["adapters", "lock", "registry.json", "registry.previous.json", "routers"])
    }

    /// As where the disk is full: what cannot be kept is refused, and leaves nothing behind.
    @Test func whatCannotBeKeptIsRefused() async throws {
        try folder.remove("state/adapters")
        try folder.write("no folder", to: "state/adapters")
        let change = WireChangeAdapter {
            ($0.verb, $0.name, $0.path) = (.add, "hotels", Self.demo("hotels"))
        }
        let finding = await keeper.run(.adapter(change, AdapterRegistry()))
        #expect(finding.adapters.isEmpty && finding.refused.map(\.name) == ["hotels"])
        #expect(finding.refused.first?.reason.contains("state/adapters") ?? false)
    }

    /// A folder and a file of one name: neither takes the place of the other at each look.
    @Test func namesakesAreRefusedTogether() async throws {
        try copy("hotels", to: "hotels")
        let registry = try keeper.open().shelf.registry
        try FileManager.default.copyItem(
            atPath: GoldenFolder.path("adapters/embedding.gguf"),
            toPath: folder.path("shelf/hotels.gguf"))
        for _ in 0..<2 {
            let finding = await keeper.run(.folder(registry))
            #expect(finding.adapters.isEmpty && finding.present == ["hotels"])
            let refusal = try #require(finding.refused.first)
            #expect(refusal.name == "hotels" && finding.refused.count == 1)
            #expect(refusal.reason.contains("shelf/hotels and "))
            #expect(refusal.reason.contains("shelf/hotels.gguf"))
            var after = registry
            _ = after.take(folder: finding.adapters, present: finding.present)
            #expect(after == registry, "what served goes on")
        }
    }

    /// What the registry does not name a request may: a start removes nothing by itself.
    @Test func aStartRemovesNothing() throws {
        let digest = try state.store.keep(Self.demo("phones"))
        _ = try keeper.open()
        #expect(try kept() == ["\(digest)"])
    }
}
