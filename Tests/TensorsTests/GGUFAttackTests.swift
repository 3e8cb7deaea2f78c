import Tensors
import TestSupport
import Testing

/// Files that somebody made to harm, after the cases of llama.cpp's own test, and damage by chance.
@Suite struct GGUFAttackTests {
    /// A file built from its numbers.
    private struct Builder {
        var bytes: [UInt8] = Array("GGUF".utf8)

        mutating func add<T: FixedWidthInteger & UnsignedInteger>(_ value: T) {
            bytes += (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }

        mutating func add(_ string: String) {
            add(UInt64(string.utf8.count))
            bytes += string.utf8
        }

        init(version: UInt32 = 3, tensors: UInt64 = 0, metadata: UInt64 = 0) {
            add(version)
            add(tensors)
            add(metadata)
        }

        /// A u32 under a key.
        mutating func addValue(_ key: String, _ value: UInt32) {
            add(key)
            add(4 as UInt32)
            add(value)
        }

        mutating func addTensor(
            _ name: String = "a", sizes: [UInt64] = [2], type: UInt32 = 0, offset: UInt64 = 0
        ) {
            add(name)
            add(UInt32(sizes.count))
            for size in sizes { add(size) }
            add(type)
            add(offset)
        }

        /// Padding to the alignment and data.
        mutating func addData(_ count: Int, alignment: Int = 32) {
            while !bytes.count.isMultiple(of: alignment) { bytes.append(0) }
            bytes += [UInt8](repeating: 0, count: count)
        }
    }

    private func open(_ builder: Builder) throws -> GGUFFile {
        try GGUFFile(bytes: FileBytes(builder.bytes))
    }

    @Test func theFilesThatTheAttacksVaryAreValid() throws {
        for version in [2, 3] as [UInt32] {
            var builder = Builder(version: version, tensors: 2, metadata: 2)
            builder.addValue("general.alignment", 64)
            builder.addValue("x", 7)
            builder.addTensor("a", sizes: [3, 2])
            builder.addTensor("b", offset: 64)
            builder.addData(72, alignment: 64)
            let file = try open(builder)
            #expect(file.version == Int(version))
            #expect(file["a"]?.shape == [2, 3])
            #expect(try file["b"]?.floats() == [0, 0])
            #expect(file.metadata["x"] == .uint32(7))
        }
        #expect(try open(Builder()).tensors.isEmpty)
    }

    @Test func foreignFilesAreRefusedByName() {
        for version in [0, 1, 4, 1000] as [UInt32] {
            #expect(throws: TensorError.self) { try open(Builder(version: version)) }
        }
        let error = #expect(throws: TensorError.self) {
            try open(Builder(version: UInt32(3).byteSwapped))
        }
        #expect(error?.message.contains("big-endian") == true)
        for bytes in [
            [], Array("GGU".utf8), Array("GGUF".utf8), Array("GGML\u{3}\u{0}\u{0}\u{0}".utf8),
            [UInt8](repeating: 0, count: 64),
        ] {
            #expect(throws: TensorError.self) { try GGUFFile(bytes: FileBytes(bytes)) }
        }
    }

    @Test(arguments: [1, 2, 1 << 20, 1 << 32, 1 << 62, 1 << 63, .max] as [UInt64])
    func countsThatLieAreRefused(count: UInt64) {
        #expect(throws: TensorError.self) { try open(Builder(tensors: count)) }
        #expect(throws: TensorError.self) { try open(Builder(metadata: count)) }
        var key = Builder(metadata: 1)
        key.add(count)
        #expect(throws: TensorError.self) { try open(key) }
        for kind in [0, 4, 8, 9, 12] as [UInt32] {
            var array = Builder(metadata: 1)
            array.add("key")
            array.add(9 as UInt32)
            array.add(kind)
            array.add(count)
            #expect(throws: TensorError.self) { try open(array) }
        }
    }

    @Test func metadataThatBreaksTheFormatIsRefused() {
        var twice = Builder(metadata: 2)
        twice.addValue("k", 1)
        twice.addValue("k", 1)
        var empty = Builder(metadata: 1)
        empty.addValue("", 1)
        var long = Builder(metadata: 1)
        long.addValue(String(repeating: "k", count: 257), 1)
        var kind = Builder(metadata: 1)
        kind.add("k")
        kind.add(13 as UInt32)
        kind.add(0 as UInt64)
        var flag = Builder(metadata: 1)
        flag.add("k")
        flag.add(7 as UInt32)
        flag.add(2 as UInt8)
        var text = Builder(metadata: 1)
        text.add("k")
        text.add(8 as UInt32)
        text.add(2 as UInt64)
        text.bytes += [0xC0, 0x80]
        for builder in [twice, empty, long, kind, flag, text] {
            #expect(throws: TensorError.self) { try open(builder) }
        }
    }

    @Test func arraysNestOnlySoDeep() {
        func nested(_ depth: Int) -> Builder {
            var builder = Builder(metadata: 1)
            builder.add("k")
            builder.add(9 as UInt32)
            for _ in 1..<depth {
                builder.add(9 as UInt32)
                builder.add(1 as UInt64)
            }
            builder.add(0 as UInt32)
            builder.add(1 as UInt64)
            builder.add(7 as UInt8)
            return builder
        }
        #expect(throws: Never.self) { try open(nested(4)) }
        #expect(throws: TensorError.self) { try open(nested(5)) }
        #expect(throws: TensorError.self) { try open(nested(100_000)) }
    }

    @Test(arguments: [0, 3, 48, 1 << 17, 1 << 31] as [UInt32])
    func alignmentsThatAreNoneAreRefused(alignment: UInt32) {
        var builder = Builder(metadata: 1)
        builder.addValue("general.alignment", alignment)
        #expect(throws: TensorError.self) { try open(builder) }
    }

    @Test func alignmentHasToBeAU32() {
        var builder = Builder(metadata: 1)
        builder.add("general.alignment")
        builder.add(10 as UInt32)
        builder.add(32 as UInt64)
        #expect(throws: TensorError.self) { try open(builder) }
    }

    @Test func tensorsThatLieAreRefused() {
        let shapes: [[UInt64]] = [
            [], [0], [1, 1, 1, 1, 2], [.max], [1 << 63], [1 << 32, 1 << 32], [1 << 62, 2],
            [1 << 61], [3], [1 << 20],
        ]
        for shape in shapes {
            var builder = Builder(tensors: 1)
            builder.addTensor(sizes: shape)
            builder.addData(8)
            #expect(throws: TensorError.self, "\(shape)") { try open(builder) }
        }
        for type in [4, 5, 9, 15, 31, 36, 41, 100, .max] as [UInt32] {
            var builder = Builder(tensors: 1)
            builder.addTensor(type: type)
            builder.addData(4096)
            let error = #expect(throws: TensorError.self) { try open(builder) }
            #expect(error?.code == .unsupported)
        }
        for type in [2, 3, 6, 7, 8, 10, 14, 16, 29, 35, 39, 40] as [UInt32] {
            var builder = Builder(tensors: 1)
            builder.addTensor(sizes: [16, 16], type: type)
            builder.addData(4096)
            #expect(throws: TensorError.self, "rows are no whole blocks") { try open(builder) }
        }
        for offset in [1, 8, 32, 1 << 20, 1 << 62, 1 << 63, .max, .max - 31] as [UInt64] {
            var builder = Builder(tensors: 1)
            builder.addTensor(offset: offset)
            builder.addData(8)
            #expect(throws: TensorError.self) { try open(builder) }
        }
    }

    @Test func namesAndPlacesOccurOnce() {
        var names = Builder(tensors: 2)
        names.addTensor("a")
        names.addTensor("a", offset: 32)
        names.addData(64)
        var places = Builder(tensors: 2)
        places.addTensor("a", sizes: [9])
        places.addTensor("b", offset: 32)
        places.addData(64)
        var same = Builder(tensors: 2)
        same.addTensor("a")
        same.addTensor("b")
        same.addData(64)
        for builder in [names, places, same] {
            #expect(throws: TensorError.self) { try open(builder) }
        }
    }

    @Test func everyTruncationIsRefused() throws {
        let bytes = try goldenBytes()
        for count in 0..<bytes.count - 32 {
            #expect(throws: TensorError.self) {
                try GGUFFile(bytes: FileBytes(Array(bytes[..<count])))
            }
        }
    }

    @Test func mutatedFilesNeverTrap() throws {
        let bytes = try goldenBytes()
        // Most of the damage goes where the structure is.
        let headerCount = 1400
        var random = SeededGenerator(seed: 23)
        var opened = 0
        for round in 0..<20_000 {
            let damaged =
                round.isMultiple(of: 4)
                ? Mutation.of(bytes, using: &random)
                : Mutation.of(Array(bytes[..<headerCount]), using: &random) + bytes[headerCount...]
            guard let file = try? GGUFFile(bytes: FileBytes(damaged)) else { continue }
            opened += 1
            for tensor in file.tensors {
                #expect(tensor.bytes.count == tensor.byteCount)
                if tensor.dtype.isReal { #expect(try tensor.floats().count == tensor.elementCount) }
            }
        }
        #expect(opened > 100)
    }

    private func goldenBytes() throws -> [UInt8] {
        let file = try FileBytes(path: Golden.path("types.gguf"), loading: .copied)
        return unsafe file.withUnsafeBytes { unsafe Array($0) }
    }
}
