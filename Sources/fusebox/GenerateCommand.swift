import Adapters
import ArgumentParser
import FuseboxClient
import Inference
import Models
import Tensors
import Wire
import Worker

/// `fusebox generate`: one reply in this process, without a service.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Generate one reply in this process, without a service.")

    @OptionGroup var options: ModelOptions

    @Flag(exclusivity: .exclusive)
    var form = PromptForm.chat

    @Option(help: "A system message before the prompt.")
    var system: String?

    @Option(help: "The prompt; - or, with a pipe, nothing: standard input.")
    var prompt: String?

    @OptionGroup var sampling: SamplingOptions

    @Flag(help: "Print one JSON document with text, ids, usage and provenance.")
    var json = false

    func validate() throws {
        guard form == .chat || system == nil else {
            throw ValidationError(
                "--raw and --text leave no place for --system: write it into the prompt")
        }
    }

    func run() throws {
        let text = try Terminal.readPrompt(prompt)
        guard !text.isEmpty else { throw CommandError("the prompt is empty") }
        let (loaded, mix) = try options.load()
        var reply = LocalReply(
            prompt: form.prompt(text, system: system),
            segments: [MixSegment(fromToken: 0, mix: mix)])
        reply.sampling = sampling.settings.sampling
        if sampling.seed == nil { reply.sampling.seed = UInt64.random(in: 0 ... .max) }
        reply.limits = sampling.settings.limits
        try reply.run(on: .single(loaded), json: json)
    }
}

extension JobRunner {
    /// For one reply at a time.
    static func single(_ loaded: LoadedModel) throws -> JobRunner {
        var settings = EngineSettings(for: loaded)
        settings.slotCount = 1
        return try JobRunner(model: try ServedModel(loaded: loaded), settings: settings)
    }
}

extension LocalReply {
    /// Prints the reply as it comes, or as one JSON document.
    func run(on runner: JobRunner, json: Bool) throws {
        var collected = CollectedReply()
        let done = try run(on: runner) { chunk in
            collected.receive(.chunk(chunk))
            if !json { Terminal.write(chunk.text) }
        }
        collected.receive(.done(done))
        Terminal.write((json ? JSONValue.object(collected.json).text : "") + "\n")
    }
}
