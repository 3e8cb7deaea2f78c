import Adapters
import Models
import Tensors
import Testing

@testable import Inference
@testable import Kernels

/// What an engine made of a request: the tokens, and the bits of the logits that each was sampled from.
struct Reply: Equatable {
    var tokens: [Int32] = []
    /// One row of the vocabulary's size a token.
    var logits: [[UInt32]] = []
    var scores: [TokenScore] = []
    var promptScores: [TokenScore] = []
    /// The first token of the prompt that has one of these.
    var scoredFrom = 0
    var reason: EngineEvent.EndReason?
    var failure: InferenceError?

    /// What is left after the first `count` tokens.
    func dropping(_ count: Int) -> Reply {
        Reply(
            tokens: Array(tokens.dropFirst(count)), logits: Array(logits.dropFirst(count)),
            reason: reason)
    }
}

/// An engine that records the reply of every sequence.
final class EngineRun {
    let engine: Engine
    private(set) var replies: [Int: Reply] = [:]
    /// Prompt tokens of each finished sequence that the prefix cache had.
    private(set) var cachedCounts: [Int: Int] = [:]

    init(
        _ model: LoadedModel, threads: Int = 1, kernels: KernelSet? = nil, poison: Bool = false,
        settings: EngineSettings = EngineRun.settings()
    ) throws {
        engine = try Engine(
            model: model.transformer, shelf: model.shelf, kernels: kernels ?? model.kernels,
            pool: try ThreadPool(threadCount: threads, spinCount: 0), settings: settings)
        if poison { engine.pages.fill(with: 0xFF) }
        engine.onLogits = { [unowned self] id, index, logits in
            let bits = (0..<logits.count).map { logits[$0].bitPattern }
            replies[id, default: Reply()].logits.append(bits)
        }
    }

    static func settings(
        rows: Int = 128, slots: Int = 32, keepsPrefixes: Bool = true, cacheBytes: Int = 64 << 20
    ) -> EngineSettings {
        var settings = EngineSettings()
        settings.rowCapacity = rows
        settings.slotCount = slots
        settings.keepsPrefixes = keepsPrefixes
        settings.cacheByteCount = cacheBytes
        return settings
    }

    func submit(_ request: GenerationRequest) throws -> Int {
        let id = try engine.submit(request)
        replies[id] = Reply(scoredFrom: request.scores?.promptStart ?? 0)
        return id
    }

    func step() {
        for event in engine.runStep() {
            switch event {
            case .token(let sequence, _, let id, let score):
                replies[sequence]?.tokens.append(id)
                if let score { replies[sequence]?.scores.append(score) }
            case .promptScores(let sequence, let start, let scores):
                let expected = replies[sequence].map { $0.promptScores.count + $0.scoredFrom }
                #expect(start == expected, "scores are told in order, each once")
                replies[sequence]?.promptScores += scores
            case .finished(let sequence, let reason, _, let cachedCount):
                replies[sequence]?.reason = reason
                cachedCounts[sequence] = cachedCount
            case .failed(let sequence, let error): replies[sequence]?.failure = error
            }
        }
    }

    /// Steps until a sequence has at least `count` new tokens.
    func step(until id: Int, has count: Int) throws {
        var steps = 0
        while replies[id]?.tokens.count ?? 0 < count {
            step()
            steps += 1
            try #require(steps < 10_000, "the sequence \(id) makes no progress")
        }
    }

    func finish() throws {
        var steps = 0
        while engine.hasWork {
            step()
            steps += 1
            try #require(steps < 10_000, "the engine does not come to an end")
        }
    }

    func reply(_ id: Int) throws -> Reply {
        try #require(replies[id])
    }

    /// The replies to requests that arrive together.
    func replies(to requests: [GenerationRequest]) throws -> [Reply] {
        let ids = try requests.map(submit)
        try finish()
        return try ids.map(reply)
    }
}

extension KVPages {
    /// Sets every byte; 0xFF makes each half and each float a NaN.
    func fill(with byte: UInt8) {
        for buffer in [keys, values] {
            unsafe buffer.withUnsafeMutableBufferPointer { unsafe $0.update(repeating: byte) }
        }
    }
}

extension LoadedModel {
    /// A tiny checkpoint with its adapters `a`, `b` and `c`.
    static func tiny(
        _ family: String, _ type: ExecutionType, cache: CacheType? = nil
    ) throws -> LoadedModel {
        let golden = try ModelGolden(family)
        var model = try LoadedModel(
            path: golden.folder, precision: Precision(weights: type, cache: cache), threadCount: 1)
        for name in ModelGolden.adapterNames {
            try model.addAdapter(path: "\(golden.folder)/adapters/\(name)", name: name)
        }
        return model
    }

    /// A mix of adapters by name.
    func mix(_ weights: KeyValuePairs<String, Double>) -> AdapterMix {
        AdapterMix(
            shares: weights.compactMap { name, weight in
                guard let adapter = shelf.named[name], let weight = AdapterMix.weight(weight) else {
                    return nil
                }
                return AdapterMix.Share(adapter: adapter.digest, weight: weight)
            })
    }

    /// The reply of an engine that has nothing else to do.
    func reply(alone request: GenerationRequest) throws -> Reply {
        try EngineRun(self, settings: EngineRun.settings(keepsPrefixes: false)).replies(to: [
            request
        ])[0]
    }
}

extension GenerationRequest {
    init(_ prompt: [Int32], mix: AdapterMix, maxTokens: Int) {
        self.init(
            prompt: prompt, segments: [MixSegment(fromToken: 0, mix: mix)], maxTokens: maxTokens)
    }
}

/// The checkpoints and execution types that the determinism rule is tested on.
struct TinyCase: Sendable, CustomTestStringConvertible {
    let family: String
    let precision: Precision

    static let all =
        ["llama", "mistral", "qwen3"].flatMap { family in
            let usual = [ExecutionType.f32, .q8_0, .q4_0, .nf4].map { Precision(weights: $0) }
            return (usual + [Precision(weights: .q8_0, cache: .q8_0)]).map {
                TinyCase(family: family, precision: $0)
            }
        } + capabilities

    /// Soft caps, norms after layers, windows in some of them, layers without rotation, multipliers, rotations that depend on
    /// a sequence's length.
    static let capabilities = [
        "gemma2", "gemma3", "phi3", "smollm3_untied", "granite", "olmo2", "qwen2_dynamic",
    ].flatMap { family in
        [ExecutionType.f32, .q8_0].map {
            TinyCase(family: family, precision: Precision(weights: $0))
        }
    }

    var testDescription: String { "\(family) as \(precision.name)" }

    func model() throws -> LoadedModel {
        try .tiny(family, precision.weights, cache: precision.cache)
    }
}
