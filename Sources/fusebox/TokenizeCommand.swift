internal import ArgumentParser
internal import Tensors
internal import Tokenization

/// Shows what a model's tokenizer makes of texts, line by line.
struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Turn texts into token ids, or ids into texts.",
        discussion: """
            Reads a JSON string a line and writes {"ids": [...]} a line; with --decode the other way. \
            Nothing is put around a text, and the text of a special token in it stays text, unless asked for.
            """
    )

    @Option(help: "A Hugging Face directory, or a GGUF file.")
    var model: String

    @Flag(help: "Read {\"ids\": [...]} a line and write a JSON string a line.")
    var decode = false

    @Flag(help: "Put the tokenizer's begin and end tokens around each text.")
    var addSpecial = false

    @Flag(help: "Turn the text of special tokens into these; with --decode, leave them out.")
    var special = false

    func run() throws {
        try PathGuess.check(model)
        let tokenizer = try Tokenizer(path: model)
        var input = StandardInput()
        var number = 0
        while let line = try input.line(byteLimit: 64 << 20) {
            number += 1
            let document = try Self.parse(line, number)
            print(
                decode
                    ? try text(document, tokenizer, number) : try ids(document, tokenizer, number))
        }
    }

    private static func parse(_ line: [UInt8], _ number: Int) throws(CommandError) -> JSONValue {
        do {
            return try JSONValue(parsing: line)
        } catch {
            throw CommandError("standard input: line \(number): \(error)")
        }
    }

    private func ids(_ document: JSONValue, _ tokenizer: Tokenizer, _ number: Int) throws -> String
    {
        guard let text = document.string else {
            throw CommandError("standard input: line \(number): a JSON string was expected")
        }
        let ids = try tokenizer.encode(text, addSpecialTokens: addSpecial, allowSpecial: special)
        return "{\"ids\": [\(ids.map(String.init).joined(separator: ", "))]}"
    }

    private func text(_ document: JSONValue, _ tokenizer: Tokenizer, _ number: Int) throws -> String
    {
        guard let values = document["ids"]?.array else {
            throw CommandError("standard input: line \(number): {\"ids\": [...]} was expected")
        }
        var ids: [Int32] = []
        for value in values {
            guard let int = value.int, let id = Int32(exactly: int), id >= 0,
                id < tokenizer.vocabularySize
            else {
                throw CommandError(
                    "standard input: line \(number): \(value.text) is no id from 0 to \(tokenizer.vocabularySize - 1)"
                )
            }
            ids.append(id)
        }
        return JSONValue.string(tokenizer.decode(ids, skipSpecial: special)).text
    }
}
