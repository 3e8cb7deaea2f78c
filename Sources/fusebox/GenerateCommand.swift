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

    @Flag(
        help:
            "Take the prompt without the model's chat template; markers in it become their tokens.")
    var raw = false

    @Option(help: "The prompt, or - for standard input.")
    var prompt: String

    @Option(help: "Tokens of the reply at most; 256 or what the context leaves otherwise.")
    var maxTokens: UInt32?

    @Option(help: "0 takes the likeliest token each time.")
    var temperature: Float = 0

    @Option(help: "Sample from the likeliest tokens whose probabilities reach this sum.")
    var topP: Float = 1

    @Option(help: "Makes sampling repeatable; drawn otherwise.")
    var seed: UInt64?

    @Option(help: "End the reply before this text; may be repeated.")
    var stop: [String] = []

    @Flag(help: "Print one JSON document with text, ids, usage and provenance.")
    var json = false

    func validate() throws {
        guard temperature.isFinite, temperature >= 0 else {
            throw ValidationError("--temperature has to be 0 or more")
        }
        guard topP > 0, topP <= 1 else { throw ValidationError("--top-p has to be in (0, 1]") }
        guard maxTokens != 0 else { throw ValidationError("--max-tokens has to be positive") }
    }

    func run() throws {
        let text = try Terminal.readPrompt(prompt)
        guard !text.isEmpty else { throw CommandError("the prompt is empty") }
        let (loaded, mix) = try options.load()
        var reply = LocalReply(
            prompt: WirePrompt { $0.form = raw ? .raw(text) : .text(text) },
            segments: [MixSegment(fromToken: 0, mix: mix)])
        reply.sampling = WireSampling {
            $0.temperature = temperature
            $0.topP = topP
            $0.seed = seed ?? UInt64.random(in: 0 ... .max)
        }
        reply.limits = WireLimits {
            $0.maxTokens = maxTokens ?? 0
            $0.stop = stop
        }
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
