import Tensors
import Testing

/// A GGUF file in memory that holds metadata only.
enum GGUFBytes {
    static func file(_ metadata: [(key: String, value: GGUFValue)]) throws -> GGUFFile {
        var bytes = Array("GGUF".utf8)
        append(UInt32(3), to: &bytes)
        append(UInt64(0), to: &bytes)
        append(UInt64(metadata.count), to: &bytes)
        for (key, value) in metadata {
            append(key, to: &bytes)
            append(value.kind.rawValue, to: &bytes)
            append(value, to: &bytes)
        }
        return try GGUFFile(bytes: FileBytes(bytes))
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    private static func append(_ string: String, to bytes: inout [UInt8]) {
        append(UInt64(string.utf8.count), to: &bytes)
        bytes += string.utf8
    }

    private static func append(_ value: GGUFValue, to bytes: inout [UInt8]) {
        switch value {
        case .uint32(let number): append(number, to: &bytes)
        case .int32(let number): append(number, to: &bytes)
        case .float32(let number): append(number.bitPattern, to: &bytes)
        case .bool(let flag): bytes.append(flag ? 1 : 0)
        case .string(let string): append(string, to: &bytes)
        case .array(let kind, let elements):
            append(kind.rawValue, to: &bytes)
            append(UInt64(elements.count), to: &bytes)
            for element in elements { append(element, to: &bytes) }
        default: Issue.record("a kind of metadata that these tests do not need")
        }
    }
}
