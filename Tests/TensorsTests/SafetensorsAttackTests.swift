import Tensors
import TestSupport
import Testing

/// Files that somebody made to harm, and damage by chance.
@Suite struct SafetensorsAttackTests {
    /// A file of a header and zero bytes of data; `size` is what the file says of its header.
    private func file(_ header: String, data: Int = 0, size: UInt64? = nil) -> [UInt8] {
        let header = Array(header.utf8)
        let size = size ?? UInt64(header.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } + header
            + [UInt8](repeating: 0, count: data)
    }

    private func open(_ bytes: [UInt8], limits: SafetensorsLimits = .adapter) throws
        -> SafetensorsFile
    {
        try SafetensorsFile(bytes: FileBytes(bytes), limits: limits)
    }

    private func entry(
        _ name: String = "a", dtype: String = "F32", shape: String = "[2]",
        offsets: String = "[0,8]"
    ) -> String {
        #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}"#
    }

    @Test func theFileThatTheAttacksVaryIsValid() throws {
        let opened = try open(file("{\(entry())}  ", data: 8))
        #expect(opened.tensors.count == 1)
        #expect(try opened["a"]?.floats() == [0, 0])
        #expect(try open(file("{}")).tensors.isEmpty)
        #expect(try open(file(#"{"__metadata__":{"k":"v"}}"#)).metadata == ["k": "v"])
        #expect(
            try open(file("{\(entry(shape: "[]", offsets: "[0,4]"))}", data: 4))["a"]?.elementCount
                == 1)
    }

    @Test func headersOfWrongSizeAreRefused() {
        for bytes in [
            [], [1], [UInt8](repeating: 0, count: 7), [UInt8](repeating: 0, count: 8),
            [UInt8](repeating: 0xFF, count: 8),
            file("{}", size: 3), file("{}", size: 1), file("{}", size: .max),
            file("{}", size: 1 << 63),
            file("{}", size: (1 << 63) - 1), file("{}", size: 0),
            file("{\(entry())}", data: 8, size: 100_000_000),
        ] {
            #expect(throws: TensorError.self) { try open(bytes) }
        }
        let padded = file("{}" + String(repeating: " ", count: 1 << 20))
        let error = #expect(throws: TensorError.self) { try open(padded) }
        #expect(error?.code == .limitExceeded)
        #expect(throws: Never.self) { try open(padded, limits: .model) }
    }

    @Test(arguments: [
        " {}", "\n{}", "[]", "{}\n", "{}x", "{}\u{0}", "1", "\"{}\"", "{", "}", "{\"a\"}", "   ",
        "{\"__metadata__\":1}", "{\"__metadata__\":{\"k\":1}}", "{\"__metadata__\":[]}",
        "{\"a\":1}", "{\"a\":[]}", "{\"a\":{}}",
        "{\"__metadata__\":{\"k\":{\"k\":{\"k\":{\"k\":{\"k\":{\"k\":{\"k\":{\"k\":1}}}}}}}}}",
    ])
    func headersThatAreNoHeadersAreRefused(header: String) {
        #expect(throws: TensorError.self) { try open(file(header)) }
    }

    @Test func tensorsThatLieAreRefused() {
        let headers = [
            entry(shape: "[3]"), entry(shape: "[1]"), entry(shape: "[0]"), entry(shape: "[-2]"),
            entry(shape: "[2.0]"),
            entry(shape: "[2e0]"), entry(shape: "[\"2\"]"), entry(shape: "2"),
            entry(shape: "[null]"),
            entry(shape: "[9223372036854775807,2]"), entry(shape: "[4294967296,4294967296]"),
            entry(shape: "[9007199254740993]"), entry(shape: "[18446744073709551615]"),
            entry(shape: "[1,1,1,1,2]"),
            entry(shape: "[16777217]"), entry(offsets: "[0,4]"), entry(offsets: "[0,16]"),
            entry(offsets: "[8,0]"),
            entry(offsets: "[-8,0]"), entry(offsets: "[4,12]"), entry(offsets: "[0]"),
            entry(offsets: "[0,8,8]"),
            entry(offsets: "[0,1e1]"), entry(offsets: "[0,9223372036854775807]"),
            entry(offsets: "{}"),
            entry(dtype: "F33"), entry(dtype: "f32"), entry(dtype: ""), entry(dtype: "Q8_0"),
            entry(dtype: "F8_E4M3"),
            entry() + "," + entry(), entry() + "," + entry("b"),
            entry() + "," + entry("b", offsets: "[16,24]"),
            entry() + "," + entry("b", offsets: "[4,12]"), #""a":{"dtype":"F32","shape":[2]}"#,
            #""a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}"#,
            #""a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}"#,
            #""a":{"dtype":1,"shape":[2],"data_offsets":[0,8]}"#,
        ]
        for header in headers {
            #expect(throws: TensorError.self, "\(header)") {
                try open(file("{\(header)}", data: 8))
            }
        }
    }

    @Test func dataOfWrongSizeIsRefused() throws {
        for data in [0, 7, 9, 16] {
            #expect(throws: TensorError.self) { try open(file("{\(entry())}", data: data)) }
        }
        let two = entry() + "," + entry("b", offsets: "[8,16]")
        #expect(try open(file("{\(two)}", data: 16)).tensors.count == 2)
    }

    @Test func tooManyTensorsAreRefused() throws {
        let entries = (0..<8193).map {
            entry("t\($0)", dtype: "U8", shape: "[1]", offsets: "[\($0),\($0 + 1)]")
        }
        let bytes = file("{\(entries.joined(separator: ","))}", data: 8193)
        let error = #expect(throws: TensorError.self) { try open(bytes) }
        #expect(error?.code == .limitExceeded)
        #expect(try open(bytes, limits: .model).tensors.count == 8193)
    }

    /// Hashing and comparing strings of many combining marks takes quadratic time.
    @Test func enormousNamesAreRefusedAtOnce() throws {
        let marks = String(repeating: "\u{301}\u{316}", count: 100_000)
        for header in [
            "{\(entry("a\(marks)"))}", #"{"__metadata__":{"\#(marks)":"v"},\#(entry())}"#,
            "{\(entry(""))}",
        ] {
            let error = #expect(throws: TensorError.self) { try open(file(header, data: 8)) }
            #expect(error?.code == .limitExceeded)
            #expect(error?.message.utf8.count ?? 0 < 1000)
        }
        let longest = String(repeating: "n", count: 512)
        #expect(try open(file("{\(entry(longest))}", data: 8))[longest] != nil)
    }

    @Test func messagesStayOnOneLine() throws {
        let error = #expect(throws: TensorError.self) {
            try open(file("{\(entry(#"x\n\u001b[31m\u0085y\"é"#, shape: "[3]"))}", data: 8))
        }
        #expect(
            error?.message.hasPrefix(#"tensor "x\n\u{1B}[31m\u{0085}y\"é": the shape [3]"#)
                == true, "\(error?.message ?? "")")
    }

    @Test func messagesNameFileAndTensor() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            file("{\(entry(dtype: "F64"))}", data: 8), to: "bad.safetensors")
        let error = #expect(throws: TensorError.self) { try SafetensorsFile(path: path) }
        #expect(error?.message.contains("bad.safetensors") == true)
        #expect(error?.message.contains("tensor \"a\"") == true)
    }

    @Test func picklesAreRefused() {
        let pickle: [UInt8] = [
            0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
            0x2E,
        ]
        let zip: [UInt8] = [0x50, 0x4B, 0x03, 0x04] + [UInt8](repeating: 0, count: 60)
        for bytes in [pickle, zip] {
            #expect(throws: TensorError.self) { try open(bytes) }
        }
    }

    @Test func mutatedFilesNeverTrap() throws {
        let original = try Golden.file("nf4.safetensors")
        var writer = SafetensorsWriter(metadata: ["format": "pt"])
        for tensor in original.tensors where tensor.name.hasPrefix("odd") { try writer.add(tensor) }
        let folder = try TemporaryFolder()
        try writer.write(to: folder.path("seed.safetensors"))
        let seed = try FileBytes(path: folder.path("seed.safetensors"), loading: .copied)
        let bytes = unsafe seed.withUnsafeBytes { unsafe Array($0) }
        // Most of the damage goes where the structure is.
        let headerCount =
            bytes.count
            - original.tensors.filter { $0.name.hasPrefix("odd") }.reduce(0) { $0 + $1.byteCount }
        var random = SeededGenerator(seed: 17)
        var opened = 0
        for round in 0..<20_000 {
            let damaged =
                round.isMultiple(of: 4)
                ? Mutation.of(bytes, using: &random)
                : Mutation.of(Array(bytes[..<headerCount]), using: &random) + bytes[headerCount...]
            guard let file = try? open(damaged) else { continue }
            opened += 1
            for tensor in file.tensors {
                #expect(tensor.bytes.count == tensor.byteCount)
                if tensor.dtype.isReal { #expect(try tensor.floats().count == tensor.elementCount) }
            }
            if let tensor = try? NF4Tensor(name: "odd.weight", in: { file[$0] }) {
                #expect(tensor.floats().count == tensor.elementCount)
            }
        }
        #expect(opened > 100)
    }
}
