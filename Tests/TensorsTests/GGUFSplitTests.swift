import TestSupport
import Testing

@testable import Tensors

@Suite struct GGUFSplitTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func name(_ number: Int, of count: Int = 3) -> String {
        "m-0000\(number)-of-0000\(count).gguf"
    }

    /// Writes one part as `gguf-split` does.
    @discardableResult
    private func write(
        _ name: String, number: Int, count: Int = 3, tensorCount: Int = 5,
        more: [(String, GGUFValue)] = [], tensors: [String]
    ) throws -> String {
        var writer = GGUFWriter()
        try writer.add("split.no", .uint16(UInt16(number)))
        try writer.add("split.count", .uint16(UInt16(count)))
        try writer.add("split.tensors.count", .int32(Int32(tensorCount)))
        for (key, value) in more { try writer.add(key, value) }
        for (index, tensor) in tensors.enumerated() {
            try writer.add(Tensor(name: tensor, shape: [2], floats: [Float(index), 1]))
        }
        let path = folder.path(name)
        try writer.write(to: path)
        return path
    }

    private func writeAll() throws {
        try write(
            name(1), number: 0, more: [("general.architecture", .string("llama"))],
            tensors: ["a", "b"])
        try write(name(2), number: 1, tensors: ["c", "d"])
        try write(name(3), number: 2, tensors: ["e"])
    }

    @Test func anyPartNamesTheModel() throws {
        try writeAll()
        var digests: Set<Digest> = []
        for number in 1...3 {
            let file = try GGUFFile(path: folder.path(name(number)))
            #expect(file.tensors.map(\.name) == ["a", "b", "c", "d", "e"])
            #expect(file.metadata["general.architecture"] == .string("llama"))
            #expect(try file["d"]?.floats() == [1, 1])
            digests.insert(file.digest())
        }
        #expect(digests.count == 1)
        try write(name(3), number: 2, more: [("x", .bool(true))], tensors: ["e"])
        #expect(try !digests.contains(GGUFFile(path: folder.path(name(1))).digest()))
    }

    @Test func onePartIsAWholeModel() throws {
        let path = try write("whole.gguf", number: 0, count: 1, tensorCount: 1, tensors: ["a"])
        #expect(try GGUFFile(path: path).tensors.count == 1)
    }

    private func refusal(_ number: Int = 1) -> String {
        do {
            _ = try GGUFFile(path: folder.path(name(number)))
            return "none"
        } catch {
            return error.message
        }
    }

    @Test func missingPartsAreNamed() throws {
        try writeAll()
        try folder.remove(name(2))
        #expect(refusal().contains("part 2 of 3 is needed"))
        #expect(refusal(3).contains(name(2)))
    }

    @Test func aPartUnderAnotherNameIsRefused() throws {
        try writeAll()
        try folder.write(folder.read(name(2)), to: "renamed.gguf")
        let error = #expect(throws: TensorError.self) {
            try GGUFFile(path: folder.path("renamed.gguf"))
        }
        #expect(error?.message.contains("has to end in \"-00002-of-00003.gguf\"") == true)
    }

    @Test func repeatedPartsAreRefused() throws {
        try writeAll()
        try folder.write(folder.read(name(2)), to: name(3))
        #expect(refusal().contains("\(name(3)): is part 2 of 3, where part 3 of 3 was expected"))
        try write(name(3), number: 2, tensors: ["c"])
        #expect(refusal().contains("\(name(3)): holds the tensor \"c\""))
    }

    @Test func foreignPartsAreRefused() throws {
        try writeAll()
        try write(name(2), number: 1, tensorCount: 6, tensors: ["c", "d"])
        #expect(refusal().contains("\(name(2)): belongs to a model of 6 tensors"))
        try write(
            name(2), number: 1, more: [("general.architecture", .string("qwen2"))],
            tensors: ["c", "d"])
        #expect(refusal().contains("\(name(2)): belongs to another model"))
        try write(name(2), number: 1, count: 4, tensors: ["c", "d"])
        #expect(refusal().contains("\(name(2)): is part 2 of 4"))
        try write(name(2), number: 0, count: 1, tensors: ["c", "d"])
        #expect(refusal().contains("\(name(2)): is a whole model"))
        try write(name(2), number: 1, tensors: ["c"])
        #expect(refusal().contains("the parts hold 4 tensors"))
    }

    @Test func keysThatContradictEachOtherAreRefused() throws {
        for (number, count, tensorCount) in [(3, 3, 5), (0, 1001, 5), (0, 3, -1)] {
            try write(name(1), number: number, count: count, tensorCount: tensorCount, tensors: [])
            #expect(refusal().contains("do not say which part"))
        }
        var writer = GGUFWriter()
        try writer.add("split.count", .string("3"))
        try writer.write(to: folder.path(name(1)))
        #expect(refusal().contains("do not say which part"))
    }

    /// No damage to one part traps or lets a model through that lacks a tensor.
    @Test func damagedPartsNeverTrap() throws {
        try writeAll()
        var random = SeededGenerator(seed: 9)
        let sound = try folder.read(name(2))
        for _ in 0..<2000 {
            try folder.write(Mutation.of(sound, using: &random), to: name(2))
            if let file = try? GGUFFile(path: folder.path(name(1))) {
                #expect(file.tensors.count == 5)
            }
        }
    }
}
