import Adapters
import Inference
import Models

/// Runs an engine on random tokens and takes the time.
struct EngineBench {
    let model: LoadedModel
    let shares: [AdapterMix.Share]
    /// Adapters a mix.
    let mixCount: Int
    /// Different mixes in a batch.
    let different: Int

    /// Passes over the weights per second.
    static func bound(_ model: LoadedModel, passes: Int) -> Double {
        let time = ContinuousClock().measure {
            for _ in 0..<passes { model.transformer.readWeights(pool: model.pool) }
        }
        return Double(passes) * (.seconds(1) / time)
    }

    /// Tokens per second of one prompt.
    func prefill(_ count: Int) throws -> Double {
        let engine = try engine(slots: 1, context: count + 1)
        _ = try engine.submit(request(0, promptCount: count, maxTokens: 1))
        let time = ContinuousClock().measure { while engine.hasWork { _ = engine.runStep() } }
        return Double(count) * (.seconds(1) / time)
    }

    /// Tokens per second of all sequences together, once the prompts of all are through.
    func decode(_ count: Int, batch: Int) throws -> Double {
        let promptCount = 16
        let room = 2 * batch + count
        let engine = try engine(slots: batch, context: promptCount + room)
        for index in 0..<batch {
            _ = try engine.submit(request(index, promptCount: promptCount, maxTokens: room))
        }
        var started: Set<Int> = []
        while started.count < batch {
            for case .token(let sequence, _, _, _) in engine.runStep() { started.insert(sequence) }
        }
        let first = engine.tokenCount
        let time = ContinuousClock().measure { for _ in 0..<count { _ = engine.runStep() } }
        return Double(engine.tokenCount - first) * (.seconds(1) / time)
    }

    func engine(slots: Int, context: Int, keepsPrefixes: Bool = false) throws -> Engine {
        guard context <= model.transformer.configuration.contextLength else {
            throw CommandError(
                "the model's context is \(model.transformer.configuration.contextLength)")
        }
        var settings = EngineSettings(for: model)
        settings.slotCount = slots
        settings.contextLength = context
        settings.keepsPrefixes = keepsPrefixes
        return try Engine(
            model: model.transformer, shelf: model.shelf, kernels: model.kernels, pool: model.pool,
            settings: settings)
    }

    /// A request of random tokens, under the mix of its index.
    func request(_ index: Int, promptCount: Int, maxTokens: Int) -> GenerationRequest {
        let vocabulary = UInt64(model.transformer.configuration.vocabularySize)
        let prompt = (0..<promptCount).map { position in
            Int32(
                CounterGenerator.bits(seed: UInt64(index), counter: UInt64(position)) % vocabulary)
        }
        return GenerationRequest(
            prompt: prompt, segments: [MixSegment(fromToken: 0, mix: mix(index % different))],
            maxTokens: maxTokens)
    }

    /// Mixes take the adapters in turn; each round begins one further, with other weights.
    private func mix(_ number: Int) -> AdapterMix {
        let first = number * mixCount
        let mine = (0..<mixCount).map { offset in
            let share = shares[(first + first / shares.count + offset) % shares.count]
            let weight = share.weight - share.weight * Int32(number % 16) / 32
            return AdapterMix.Share(adapter: share.adapter, weight: weight)
        }
        return AdapterMix(shares: mine)
    }
}
