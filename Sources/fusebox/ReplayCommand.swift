import Adapters
import ArgumentParser
import FoundationEssentials
import FuseboxWire
import Inference
import Kernels
import Models
import Tensors
import Wire
import Worker

/// `fusebox replay`: repeats a finished request exactly.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Repeat a finished request exactly, from the provenance of its reply.")

    @Argument(help: "A provenance, or a reply that has one, as JSON.")
    var provenance: String

    @Option(help: "The base model: a Hugging Face directory or a GGUF file.")
    var model: String

    @Option(help: "A folder of PEFT adapters.")
    var adapters: String?

    @Option(help: "Threads that compute; else one a processor.")
    var threads: Int?

    @OptionGroup var images: ImageOptions

    @Flag(help: "Print one JSON document with text, ids, usage and provenance.")
    var json = false

    func run() throws {
        for case let path? in [provenance, model, adapters] where path != "-" {
            try PathGuess.check(path)
        }
        let text = try Terminal.read(provenance, byteLimit: 64 << 20)
        let recorded: WireProvenance
        do {
            recorded = try ProvenanceDocument.provenance(JSONValue(parsing: text))
        } catch {
            throw CommandError("\(provenance): \(error)")
        }
        guard let precision = Precision(name: recorded.type) else {
            throw CommandError("\(provenance): the execution type \"\(recorded.type)\" is unknown")
        }
        let loaded = try LoadedModel(
            path: model, precision: precision,
            threadCount: threads ?? Processors.available.count,
            kernelSet: recorded.kernels, images: images.folder)
        guard Data(loaded.transformer.digest.bytes) == recorded.base else {
            throw CommandError(
                "\(model): is not the base of this reply; its digest is \(loaded.transformer.digest)"
            )
        }
        var settings = EngineSettings(for: loaded)
        settings.slotCount = 1
        let served = try ServedModel(loaded: loaded, adapters: adapters)
        for warning in served.warnings { StandardError.write("warning: \(warning)") }
        var reply = LocalReply(
            prompt: WirePrompt { $0.tokens.ids = recorded.promptTokens },
            segments: try recorded.segments.map { try MixSegment($0) })
        reply.kvRule = recorded.kvRule
        reply.sampling = recorded.sampling
        reply.limits = recorded.limits
        try reply.run(on: JobRunner(model: served, settings: settings), json: json)
    }
}
