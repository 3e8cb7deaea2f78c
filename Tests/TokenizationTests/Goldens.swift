import Tensors
import TestSupport

@testable import Tokenization

/// What `Tests/Goldens/make_tokenizers.py` recorded.
enum Goldens {
    static let folder = GoldenFolder.path("tokenizers")

    static let styles = [
        "gpt2", "llama3", "qwen2", "demo", "smollm", "prefixed", "llama2", "mistral", "metaspace",
    ]

    static func document(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: bytes("\(folder)/\(name)"))
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        try FileBytes.array(path: path, limit: 1 << 30)
    }

    static func tokenizer(_ style: String) throws -> Tokenizer {
        try Tokenizer(directory: "\(folder)/\(style)")
    }

    static func ids(_ value: JSONValue?) -> [Int32] {
        (value?.array ?? []).compactMap { $0.int.map(Int32.init) }
    }
}

/// FNV-1a with 64 bits over little-endian 32-bit words.
struct WordHash {
    private(set) var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ word: Int32) {
        for shift in stride(from: 0, to: 32, by: 8) {
            let byte = UInt64(truncatingIfNeeded: UInt32(bitPattern: word) >> UInt32(shift)) & 0xFF
            state = (state ^ byte) &* 0x100_0000_01B3
        }
    }

    var hexadecimal: String {
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
