import Adapters
import Kernels
import Models
import TestSupport
import Testing

@testable import Inference

/// Which mix governs which forward pass when a reply changes its mix, under each rule for keys and values.
@Suite struct RoutingRuleTests {
    @Test(arguments: TinyCase.all)
    func keepEqualsAResumedReplyWithTheSameSegments(_ tiny: TinyCase) throws {
        let model = try tiny.model()
        let (first, second) = (model.mix(["a": 1]), model.mix(["b": 0.5, "c": 1]))
        let prompt = try ModelGolden(tiny.family).sequences[5]
        for count in [1, 7, 15, 16] {
            let run = try EngineRun(model, poison: true)
            let id = try run.submit(GenerationRequest(prompt, mix: first, maxTokens: 24))
            try run.step(until: id, has: count)
            try run.engine.route(id, to: second)
            try run.finish()
            let switched = try run.reply(id)

            var resumed = GenerationRequest(prompt, mix: first, maxTokens: 24)
            resumed.segments.append(MixSegment(fromToken: count, mix: second))
            #expect(try model.reply(alone: resumed) == switched)
            resumed.emitted = Array(switched.tokens.prefix(count + 3))
            #expect(try model.reply(alone: resumed) == switched.dropping(count + 3))
            // On the same engine: blocks made under both mixes are found again.
            let again = try run.submit(resumed)
            try run.finish()
            #expect(try run.reply(again) == switched.dropping(count + 3))

            let unswitched = try model.reply(
                alone: GenerationRequest(prompt, mix: first, maxTokens: 24))
            #expect(unswitched.logits[count - 1] == switched.logits[count - 1])
            #expect(unswitched.logits[count] != switched.logits[count])
        }
    }

    @Test(arguments: TinyCase.all)
    func recomputeEqualsAFreshPrefillWithTheNewMix(_ tiny: TinyCase) throws {
        let model = try tiny.model()
        let (first, second) = (model.mix(["a": 1]), model.mix(["b": 0.5, "c": 1]))
        let prompt = try ModelGolden(tiny.family).sequences[5]
        for count in [1, 7, 15, 16] {
            let run = try EngineRun(model, poison: true)
            var request = GenerationRequest(prompt, mix: first, maxTokens: 24)
            request.kvRule = .recompute
            let id = try run.submit(request)
            try run.step(until: id, has: count)
            try run.engine.route(id, to: second)
            try run.finish()
            let switched = try run.reply(id)

            var fresh = GenerationRequest(prompt, mix: second, maxTokens: 24)
            fresh.emitted = Array(switched.tokens.prefix(count))
            #expect(try model.reply(alone: fresh) == switched.dropping(count))
            // A resumed reply names every segment, and has been switched before it starts.
            fresh.segments = [
                MixSegment(fromToken: 0, mix: first), MixSegment(fromToken: count, mix: second),
            ]
            fresh.kvRule = .recompute
            #expect(try model.reply(alone: fresh) == switched.dropping(count))
        }
    }

    /// A prompt that is half in the cache when its mix changes must not keep that half.
    @Test func aSwitchDuringThePromptGovernsAllOfIt() throws {
        let model = try LoadedModel.tiny("llama", .q8_0)
        let (first, second) = (model.mix(["a": 1]), model.mix(["c": 1]))
        let prompt = try ModelGolden("llama").sequences[6]
        let expected = try model.reply(alone: GenerationRequest(prompt, mix: second, maxTokens: 6))
        for steps in [0, 1, 2] {
            let run = try EngineRun(model, settings: EngineRun.settings(rows: 20, slots: 2))
            let id = try run.submit(GenerationRequest(prompt, mix: first, maxTokens: 6))
            for _ in 0..<steps { run.step() }
            try run.engine.route(id, to: second)
            try run.finish()
            #expect(try run.reply(id) == expected, "switched after \(steps) steps")
            let again = try run.submit(GenerationRequest(prompt, mix: second, maxTokens: 6))
            try run.finish()
            #expect(try run.reply(again) == expected, "from the cache")
        }
    }

    /// Sequences that share blocks need more room once one of them is computed again; it has to wait for it.
    @Test func recomputeWaitsForRoom() throws {
        let model = try LoadedModel.tiny("llama", .f32)
        let prompt = Array(try ModelGolden("llama").sequences[6].prefix(40))
        let other = try ModelGolden("llama").sequences[5]
        let (first, second) = (model.mix(["a": 1]), model.mix(["c": 1]))
        var request = GenerationRequest(prompt, mix: first, maxTokens: 24)
        request.kvRule = .recompute
        let bystander = GenerationRequest(Array(other.prefix(10)), mix: first, maxTokens: 22)
        let blockBytes = model.transformer.blockBytes
        let run = try EngineRun(model, settings: EngineRun.settings(cacheBytes: 8 * blockBytes))
        let a = try run.submit(request)
        try run.step(until: a, has: 1)
        let b = try run.submit(request)
        try run.step(until: b, has: 1)
        let c = try run.submit(bystander)
        try run.step(until: c, has: 1)
        #expect(run.engine.availableBlockCount == 0)
        let count = try run.reply(b).tokens.count
        try run.engine.route(b, to: second)
        try run.finish()

        #expect(try run.reply(a) == model.reply(alone: request))
        #expect(try run.reply(c) == model.reply(alone: bystander))
        let switched = try run.reply(b)
        var fresh = GenerationRequest(prompt, mix: second, maxTokens: 24)
        fresh.emitted = Array(switched.tokens.prefix(count))
        #expect(try model.reply(alone: fresh) == switched.dropping(count))
        #expect(run.engine.availableBlockCount == 8)
    }
}
