internal import Tensors

extension Normalizer {
    /// Reads the `normalizer` of `tokenizer.json`.
    init(_ fields: JSONFields?) throws(TokenizationError) {
        if let fields { try read(fields) }
    }

    private mutating func read(_ fields: JSONFields) throws(TokenizationError) {
        guard steps.count < Self.maximumStepCount else {
            throw fields.unsupported("a normalizer of more than \(Self.maximumStepCount) steps")
        }
        let type = try fields.type()
        switch type {
        case "Sequence":
            for (index, step) in try fields.array("normalizers").enumerated() {
                try read(try JSONFields(step, "\(fields.place).normalizers[\(index)]"))
            }
        case "NFC": steps.append(.compose)
        case "Prepend": steps.append(.prepend(try Self.insertion("prepend", fields)))
        case "Replace":
            let pattern = try fields.fields("pattern")
            guard let text = try pattern.optionalString("String"), !text.isEmpty else {
                throw pattern.unsupported(
                    "the pattern \(pattern.object.map(\.value.text).joined().prefix(200))")
            }
            steps.append(.replace(Array(text.utf8), with: try Self.insertion("content", fields)))
        case "Strip":
            steps.append(
                .strip(
                    left: try fields.bool("strip_left", default: true),
                    right: try fields.bool("strip_right", default: true)))
        default: throw fields.unsupported("the normalizer \(quoted(type))")
        }
    }

    private static func insertion(
        _ key: String, _ fields: JSONFields
    ) throws(TokenizationError) -> [UInt8] {
        let bytes = Array(try fields.string(key).utf8)
        guard bytes.count <= maximumInsertionByteCount else {
            throw fields.unsupported("a \(key) of more than \(maximumInsertionByteCount) bytes")
        }
        return bytes
    }
}
