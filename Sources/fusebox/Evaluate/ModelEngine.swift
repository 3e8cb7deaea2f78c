import Adapters
import Evaluation
import Inference
import Kernels
import Models
import Routing
import Tokenization
import Worker

/// Runs an evaluation's replies through the engine's batches, each under its own mix, and its likelihoods through the scorer.
struct ModelEngine: EvaluationEngine {
    private let model: ServedModel
    private let runner: JobRunner
    private let stop: StopRequest

    /// Requests that wait for each slot: enough that none is ever empty.
    private static let waitingPerSlot = 2

    init(model: ServedModel, stop: StopRequest) throws {
        self.model = model
        self.stop = stop
        runner = try JobRunner(model: model)
    }

    var identity: String {
        let transformer = model.loaded.transformer
        return "\(transformer.digest) \(transformer.precision.name)"
    }

    var contextLength: Int { runner.engine.contextLength }

    func encode(
        _ messages: [EvaluationRow.Message], style: PromptStyle
    ) throws(EvaluationError) -> [Int32] {
        guard style == .chat || messages.count == 1, let message = messages.last else {
            throw EvaluationError(
                .data, "\"messages\" need the form chat; \(style.rawValue) takes one \"prompt\"")
        }
        return try encoding { () throws(TokenizationError) in
            switch style {
            case .chat:
                try model.tokenizer.encode(
                    chat: messages.map { ChatTurn(role: $0.role, content: $0.content) },
                    addGenerationPrompt: true)
            case .raw:
                try model.tokenizer.encode(
                    message.content, addSpecialTokens: true, allowSpecial: true)
            case .text: try model.tokenizer.encode(message.content, addSpecialTokens: true)
            }
        }
    }

    func encode(continuation: String) throws(EvaluationError) -> [Int32] {
        try encoding { () throws(TokenizationError) in
            try model.tokenizer.encode(continuation, addSpecialTokens: false)
        }
    }

    private func encoding(
        _ body: () throws(TokenizationError) -> [Int32]
    ) throws(EvaluationError) -> [Int32] {
        do throws(TokenizationError) {
            return try body()
        } catch {
            throw EvaluationError(.data, "\(error)")
        }
    }

    func check(_ mix: AdapterMix) throws(EvaluationError) {
        try running { () throws(InferenceError) in try runner.engine.check(mix) }
    }

    private func checkStop() throws(EvaluationError) {
        guard stop.isSet else { return }
        throw EvaluationError(
            .interrupted, "stopped; run the same command again to go on from here")
    }

    // MARK: Replies

    func reply(
        to runs: [ReplyRun], keep: (Int, Reply) throws(EvaluationError) -> Void
    ) throws(EvaluationError) {
        var next = 0
        var places: [Int: Int] = [:]
        var replies: [Int: (text: String, ids: [Int32])] = [:]
        while next < runs.count || !places.isEmpty {
            try checkStop()
            while next < runs.count,
                places.count < (1 + Self.waitingPerSlot) * runner.engine.slotCount
            {
                do throws(WorkerError) {
                    places[try runner.start(Job(runs[next], router: model.router))] = next
                } catch {
                    throw EvaluationError(.model, "\(error)")
                }
                next += 1
            }
            for (id, event) in runner.runStep() {
                switch event {
                case .chunk(_, let ids, let text, _):
                    replies[id, default: ("", [])].text += text
                    replies[id]?.ids += ids
                case .routed, .promptScores: continue
                case .failed(let error): throw EvaluationError(.model, "\(error)")
                case .finished:
                    let reply = replies.removeValue(forKey: id) ?? ("", [])
                    guard let place = places.removeValue(forKey: id) else { continue }
                    try keep(place, Reply(text: reply.text, ids: reply.ids))
                }
            }
        }
    }

    // MARK: Likelihoods

    func score(
        _ runs: [LikelihoodRun], keep: (Int, Likelihood) throws(EvaluationError) -> Void
    ) throws(EvaluationError) {
        // One scorer a mix: each has working memory of its own.
        let groups = Dictionary(grouping: runs.indices) { runs[$0].mix }
        for places in groups.values.sorted(by: { $0[0] < $1[0] }) {
            let scorer = try running { () throws(InferenceError) in
                try Scorer(
                    model: model.loaded.transformer, shelf: model.loaded.shelf,
                    mix: runs[places[0]].mix, kernels: model.loaded.kernels,
                    pool: model.loaded.pool)
            }
            for place in places {
                try checkStop()
                let likelihood = try running { () throws(InferenceError) in
                    try Self.likelihood(of: runs[place], with: scorer)
                }
                guard likelihood.logProbability.isFinite else {
                    throw EvaluationError(
                        .model,
                        "the model computes numbers that are not finite; check its weights and adapters"
                    )
                }
                try keep(place, likelihood)
            }
        }
    }

    private func running<Result>(
        _ body: () throws(InferenceError) -> Result
    ) throws(EvaluationError) -> Result {
        do throws(InferenceError) {
            return try body()
        } catch {
            throw EvaluationError(.model, "\(error)")
        }
    }

    private static func likelihood(
        of run: LikelihoodRun, with scorer: Scorer
    ) throws(InferenceError) -> Likelihood {
        guard !run.continuation.isEmpty, !run.prompt.isEmpty else {
            return Likelihood(logProbability: 0, tokenCount: 0)
        }
        let tokens = run.prompt + run.continuation
        var sum = 0.0
        try scorer.score(tokens, from: run.prompt.count - 1) { position, logits in
            guard position + 1 < tokens.count else { return }
            sum += Scorer.logProbability(of: tokens[position + 1], logits)
        }
        return Likelihood(logProbability: sum, tokenCount: run.continuation.count)
    }
}

extension Job {
    /// A reply of an evaluation; the engine's own ends of text are added when it starts.
    fileprivate init(_ run: ReplyRun, router: AdapterRouter?) {
        var request = GenerationRequest(
            prompt: run.prompt, segments: [MixSegment(fromToken: 0, mix: run.mix)],
            maxTokens: run.maxTokens)
        request.sampling.temperature = Float(run.sampling.temperature)
        request.sampling.topK = run.sampling.topK
        request.sampling.topP = Float(run.sampling.topP)
        request.sampling.minP = Float(run.sampling.minP)
        request.sampling.repetitionPenalty = Float(run.sampling.repetitionPenalty)
        request.sampling.seed = run.seed
        self.init(request: request)
        stop = run.stop
        guard let rerouting = run.rerouting, let router else { return }
        self.request.kvRule = KVRule(rawValue: rerouting.rule.rawValue) ?? .keep
        self.rerouting = Rerouting(
            userMessage: rerouting.userMessage, policy: rerouting.policy, allowed: nil,
            router: router)
    }
}
