import Adapters
import Kernels
import Models
import TestSupport
import Testing

@testable import Inference

/// Log probabilities of prompts and replies.
@Suite struct TokenScoreTests {
    /// One request for each prompt and mix, greedy and drawn, scored throughout.
    private func requests(_ model: LoadedModel, _ golden: ModelGolden) -> [GenerationRequest] {
        golden.sequences.enumerated().map { index, prompt in
            let mix = golden.mix(index % golden.mixes.count, on: model.shelf)
            var request = GenerationRequest(prompt, mix: mix, maxTokens: 12)
            if !index.isMultiple(of: 2) {
                request.sampling.temperature = 1.5
                request.sampling.repetitionPenalty = 1.2
            }
            request.scores = ScoreRequest(ofReply: true, promptStart: 0, topCount: index)
            return request
        }
    }

    @Test(arguments: ["llama", "gemma2", "granite", "qwen2_dynamic"])
    func promptsHaveTheProbabilitiesOfTransformers(_ family: String) throws {
        let golden = try ModelGolden(family)
        let model = try LoadedModel.tiny(family, .f32)
        for index in golden.mixes.indices {
            let requests = golden.sequences.map { prompt in
                var request = GenerationRequest(
                    prompt, mix: golden.mix(index, on: model.shelf), maxTokens: 0)
                request.scores = ScoreRequest(promptStart: 0)
                return request
            }
            let replies = try EngineRun(model).replies(to: requests)
            #expect(replies.allSatisfy { $0.tokens.isEmpty && $0.reason == .length })
            let scores = replies.flatMap(\.promptScores)
            #expect(scores.map(\.id) == golden.sequences.flatMap(\.self))
            let expected = try golden.logProbabilities(mix: index)
            let found = scores.compactMap(\.logProbability)
            #expect(found.count == expected.count)
            let worst = zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
            #expect(worst < 1e-3, "mix \(index)")
        }
    }

    @Test(arguments: TinyCase.capabilities)
    func promptsHaveTheProbabilitiesOfTheScorer(_ tiny: TinyCase) throws {
        let model = try tiny.model()
        for (request, prompt) in zip(
            requests(model, try ModelGolden(tiny.family)), try ModelGolden(tiny.family).sequences)
        {
            let scorer = try Scorer(
                model: model.transformer, shelf: model.shelf, mix: request.segments[0].mix,
                kernels: model.kernels, pool: model.pool)
            var expected: [Float?] = [nil]
            try scorer.score(prompt) { position, logits in
                guard position + 1 < prompt.count else { return }
                expected.append(Float(Scorer.logProbability(of: prompt[position + 1], logits)))
            }
            let reply = try model.reply(alone: request)
            #expect(reply.promptScores.map(\.logProbability) == expected)
        }
    }

    @Test(arguments: TinyCase.capabilities)
    func repliesAreScoredByTheLogitsTheyAreDrawnFrom(_ tiny: TinyCase) throws {
        let model = try tiny.model()
        for request in requests(model, try ModelGolden(tiny.family)) {
            var plain = request
            plain.scores = nil
            let reply = try model.reply(alone: request)
            let unscored = try model.reply(alone: plain)
            #expect(reply.tokens == unscored.tokens && reply.logits == unscored.logits)
            #expect(unscored.scores.isEmpty && unscored.promptScores.isEmpty)
            #expect(reply.scores.map(\.id) == reply.tokens)
            for (score, bits) in zip(reply.scores, reply.logits) {
                let logits = bits.map { Float(bitPattern: $0) }
                let value = Scorer.logProbability(of: score.id, logits.span)
                #expect(score.logProbability == Float(value))
                let order = logits.indices.sorted {
                    (logits[$1], $0) < (logits[$0], $1)
                }
                let top = order.prefix(request.scores?.topCount ?? 0)
                #expect(score.top.map { Int($0.id) } == Array(top))
                for (alternative, id) in zip(score.top, top) {
                    let value = Scorer.logProbability(of: Int32(id), logits.span)
                    #expect(alternative.logProbability == Float(value))
                }
            }
        }
    }

    @Test(arguments: TinyCase.capabilities)
    func nothingAroundThemChangesScores(_ tiny: TinyCase) throws {
        let model = try tiny.model()
        let requests = requests(model, try ModelGolden(tiny.family))
        let expected = try requests.map { try model.reply(alone: $0) }
        for rows in [1, 3, 31, 128] {
            let settings = EngineRun.settings(rows: rows, slots: min(rows, 4))
            let run = try EngineRun(model, threads: 2, poison: true, settings: settings)
            #expect(try run.replies(to: requests) == expected, "\(rows) rows a step")
            // A second time the prefix cache has all of it, and is not asked.
            let ids = try requests.map(run.submit)
            try run.finish()
            for (id, expected) in zip(ids, expected) {
                #expect(try run.reply(id) == expected)
                #expect(run.cachedCounts[id] == 0)
            }
        }
        for (tokens, scored) in [(0, 1), (0, 5), (3, .max), (11, .max)] {
            let resumed = zip(requests, expected).map { request, reply in
                var request = request
                request.emitted = Array(reply.tokens.prefix(tokens))
                request.scores?.promptStart = min(scored, request.prompt.count)
                return request
            }
            for (reply, expected) in zip(try EngineRun(model).replies(to: resumed), expected) {
                #expect(reply.scores == Array(expected.scores.dropFirst(tokens)))
                let missing = expected.promptScores.dropFirst(
                    min(scored, expected.promptScores.count))
                #expect(reply.promptScores == Array(missing))
                #expect(reply.tokens == Array(expected.tokens.dropFirst(tokens)))
            }
        }
    }

    @Test func aPromptOfOneTokenFollowsNothing() throws {
        let model = try LoadedModel.tiny("llama", .q8_0)
        var request = GenerationRequest([3], mix: .base, maxTokens: 0)
        request.scores = ScoreRequest(promptStart: 0, topCount: 3)
        let reply = try model.reply(alone: request)
        #expect(reply.promptScores == [TokenScore(first: 3)])
        #expect(reply.tokens.isEmpty && reply.reason == .length)
        request.scores = nil
        #expect(try model.reply(alone: request).reason == .length)
    }

    @Test func whatIsNoDistributionHasNoScore() {
        for logits in [[.nan, 1], [1, .nan], [.infinity, 1], [-.infinity, -.infinity]] as [[Float]]
        {
            #expect(TokenScore(of: 0, logits.span, topCount: 1) == nil)
        }
        let masked: [Float] = [-.infinity, 2, 2]
        let score = TokenScore(of: 0, masked.span, topCount: 5)
        #expect(score?.logProbability == -.infinity)
        #expect(score?.top.map(\.id) == [1, 2, 0])
    }
}
