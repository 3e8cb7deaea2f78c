/// A bad input of a command: what is wrong, how it is made, and the command that meets it.
struct BadInput: Sendable {
    let what: String
    let arguments: [String]
    /// 1: failed, 2: wrong usage.
    var status: Int32 = 1
    /// Of the command, on standard input.
    var input: [UInt8] = []
    var make: @Sendable (BadFiles) throws -> Void = { _ in }

    /// As it would be typed.
    var command: String {
        let words = arguments.map { word in
            word.isEmpty || word.contains { " ()*&;<>".contains($0) } ? "'\(word)'" : word
        }
        return (["fusebox"] + words).joined(separator: " ")
    }
}

/// The bad inputs of a section of the table.
struct BadInputSection: Sendable, CustomStringConvertible {
    let title: String
    let inputs: [BadInput]

    var description: String { title }

    static let all = [
        BadInputSection(title: "Models in Hugging Face directories", inputs: BadInput.models),
        BadInputSection(title: "Models in GGUF files", inputs: BadInput.ggufFiles),
        BadInputSection(title: "Adapters", inputs: BadInput.adapters),
        BadInputSection(title: "Training", inputs: BadInput.trainings),
        BadInputSection(title: "Merges", inputs: BadInput.merges),
        BadInputSection(title: "Tokenizers, prompts, records, routers", inputs: BadInput.texts),
        BadInputSection(title: "Benchmarks", inputs: BadInput.benchmarks),
        BadInputSection(title: "Evaluations", inputs: BadInput.evaluations),
        BadInputSection(title: "Services", inputs: BadInput.services),
    ]
}
