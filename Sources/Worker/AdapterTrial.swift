internal import Adapters
public import Inference
internal import Models
internal import Tensors
internal import Tokenization
internal import Wire

/// A try of adapters in a process of its own, before anybody is served with them.
public struct AdapterTrial {
    private static let prompts = [
        "Hello.", "Write a short list of three colours.", "The capital of France is",
    ]
    private static let replyLength = 8
    /// Bytes of keys and values: more than the prompts take with any model.
    private static let cacheByteCount = 256 << 20

    private let runner: JobRunner

    /// - Parameter loaded: the base, without adapters.
    public init(_ loaded: LoadedModel) throws {
        var settings = EngineSettings()
        settings.slotCount = Self.prompts.count
        settings.rowCapacity = 64
        settings.contextLength = min(loaded.transformer.configuration.contextLength, 512)
        settings.cacheByteCount = Self.cacheByteCount
        runner = try JobRunner(model: ServedModel(loaded: loaded), settings: settings)
    }

    /// Loads an adapter, looks at its numbers and has it answer a few prompts at full weight.
    ///
    /// - Returns: what a user should know.
    /// - Throws: why it must not be served.
    public func run(path: String) throws(LoadError) -> [String] {
        do {
            try Adapter.checkMagnitudes(path: path)
            let adapter = try runner.hold(path: path)
            defer { runner.engine.release(adapter.digest) }
            let share = AdapterMix.Share(adapter: adapter.digest, weight: AdapterMix.unit)
            try answer(under: AdapterMix(shares: [share]))
            return adapter.warnings
        } catch let error as WorkerError {
            throw LoadError("\(path): it does not run: \(error)")
        } catch {
            throw LoadError("\(error)")
        }
    }

    /// Has the prompts answered; scores see to it that every number is finite.
    private func answer(under mix: AdapterMix) throws(WorkerError) {
        let encoder = PromptEncoder(tokenizer: runner.model.tokenizer)
        for prompt in Self.prompts {
            let ids = try encoder.encode(WirePrompt { $0.plain = prompt })
            var request = GenerationRequest(
                prompt: ids, segments: [MixSegment(fromToken: 0, mix: mix)],
                maxTokens: Self.replyLength)
            request.scores = ScoreRequest(ofReply: true, promptStart: 0, topCount: 0)
            _ = try runner.start(Job(request: request))
        }
        while runner.hasWork {
            for (_, event) in runner.runStep() {
                if case .failed(let error) = event { throw error }
            }
        }
    }
}
