import Adapters
import Foundation
import Inference
import Kernels
import Tensors
import TestSupport
import Testing

@testable import Models

/// The image of a model computes what the model does, and nothing else is ever taken for it.
@Suite struct ModelImageTests {
    private let cache: TestSupport.TemporaryFolder
    private let images: ImageFolder

    init() throws {
        cache = try TestSupport.TemporaryFolder()
        images = ImageFolder(path: cache.path("images"))
    }

    @Test(arguments: ["llama", "llama_nf4", "mistral", "qwen2", "qwen3"], ExecutionType.allCases)
    func logitsAreBitIdentical(_ family: String, _ type: ExecutionType) throws {
        for path in try Self.checkpoints(family) {
            let packed = try LoadedModel(
                path: path, precision: Precision(weights: type), threadCount: 1)
            try build(path, type)
            let shared = try LoadedModel(
                path: path, precision: Precision(weights: type), threadCount: 2, images: images)
            #expect(shared.usesImage && !packed.usesImage && shared.warnings.isEmpty)
            #expect(shared.transformer.byteCount == packed.transformer.byteCount)
            let expected = try logits(packed, family)
            #expect(try !expected.isEmpty && logits(shared, family) == expected)
        }
    }

    /// The directory of a family and its GGUF file, if there is one.
    private static func checkpoints(_ family: String) throws -> [String] {
        let folder = GoldenFolder.path("models/\(family)")
        return [folder, "\(folder)/model.gguf"].filter {
            FileManager.default.fileExists(atPath: $0)
        }
    }

    @Test func aDamagedImageIsToldAndBuiltAgain() throws {
        let path = GoldenFolder.path("models/llama")
        let expected = try logits(
            LoadedModel(path: path, precision: Precision(weights: .q8_0), threadCount: 1), "llama")
        let image = try build(path, .q8_0)
        let name = "images/" + (image.split(separator: "/").last.map(String.init) ?? "")
        let sound = try cache.read(name)
        var random = SeededGenerator(seed: 7)
        for round in 0..<200 {
            let bytes = Mutation.of(sound, using: &random)
            guard bytes != sound else { continue }
            try cache.write(bytes, to: name)
            let loaded = try LoadedModel(
                path: path, precision: Precision(weights: .q8_0), threadCount: 1, images: images)
            #expect(!loaded.usesImage && loaded.warnings.first?.contains(image) == true)
            guard round.isMultiple(of: 20) else { continue }
            #expect(try logits(loaded, "llama") == expected)
            var problems: [String] = []
            try images.build(
                Checkpoint(path: path), type: .q8_0, pool: ThreadPool(threadCount: 1),
                rebuilding: { problems.append($0.message) })
            #expect(try problems.count == 1 && cache.read(name) == sound)
        }
    }

    /// Sealed as it should be, but with a directory that lies.
    @Test(arguments: [
        ("\"outputs\":", "\"outputs\":1"), ("\"offset\":", "\"offset\":1"),
        ("\"bytes\":", "\"bytes\":9"), ("\"inputs\":", "\"inputs\":-"),
        ("\"format\":\"", "\"format\":\"x"), ("\"name\":\"", "\"name\":\"x"),
        ("\"layout\":", "\"layout\":9"), ("\"type\":\"", "\"type\":\"x"),
        ("\"base\":\"", "\"base\":\"0"), ("\"matrices\":[", "\"matrices\":[],\"x\":["),
        ("\"offset\":0", "\"offset\":9223372036854775807"),
        ("\"payload\":\"", "\"payload\":\"0000"),
    ])
    func aLyingDirectoryIsRefused(_ text: String, _ lie: String) throws {
        let path = GoldenFolder.path("models/llama")
        let image = try build(path, .q8_0)
        let name = "images/" + (image.split(separator: "/").last.map(String.init) ?? "")
        let bytes = try cache.read(name)
        let sealed = try SealedFile(path: image)
        let directory = sealed.directory.text.replacingOccurrences(of: text, with: lie)
        try #require(directory != sealed.directory.text)
        let body = Array(directory.utf8)
        let size = { (count: Int) -> [UInt8] in
            (0..<8).map { UInt8(truncatingIfNeeded: UInt64(count) >> (8 * UInt64($0))) }
        }
        var lying = Array(bytes[..<sealed.payloadByteCount])
        lying += body
        lying += Array("fusebox image 1\n".utf8)
        lying += size(sealed.payloadByteCount)
        lying += size(body.count)
        lying += Digest(of: body).bytes
        try cache.write(lying, to: name)
        let loaded = try LoadedModel(
            path: path, precision: Precision(weights: .q8_0), threadCount: 1, images: images)
        #expect(!loaded.usesImage && loaded.warnings.count == 1)
    }

    @Test func aForeignImageIsRefused() throws {
        let (mine, other) = (GoldenFolder.path("models/llama"), GoldenFolder.path("models/qwen2"))
        let image = try build(mine, .q8_0)
        for (path, type) in [(other, ExecutionType.q8_0), (mine, .q4_0)] {
            let foreign = try build(path, type)
            try FileManager.default.removeItem(atPath: image)
            try FileManager.default.copyItem(atPath: foreign, toPath: image)
            let loaded = try LoadedModel(
                path: mine, precision: Precision(weights: .q8_0), threadCount: 1, images: images)
            #expect(!loaded.usesImage)
            #expect(loaded.warnings.first?.contains("another checkpoint") == true)
        }
    }

    /// A source that changes under its name, size and all, has another image.
    @Test func aChangedSourceHasAnotherImage() throws {
        let path = cache.path("model")
        try FileManager.default.copyItem(atPath: GoldenFolder.path("models/llama"), toPath: path)
        usleep(50_000)
        let before = try build(path, .q8_0)
        let old = try LoadedModel(
            path: path, precision: Precision(weights: .q8_0), threadCount: 1, images: images)
        var weights = try cache.read("model/model.safetensors")
        // One bit of the last weight's mantissa.
        weights[weights.count - 2] ^= 0x40
        try cache.write(weights, to: "model/model.safetensors")
        let new = try LoadedModel(
            path: path, precision: Precision(weights: .q8_0), threadCount: 1, images: images)
        #expect(old.usesImage && !new.usesImage && new.warnings.isEmpty)
        let after = try build(path, .q8_0)
        #expect(after != before)
        let kept = try build(GoldenFolder.path("models/qwen2"), .q8_0)
        let removed = try images.prune(for: Checkpoint(path: path))
        #expect(removed == [before])
        #expect(FileManager.default.fileExists(atPath: after))
        #expect(FileManager.default.fileExists(atPath: kept))
        try FileManager.default.removeItem(atPath: path)
        let other = try Checkpoint(path: GoldenFolder.path("models/qwen2"))
        #expect(try images.prune(for: other) == [after])
    }

    @Test func buildersWaitForEachOther() async throws {
        let path = GoldenFolder.path("models/llama")
        let images = images
        let written = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var steps = 0
                    let pool = try ThreadPool(threadCount: 1)
                    try images.build(
                        Checkpoint(path: path), type: .q8_0, pool: pool,
                        progress: { _ in steps += 1 })
                    return steps
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(written.count == 4 && written.count { $0 > 0 } == 1)
    }

    @Test func whatAKilledBuilderLeftIsRemoved() throws {
        let path = GoldenFolder.path("models/llama")
        let image = try build(path, .q8_0)
        let name = image.split(separator: "/").last.map(String.init) ?? ""
        try cache.write([1], to: "images/\(name).123.456.partial")
        try build(path, .q4_0)
        #expect(!FileManager.default.fileExists(atPath: image + ".123.456.partial"))
    }

    @Test func thereMayBeNoPlaceForAnImage() throws {
        let file = try cache.write([1], to: "file")
        let open = cache.path("open")
        try FileManager.default.createDirectory(
            atPath: open, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o777])
        for folder in [file, file + "/images", open] {
            let error = #expect(throws: ModelError.self) {
                try ImageFolder(path: folder).build(
                    Checkpoint(path: GoldenFolder.path("models/llama")), type: .q8_0,
                    pool: ThreadPool(threadCount: 1))
            }
            #expect(error?.code == .unwritable && error?.message.contains(folder) == true)
        }
    }

    @Test func theFolderComesFromTheEnvironment() {
        let path = { (environment: [String: String]) in ImageFolder(environment: environment)?.path
        }
        #expect(path(["HOME": "/h"]) == "/h/.cache/fusebox")
        #expect(path(["HOME": "/h", "XDG_CACHE_HOME": "/c"]) == "/c/fusebox")
        #expect(path(["HOME": "/h", "XDG_CACHE_HOME": "relative"]) == "/h/.cache/fusebox")
        #expect(path(["HOME": "/h", "FUSEBOX_IMAGE_FOLDER": "i"]) == "i")
        #expect(path(["HOME": ""]) == nil && path([:]) == nil)
    }

    @discardableResult
    private func build(_ path: String, _ type: ExecutionType) throws -> String {
        try images.build(
            Checkpoint(path: path, remembering: images.memory), type: type,
            pool: ThreadPool(threadCount: 2)
        ).path
    }

    /// The logits of every position of two sequences, base and one mix.
    private func logits(_ model: LoadedModel, _ family: String) throws -> [UInt32] {
        let golden = try ModelGolden(family)
        var model = model
        for name in ModelGolden.adapterNames {
            try model.addAdapter(path: "\(golden.folder)/adapters/\(name)", name: name)
        }
        var bits: [UInt32] = []
        for mix in [0, 4] {
            let scorer = try Scorer(
                model: model.transformer, shelf: model.shelf, mix: golden.mix(mix, on: model.shelf),
                kernels: model.kernels, pool: model.pool)
            for sequence in golden.sequences.suffix(2) {
                try scorer.score(sequence) { _, row in
                    for id in row.indices { bits.append(row[id].bitPattern) }
                }
            }
        }
        return bits
    }
}
