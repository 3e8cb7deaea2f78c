internal import ArgumentParser
internal import Models
internal import SystemPackage
internal import Tensors
internal import Tokenization

/// `fusebox quantize`: writes a checkpoint in fewer bits.
struct QuantizeCommand: ParsableCommand {
    enum TargetType: String, ExpressibleByArgument, CaseIterable {
        // swift-format-ignore: AlwaysUseLowerCamelCase
        case q8_0, q4_0
        case nf4
    }

    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Write a model in 8 or 4 bits.",
        discussion: """
            q8_0 and q4_0 write a GGUF file, with the vocabulary where GGUF has a kind for it; norms and biases are F32, the \
            embedding and the head Q8_0 under both, weights whose rows are no multiple of 32 F16. nf4 writes a Hugging Face \
            directory as bitsandbytes does. A model that is quantized already is refused.
            """)

    @Argument(help: "A Hugging Face directory or a GGUF file, in F32, F16 or BF16.")
    var source: String

    @Option(help: "What to write.")
    var type: TargetType

    @Option(help: "The file to write, ending in .gguf; for nf4 a folder.")
    var output: String

    func validate() throws {
        guard type == .nf4 || Checkpoint.isGGUF(path: output) else {
            throw ValidationError("--output has to end in .gguf for \(type.rawValue)")
        }
        guard type != .nf4 || !Checkpoint.isGGUF(path: output) else {
            throw ValidationError("--output has to be a folder for nf4")
        }
        guard FilePath(source).lexicallyNormalized() != FilePath(output).lexicallyNormalized()
        else {
            throw ValidationError("--output is the source; choose another place")
        }
    }

    func run() throws {
        try PathGuess.check(source)
        let checkpoint = try Checkpoint(path: source)
        for warning in checkpoint.warnings { StandardError.write("warning: \(warning)") }
        let bar = ProgressBar("quantizing")
        switch type {
        case .q8_0, .q4_0:
            let export = try GGUFExport(checkpoint, type: type == .q8_0 ? .q8_0 : .q4_0)
            for warning in export.warnings { StandardError.write("warning: \(warning)") }
            let vocabulary = try vocabulary(of: checkpoint)
            try export.write(to: output, vocabulary: vocabulary, progress: { bar.show($0) })
        case .nf4:
            let export = try NF4Export(checkpoint)
            let document = try JSONFile.read("\(source)/config.json", byteLimit: 16 << 20)
            guard let configuration = document.object else {
                throw CommandError("\(source)/config.json: is no JSON object")
            }
            try export.write(to: output, configuration: configuration, progress: { bar.show($0) })
            try copyTokenizer()
        }
        bar.finish()
    }

    private func vocabulary(of checkpoint: Checkpoint) throws -> [(key: String, value: GGUFValue)] {
        if Checkpoint.isGGUF(path: source) {
            let file = try GGUFFile(path: source)
            return file.keys.filter { $0.hasPrefix("tokenizer.") }.compactMap { key in
                file.metadata[key].map { (key, $0) }
            }
        }
        let exported = Result { () throws(TokenizationError) in
            try GGUFVocabularyExport(directory: source).metadata(
                vocabularySize: checkpoint.configuration.vocabularySize,
                endOfTextIDs: checkpoint.configuration.endOfTextIDs)
        }
        if case .failure(let error) = exported,
            error.code == .unreadable || error.code == .unsupported
        {
            StandardError.write("warning: the file gets no vocabulary: \(error)")
            return GGUFVocabularyExport.none
        }
        return try exported.get()
    }

    /// The files beside the weights that say how text becomes ids and where it ends.
    private static let companions = [
        "tokenizer.json", "tokenizer.model", "added_tokens.json", "tokenizer_config.json",
        "special_tokens_map.json", "chat_template.jinja", "chat_template.json",
        "generation_config.json",
    ]

    private func copyTokenizer() throws {
        for name in Self.companions {
            let content: [UInt8]
            do {
                content = try FileBytes.array(path: "\(source)/\(name)", limit: 1 << 30)
            } catch {
                guard error.code == .unreadable else { throw error }
                continue
            }
            let file = try AtomicFile(path: "\(output)/\(name)")
            try file.write(content)
            try file.commit()
        }
    }
}
