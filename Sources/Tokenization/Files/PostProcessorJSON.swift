internal import Tensors

/// Reads the `post_processor` of `tokenizer.json`: which ids are put around one text.
struct PostProcessorJSON {
    let vocabularySize: Int

    private static let maximumIDCount = 64

    func read(_ fields: JSONFields, into parts: inout Tokenizer.Parts) throws(TokenizationError) {
        let type = try fields.type()
        switch type {
        case "Sequence":
            for (index, step) in try fields.array("processors").enumerated() {
                try read(try JSONFields(step, "\(fields.place).processors[\(index)]"), into: &parts)
            }
        case "ByteLevel": break
        case "TemplateProcessing": try readTemplate(fields, into: &parts)
        default: throw fields.unsupported("the post-processor \(quoted(type))")
        }
    }

    private func readTemplate(
        _ fields: JSONFields, into parts: inout Tokenizer.Parts
    ) throws(TokenizationError) {
        let names = try fields.fields("special_tokens")
        var before: [UInt32] = []
        var after: [UInt32] = []
        var isBehind = false
        for (index, entry) in try fields.array("single").enumerated() {
            let entry = try JSONFields(entry, "\(fields.place).single[\(index)]")
            if let sequence = try entry.optionalFields("Sequence") {
                guard try sequence.string("id") == "A", !isBehind else {
                    throw sequence.unsupported("a template with more than one text")
                }
                isBehind = true
                continue
            }
            let special = try names.fields(try entry.fields("SpecialToken").string("id"))
            for value in try special.array("ids") {
                guard before.count + after.count < Self.maximumIDCount else {
                    throw fields.unsupported(
                        "a template of more than \(Self.maximumIDCount) tokens")
                }
                let id = try JSONFields.id(value, special.place)
                guard id < vocabularySize else {
                    throw special.malformed("ids", "\(id) is no token; there are \(vocabularySize)")
                }
                if isBehind { after.append(id) } else { before.append(id) }
            }
        }
        guard isBehind else { throw fields.malformed("single", "has no text") }
        parts.prefixIDs = before + parts.prefixIDs
        parts.suffixIDs += after
    }
}
