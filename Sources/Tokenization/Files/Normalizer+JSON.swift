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
        case "NFKC": steps += [.decomposeCompatible, .compose]
        case "Lowercase": steps.append(.lowercase)
        case "Nmt": steps.append(.clean)
        case "Prepend": steps.append(.prepend(try Self.insertion("prepend", fields)))
        case "Replace": steps.append(try Self.replacement(fields))
        case "Precompiled":
            let text = try fields.string("precompiled_charsmap")
            guard let bytes = Base64.bytes(of: text) else {
                throw fields.malformed("precompiled_charsmap", "is no base64")
            }
            do {
                steps.append(.replaceCharacters(try CharacterMap(bytes)))
            } catch {
                throw error.at("\(fields.place).precompiled_charsmap")
            }
        case "Strip":
            steps.append(
                .strip(
                    left: try fields.bool("strip_left", default: true),
                    right: try fields.bool("strip_right", default: true)))
        default: throw fields.unsupported("the normalizer \(quoted(type))")
        }
    }

    /// The start of a text: `^` is behind the end of every line.
    static let startExpression = #"(?<!\n)^"#

    private static func replacement(_ fields: JSONFields) throws(TokenizationError) -> Step {
        let pattern = try fields.fields("pattern")
        let content = try insertion("content", fields)
        if let text = try pattern.optionalString("String"), !text.isEmpty {
            return .replace(Array(text.utf8), with: content)
        }
        let text = try pattern.string("Regex")
        if text == startExpression { return .prepend(content) }
        do {
            return .replaceMatches(try SplitExpression(text), with: content)
        } catch {
            throw error.at("\(pattern.place): \(text.prefix(200))")
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
