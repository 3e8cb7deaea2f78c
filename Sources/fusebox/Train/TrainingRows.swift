import Models
import Tensors
import Tokenization
import Training

/// A file of JSON lines to learn from, as the tokens that the model sees when it is served.
///
/// A row is {"prompt", "answer"} with an optional "system", {"messages": [{"role", "content"}]} whose last one is the answer, or
/// {"text"}; with {"beside": [names]} other adapters are on while it is learned.
struct TrainingRows {
    let path: String
    let tokenizer: Tokenizer
    /// Positions that the base was made for.
    let contextLength: Int
    /// Whether prompts are learned too.
    let learnsPrompts: Bool
    /// Whether prompts stand as they are, without the chat template.
    let isPlain: Bool
    /// Names of the adapters that rows may be learned beside.
    let adapters: [String]

    private static let byteLimit = 1 << 30

    /// One example a row.
    ///
    /// - Throws: for a file without rows, and for the first row that cannot be learned, with its line.
    func examples() throws(CommandError) -> [TrainingExample] {
        let text: TextLines
        do {
            text = try TextLines(path: path, limit: Self.byteLimit)
        } catch {
            throw CommandError(error.message)
        }
        var examples: [TrainingExample] = []
        for line in text.lines {
            do {
                examples.append(try example(JSONValue(parsing: Array(line.bytes))))
            } catch {
                throw CommandError("\(path):\(line.number): \(error)")
            }
        }
        guard !examples.isEmpty else { throw CommandError("\(path): has no rows") }
        return examples
    }

    private func example(_ row: JSONValue) throws -> TrainingExample {
        let (prompt, all) = try tokens(row)
        guard all.count <= contextLength else {
            throw CommandError(
                "has \(all.count) tokens, the base was made for \(contextLength); shorten the row or leave it out"
            )
        }
        guard
            let example = TrainingExample(
                tokens: all, firstLearned: learnsPrompts ? 1 : prompt, beside: try beside(row))
        else { throw CommandError("holds nothing to learn") }
        return example
    }

    /// Numbers of adapters, ascending.
    private func beside(_ row: JSONValue) throws -> [Int] {
        guard let value = row["beside"], value != .null else { return [] }
        guard let names = value.array?.compactMap(\.string), names.count == value.array?.count
        else {
            throw CommandError("\"beside\" is no list of adapters' names")
        }
        return try Set(names).map { name in
            guard let number = adapters.firstIndex(of: name) else {
                throw CommandError(
                    "is to be learned beside \(name.quoted); say where it is with adapters train --beside \(name)=PATH"
                )
            }
            return number
        }.sorted()
    }

    /// The number of the prompt's tokens, and all.
    private func tokens(_ row: JSONValue) throws -> (prompt: Int, all: [Int32]) {
        if let text = row["text"]?.string {
            return (1, try tokenizer.encode(text, addSpecialTokens: true) + end)
        }
        let turns = try turns(row)
        guard let answer = turns.last, answer.role == "assistant", turns.count > 1 else {
            throw CommandError("the last message is not the assistant's, or the only one")
        }
        guard !answer.content.isEmpty else { throw CommandError("the answer is empty") }
        if isPlain || tokenizer.chatTemplate == nil {
            guard turns.count == 2 else {
                throw CommandError(
                    "has more than a prompt and an answer, which takes a chat template")
            }
            let prompt = try tokenizer.encode(turns[0].content, addSpecialTokens: true)
            let reply = try tokenizer.encode(answer.content, addSpecialTokens: false)
            return (prompt.count, prompt + reply + end)
        }
        let prompt = try tokenizer.encode(chat: turns.dropLast(), addGenerationPrompt: true)
        let chat = try tokenizer.encode(chat: turns, addGenerationPrompt: false)
        guard chat.starts(with: prompt),
            let last = chat[prompt.count...].lastIndex(where: tokenizer.endOfTextIDs.contains)
        else {
            // The reply of a template that shows past turns otherwise than the one that comes next.
            let end = chat.last(where: tokenizer.endOfTextIDs.contains).map { [$0] } ?? end
            let reply = try tokenizer.encode(answer.content, addSpecialTokens: false)
            return (prompt.count, prompt + reply + end)
        }
        return (prompt.count, Array(chat[...last]))
    }

    /// What ends a reply.
    private var end: [Int32] { tokenizer.endOfTextIDs.min().map { [$0] } ?? [] }

    private func turns(_ row: JSONValue) throws -> [ChatTurn] {
        if let messages = row["messages"]?.array {
            return try messages.map { message in
                guard let role = message["role"]?.string, let content = message["content"]?.string
                else { throw CommandError("a message has no role or no content in words") }
                return ChatTurn(role: role, content: content)
            }
        }
        guard let prompt = row["prompt"]?.string, let answer = row["answer"]?.string else {
            throw CommandError(
                "is no {\"prompt\", \"answer\"}, {\"messages\"} or {\"text\"} of strings")
        }
        let system = row["system"]?.string.map { [ChatTurn(role: "system", content: $0)] } ?? []
        return system + [
            ChatTurn(role: "user", content: prompt),
            ChatTurn(role: "assistant", content: answer),
        ]
    }
}
