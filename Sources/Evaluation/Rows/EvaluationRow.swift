internal import Tensors

/// A request, and what a good reply to it is.
public struct EvaluationRow: Sendable, Hashable {
    /// One message of a conversation.
    public struct Message: Sendable, Hashable {
        public let role: String
        public let content: String
    }

    /// The last one is the user's; with a prompt the only one.
    public let messages: [Message]
    /// References; the first is the answer.
    public let answers: [String]
    public let choices: [String]
    /// Texts that the reply has to have, one of each list.
    public let wanted: [[String]]
    /// The value of each attribute that the reply has to have.
    public let attributes: [String: String]
    /// The adapters that fit, by name, the most important first.
    public let adapters: [String]

    /// Choices, references and adapters of a row.
    private static let listLimit = 256
    /// Bytes of one of them: words of two texts are compared each with each.
    private static let byteLimit = 1 << 16

    /// What the user says last: what routers read.
    public var prompt: String { messages.last?.content ?? "" }

    /// Reads `{"prompt" or "messages", "answer" or "answers", "choices", "contains", "attributes", "adapters"}`; other members
    /// are ignored.
    init(_ json: JSONValue) throws(EvaluationError) {
        guard json.object != nil else {
            throw EvaluationError(.data, "is no JSON object; write one {\"prompt\": ...} a line")
        }
        guard json["example"]?.bool != true else {
            throw EvaluationError(
                .data, "is still the example; put rows of your own in its place")
        }
        messages = try Self.messages(json)
        if let answer = json["answer"] {
            guard let answer = answer.string else {
                throw EvaluationError(.data, "\"answer\" is no string")
            }
            answers = try Self.checked([answer], of: "answer")
        } else {
            answers = try Self.list(json, "answers")
        }
        choices = try Self.list(json, "choices")
        wanted = try Self.wanted(json["contains"])
        adapters = try Self.list(json, "adapters")
        var attributes: [String: String] = [:]
        if let value = json["attributes"] {
            guard let members = value.object else {
                throw EvaluationError(.data, "\"attributes\" is no object of names and values")
            }
            for (name, value) in members {
                guard let value = value.string else {
                    throw EvaluationError(
                        .data, "the attribute \(name.quoted) has no string as its value")
                }
                attributes[name] = value
            }
        }
        self.attributes = attributes
    }

    private static func messages(_ json: JSONValue) throws(EvaluationError) -> [Message] {
        if let prompt = json["prompt"] {
            guard let text = prompt.string, !text.isEmpty, json["messages"] == nil else {
                throw EvaluationError(
                    .data, "\"prompt\" is empty or no string, or stands beside \"messages\"")
            }
            return [Message(role: "user", content: text)]
        }
        guard let list = json["messages"]?.array, !list.isEmpty else {
            throw EvaluationError(.data, "has neither \"prompt\" nor \"messages\"")
        }
        var messages: [Message] = []
        for message in list {
            guard let role = message["role"]?.string, let content = message["content"]?.string
            else {
                throw EvaluationError(.data, "a message has no \"role\" or no \"content\"")
            }
            messages.append(Message(role: role, content: content))
        }
        guard messages.last?.role == "user" else {
            throw EvaluationError(
                .data, "the last of \"messages\" is not the user's, so there is nothing to reply to"
            )
        }
        return messages
    }

    /// A list of texts, or of lists of texts of which one will do.
    private static func wanted(_ json: JSONValue?) throws(EvaluationError) -> [[String]] {
        guard let json, !json.isNull else { return [] }
        let lists = (json.array ?? []).map { element in
            element.string.map { [$0] } ?? element.array.map { $0.compactMap(\.string) } ?? []
        }
        guard !lists.isEmpty, lists.count <= listLimit, lists.allSatisfy({ !$0.isEmpty }) else {
            throw EvaluationError(
                .data,
                "\"contains\" is no list of 1 to \(listLimit) texts, or lists of texts of which one will do"
            )
        }
        return lists
    }

    private static func list(
        _ json: JSONValue, _ key: String
    ) throws(EvaluationError) -> [String] {
        guard let value = json[key], !value.isNull else { return [] }
        let list = value.array ?? []
        let texts = list.compactMap(\.string)
        guard texts.count == list.count, !texts.isEmpty, texts.count <= listLimit else {
            throw EvaluationError(
                .data, "\(key.quoted) is no list of 1 to \(listLimit) strings")
        }
        return try checked(texts, of: key)
    }

    private static func checked(
        _ texts: [String], of key: String
    ) throws(EvaluationError) -> [String] {
        for text in texts where text.utf8.count > byteLimit {
            throw EvaluationError(
                .data,
                "\(key.quoted) has a text of \(text.utf8.count) bytes; at most \(byteLimit) are allowed"
            )
        }
        return texts
    }

    /// The same row for these adapters, where it names none itself.
    func defaulting(to adapters: [String]) -> EvaluationRow {
        guard self.adapters.isEmpty else { return self }
        return EvaluationRow(copying: self, adapters: adapters)
    }

    private init(copying row: EvaluationRow, adapters: [String]) {
        messages = row.messages
        answers = row.answers
        choices = row.choices
        wanted = row.wanted
        attributes = row.attributes
        self.adapters = adapters
    }
}
