import FuseboxWire

/// What a request asks about: the messages of a chat, or a text or ids to go on with.
enum PromptFields {
    /// Prompts of one request to `/v1/completions`.
    static let promptLimit = 128

    /// Reads `messages`.
    ///
    /// The content is a text or a list of text parts, which are joined; whatever is no text is refused.
    static func chat(_ body: inout FieldReader) throws(APIError) -> WirePrompt {
        guard let messages = try body.array("messages"), !messages.isEmpty else {
            throw .invalid("messages must have at least one message", param: "messages")
        }
        var chat = WireChat()
        for (index, message) in messages.enumerated() {
            var reader = try FieldReader(message, at: "messages[\(index)]")
            chat.messages.append(try self.message(&reader))
        }
        return WirePrompt { $0.chat = chat }
    }

    private static func message(_ reader: inout FieldReader) throws(APIError) -> WireChatMessage {
        let (role, content) = (reader.path("role"), reader.path("content"))
        for field in ["tool_calls", "function_call", "audio"] {
            guard reader.value(field) == nil else {
                throw .invalid(
                    "\(reader.path(field)) is not supported", param: reader.path(field))
            }
        }
        var message = WireChatMessage()
        switch try reader.string("role") {
        case "system", "developer": message.role = "system"
        case "user": message.role = "user"
        case "assistant": message.role = "assistant"
        case nil: throw .invalid("\(role) is missing", param: role)
        case let other?:
            throw .invalid(
                "\(role) \"\(other.prefix(32))\" is not supported; known are system, developer, user and assistant",
                param: role)
        }
        let value = reader.value("content")
        if let text = value?.string {
            message.content = text
        } else if let parts = value?.array {
            for (index, part) in parts.enumerated() {
                var part = try FieldReader(part, at: "\(content)[\(index)]")
                message.content += try text(&part)
            }
        } else if value != nil || message.role != "assistant" {
            throw .invalid("\(content) must be a text or a list of text parts", param: content)
        }
        return message
    }

    private static func text(_ part: inout FieldReader) throws(APIError) -> String {
        let type = try part.string("type") ?? "text"
        guard type == "text" else {
            throw .invalid(
                "\(part.path("type")) \"\(type.prefix(32))\" is not supported; only text is",
                param: part.path("type"))
        }
        guard let text = try part.string("text") else {
            throw .invalid("\(part.path("text")) is missing", param: part.path("text"))
        }
        return text
    }

    /// Reads `prompt`: a text, a list of texts, a list of ids or a list of such lists.
    static func completions(_ body: inout FieldReader) throws(APIError) -> [WirePrompt] {
        let value = body.value("prompt")
        if let text = value?.string { return [raw(text)] }
        guard let array = value?.array, let first = array.first else {
            throw .invalid("prompt must be a text, ids, or a list of these", param: "prompt")
        }
        if first.int != nil { return [try tokens(array, path: "prompt")] }
        guard array.count <= promptLimit else {
            throw .invalid(
                "prompt has \(array.count) entries, at most \(promptLimit) are taken",
                param: "prompt")
        }
        var prompts: [WirePrompt] = []
        for (index, entry) in array.enumerated() {
            if let text = entry.string {
                prompts.append(raw(text))
            } else if let ids = entry.array {
                prompts.append(try tokens(ids, path: "prompt[\(index)]"))
            } else {
                throw .invalid("prompt[\(index)] must be a text or ids", param: "prompt")
            }
        }
        return prompts
    }

    private static func raw(_ text: String) -> WirePrompt { WirePrompt { $0.raw = text } }

    private static func tokens(_ array: [JSONValue], path: String) throws(APIError) -> WirePrompt {
        var tokens = WireTokenIDs()
        tokens.ids.reserveCapacity(array.count)
        for value in array {
            guard let id = value.int.flatMap({ UInt32(exactly: $0) }) else {
                throw .invalid("\(path) must hold token ids", param: "prompt")
            }
            tokens.ids.append(id)
        }
        return WirePrompt { $0.tokens = tokens }
    }
}
