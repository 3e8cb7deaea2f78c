import Adapters
import Kernels
import Models
import Tensors
import TestSupport
import Testing

@testable import Inference

/// What the engine refuses before any work, and that it ends clean whatever happens to its requests.
@Suite struct EngineLimitTests {
    private func refusal(_ run: EngineRun, _ request: GenerationRequest) -> InferenceError? {
        do {
            _ = try run.engine.submit(request)
            return nil
        } catch {
            return error
        }
    }

    @Test func requestsThatCannotRunAreRefusedBeforeAnyWork() throws {
        let model = try LoadedModel.tiny("llama", .f32)
        let bytes = 4 * model.transformer.blockBytes
        let run = try EngineRun(model, settings: EngineRun.settings(cacheBytes: bytes))
        let fine = GenerationRequest([1, 2, 3], mix: .base, maxTokens: 5)
        func changed(_ change: (inout GenerationRequest) -> Void) -> GenerationRequest {
            var request = fine
            change(&request)
            return request
        }
        let stranger = try #require(Digest(bytes: [UInt8](repeating: 9, count: 32)))
        let unknown = AdapterMix(shares: [.init(adapter: stranger, weight: 1)])
        let known = model.mix(["a": 1]).shares
        let uncatted = AdapterMix(shares: known, coefficients: stranger)
        let cases: [(GenerationRequest, InferenceError)] = [
            (changed { $0.prompt = [] }, .emptyPrompt),
            (changed { $0.segments = [] }, .emptyPrompt),
            (changed { $0.prompt = [1, -1] }, .idOutOfRange(-1, vocabulary: 128)),
            (changed { $0.prompt = [128] }, .idOutOfRange(128, vocabulary: 128)),
            (changed { $0.emitted = [.max] }, .idOutOfRange(.max, vocabulary: 128)),
            (changed { $0.maxTokens = 254 }, .contextOverflow(tokens: 257, limit: 256, model: 256)),
            (
                changed { $0.maxTokens = .max },
                .contextOverflow(tokens: .max, limit: 256, model: 256)
            ),
            (
                changed { $0.prompt = [Int32](repeating: 1, count: 300) },
                .contextOverflow(tokens: 305, limit: 256, model: 256)
            ),
            (changed { $0.maxTokens = 62 }, .memoryOverflow(tokens: 65, limit: 64)),
            (
                changed { $0.segments.append(MixSegment(fromToken: 2, mix: unknown)) },
                .unknownAdapter(stranger.description)
            ),
            (
                changed { $0.segments = [MixSegment(fromToken: 0, mix: uncatted)] },
                .coefficients("the coefficient table \(stranger) is not loaded here")
            ),
        ]
        for (request, expected) in cases {
            #expect(refusal(run, request) == expected)
            #expect(!expected.description.isEmpty)
        }
        #expect(!run.engine.hasWork && run.engine.runStep().isEmpty && run.engine.stepCount == 0)
        #expect(refusal(run, changed { $0.maxTokens = 61 }) == nil)
    }

    @Test func aRouteToAnUnknownAdapterChangesNothing() throws {
        let model = try LoadedModel.tiny("llama", .f32)
        let request = GenerationRequest([1, 2, 3], mix: model.mix(["b": 1]), maxTokens: 6)
        let run = try EngineRun(model)
        let id = try run.submit(request)
        run.step()
        let stranger = try #require(Digest(bytes: [UInt8](repeating: 9, count: 32)))
        let unknown = AdapterMix(shares: [.init(adapter: stranger, weight: 1)])
        #expect(throws: InferenceError.unknownAdapter(stranger.description)) {
            try run.engine.route(id, to: unknown)
        }
        try run.finish()
        #expect(try run.reply(id) == model.reply(alone: request))
        try run.engine.route(id, to: unknown)
    }

    @Test func theContextIsTheSmallerOfSettingAndModel() throws {
        let model = try LoadedModel.tiny("llama", .f32)
        var settings = EngineRun.settings()
        settings.contextLength = 20
        #expect(try EngineRun(model, settings: settings).engine.contextLength == 20)
        settings.contextLength = nil
        #expect(try EngineRun(model, settings: settings).engine.contextLength == 256)
    }

    @Test func settingsWithoutSenseAreRefused() throws {
        let model = try LoadedModel.tiny("llama", .f32)
        func refusal(_ change: (inout EngineSettings) -> Void) -> String {
            var settings = EngineRun.settings()
            change(&settings)
            let error = #expect(throws: InferenceError.self) {
                try EngineRun(model, settings: settings)
            }
            return error?.description ?? ""
        }
        #expect(refusal { $0.contextLength = 257 }.contains("--context 257"))
        let least = model.transformer.blockBytes
        #expect(refusal { $0.cacheByteCount = least - 1 }.contains("--cache-bytes \(least - 1)"))
        let one = try EngineRun(model, settings: EngineRun.settings(cacheBytes: least)).engine
        #expect(one.cacheTokenCount == 16)
    }

    /// What to do differs: a larger setting helps only below what the model was made for.
    @Test func refusedPromptsNameTheOptionToRaise() throws {
        let model = try LoadedModel.tiny("llama", .f32)
        var settings = EngineRun.settings()
        let long = GenerationRequest([1, 2, 3], mix: .base, maxTokens: 300)
        let atModel = refusal(try EngineRun(model, settings: settings), long)?.description
        #expect(atModel?.contains("the model's context is 256") == true)
        #expect(atModel?.contains("--") == false)
        settings.contextLength = 40
        let atSetting = refusal(try EngineRun(model, settings: settings), long)?.description
        #expect(atSetting?.contains("--context up to 256") == true)
        settings = EngineRun.settings(cacheBytes: model.transformer.blockBytes)
        var short = long
        short.maxTokens = 30
        let atCache = refusal(try EngineRun(model, settings: settings), short)?.description
        #expect(atCache?.contains("--cache-bytes") == true)
    }

    /// Neither the base nor another mix stands in for one that cannot be had.
    @Test func aMixThatIsLostEndsItsSequenceWithAnError() throws {
        let model = try LoadedModel.tiny("llama", .f32)
        let run = try EngineRun(model)
        let lost = try run.submit(
            GenerationRequest([1, 2, 3], mix: model.mix(["a": 1]), maxTokens: 6))
        let other = GenerationRequest([4, 5], mix: .base, maxTokens: 6)
        let kept = try run.submit(other)
        run.step()
        run.engine.mixes = MixTable(shelf: AdapterShelf())
        try run.finish()
        let digest = try #require(model.shelf.named["a"]).digest
        #expect(try run.reply(lost).failure == .unknownAdapter(digest.description))
        #expect(try run.reply(lost).tokens.count == 1)
        #expect(try run.reply(kept) == model.reply(alone: other))
    }

    /// A prediction looks at what waits, and changes nothing.
    @Test func theNextStepIsPredictedFromWhatIsDue() throws {
        let model = try LoadedModel.tiny("llama", .f32)
        let run = try EngineRun(model)
        let request = GenerationRequest(
            [Int32](repeating: 5, count: 40), mix: model.mix(["a": 1]), maxTokens: 5)
        let id = try run.submit(request)
        #expect(run.engine.nextStepSeconds == nil)
        run.engine.pacer.note(decodeRows: 0, prefillRows: 10, seconds: 0.125)
        #expect(run.engine.nextStepSeconds == 0.5, "forty rows")
        run.engine.pacer.note(decodeRows: 0, prefillRows: 10, seconds: 0.5)
        #expect(run.engine.nextStepSeconds == 1, "no more rows than a second has time for")
        try run.finish()
        #expect(try run.reply(id) == model.reply(alone: request))
    }

    @Test func repliesOfNoTokensEndAtOnce() throws {
        let model = try LoadedModel.tiny("llama", .f32)
        let run = try EngineRun(model)
        for maxTokens in [0, -1, .min] {
            let id = try run.submit(GenerationRequest([1, 2], mix: .base, maxTokens: maxTokens))
            #expect(
                run.engine.runStep() == [
                    .finished(sequence: id, reason: .length, tokenCount: 0, cachedCount: 0)
                ])
        }
        var resumed = GenerationRequest([1, 2], mix: .base, maxTokens: 3)
        for emitted: [Int32] in [[4, 5, 6], [4, 5, 6, 7]] {
            resumed.emitted = emitted
            let id = try run.submit(resumed)
            #expect(
                run.engine.runStep() == [
                    .finished(
                        sequence: id, reason: .length, tokenCount: emitted.count, cachedCount: 0)
                ])
        }
        #expect(!run.engine.hasWork && run.engine.stepCount == 0)
    }

    @Test func eachEndOfTextEndsAndIsNotPartOfTheReply() throws {
        let model = try LoadedModel.tiny("llama", .f32)
        var request = GenerationRequest([1, 2, 3], mix: model.mix(["a": 1]), maxTokens: 40)
        request.sampling.temperature = 2
        let whole = try model.reply(alone: request)
        #expect(whole.reason == .length && whole.tokens.count == 40)
        let (fifth, tenth) = (whole.tokens[5], whole.tokens[10])
        request.endOfTextIDs = [tenth]
        let first = try #require(whole.tokens.firstIndex(of: tenth))
        #expect(try model.reply(alone: request).tokens == Array(whole.tokens.prefix(first)))
        request.endOfTextIDs = [fifth, tenth]
        let ended = try model.reply(alone: request)
        let earlier = min(first, try #require(whole.tokens.firstIndex(of: fifth)))
        #expect(ended.tokens == Array(whole.tokens.prefix(earlier)) && ended.reason == .endOfText)
    }

    @Test func cancellingWorksInEveryState() throws {
        let model = try LoadedModel.tiny("llama", .q8_0)
        let prompts = try ModelGolden("llama").sequences
        let run = try EngineRun(model, settings: EngineRun.settings(rows: 20, slots: 2))
        let blocks = run.engine.availableBlockCount
        let request = GenerationRequest(prompts[6], mix: model.mix(["a": 1]), maxTokens: 8)
        let survivor = GenerationRequest(prompts[5], mix: model.mix(["b": 1]), maxTokens: 30)
        let other = try run.submit(survivor)

        let waiting = try run.submit(request)
        run.engine.cancel(waiting)
        let prefilling = try run.submit(request)
        run.step()
        run.step()
        #expect(try run.reply(prefilling).tokens.isEmpty)
        run.engine.cancel(prefilling)
        let decoding = try run.submit(request)
        try run.step(until: decoding, has: 3)
        run.engine.cancel(decoding)
        #expect(
            try run.reply(decoding).tokens == Array(model.reply(alone: request).tokens.prefix(3)))
        run.engine.cancel(decoding)
        run.engine.cancel(-1)
        #expect(run.engine.sequenceCount == 1)
        try run.finish()
        #expect(try run.reply(other) == model.reply(alone: survivor))
        run.engine.cancel(other)
        #expect(run.engine.availableBlockCount == blocks && !run.engine.hasWork)
        #expect(run.engine.cancel(other) == 0)
    }

    /// Many requests over few blocks, some cancelled, some re-routed: all end, whoever ends undisturbed is as alone.
    @Test(arguments: [1, 2] as [UInt64])
    func aHundredRandomRequestsEndAndGiveEverythingBack(seed: UInt64) throws {
        let golden = try ModelGolden("mistral")
        let model = try LoadedModel.tiny("mistral", .q8_0)
        var random = SeededGenerator(seed: seed)
        let blockCount = 24
        let settings = EngineRun.settings(
            rows: 24, slots: 6, cacheBytes: blockCount * model.transformer.blockBytes)
        let run = try EngineRun(model, threads: 2, poison: true, settings: settings)
        var undisturbed: [Int: GenerationRequest] = [:]
        var cancelled: Set<Int> = []
        var submitted: [Int] = []
        while submitted.count < 100 {
            let mix = golden.mix(.random(in: 0..<6, using: &random), on: model.shelf)
            let prompt = golden.sequences.randomElement(using: &random) ?? []
            var request = GenerationRequest(
                prompt, mix: mix, maxTokens: .random(in: 0...20, using: &random))
            request.kvRule = Bool.random(using: &random) ? .keep : .recompute
            request.sampling.temperature = Bool.random(using: &random) ? 0 : 1
            request.sampling.seed = UInt64.random(in: 0...3, using: &random)
            request.salt = UInt64.random(in: 0...1, using: &random)
            request.endOfTextIDs = [3, 5, 8]
            let id = try run.submit(request)
            submitted.append(id)
            undisturbed[id] = request
            for _ in 0..<Int.random(in: 0...4, using: &random) { run.step() }
            guard let victim = submitted.randomElement(using: &random) else { continue }
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                run.engine.cancel(victim)
                if try run.reply(victim).reason == nil { cancelled.insert(victim) }
                undisturbed[victim] = nil
            case 1:
                let mix = golden.mix(.random(in: 0..<6, using: &random), on: model.shelf)
                if try run.reply(victim).reason == nil { undisturbed[victim] = nil }
                try run.engine.route(victim, to: mix)
            default: break
            }
        }
        try run.finish()
        #expect(run.engine.availableBlockCount == blockCount)
        for id in submitted { #expect((try run.reply(id).reason == nil) == cancelled.contains(id)) }
        #expect(undisturbed.count > 40)
        for (id, request) in undisturbed {
            #expect(try run.reply(id) == model.reply(alone: request))
        }
    }

    @Test func cachesAreSharedOnlyUnderTheSameMixAndSalt() throws {
        let model = try LoadedModel.tiny("llama", .f32)
        let prompt = try ModelGolden("llama").sequences[6]
        func cached(_ run: EngineRun, _ request: GenerationRequest) throws -> Int {
            let id = try run.submit(request)
            try run.finish()
            #expect(try run.reply(id) == model.reply(alone: request))
            return try #require(run.cachedCounts[id])
        }
        var request = GenerationRequest(prompt, mix: model.mix(["a": 1]), maxTokens: 2)
        let run = try EngineRun(model)
        #expect(try cached(run, request) == 0)
        #expect(try cached(run, request) == 64)
        request.salt = 1
        #expect(try cached(run, request) == 0)
        for mix in [
            model.mix([:]), model.mix(["b": 1]), model.mix(["a": 1023.0 / 1024]),
            model.mix(["a": 1, "b": 1]),
        ] {
            request.segments = [MixSegment(fromToken: 0, mix: mix)]
            #expect(try cached(run, request) == 0)
        }
        #expect(try cached(run, request) == 64)
        request.prompt[40] += 1
        #expect(try cached(run, request) == 32)
        #expect(run.engine.promptTokenCount == 9 * prompt.count)
        #expect(run.engine.cachedTokenCount == 64 + 64 + 32)
        #expect(run.engine.evictedBlockCount == 0)
        #expect(
            try cached(
                EngineRun(model, settings: EngineRun.settings(keepsPrefixes: false)), request) == 0)
    }

    /// Two prompts of 70 tokens that share nothing, and five blocks: the second takes the first one's four full blocks.
    @Test func evictedBlocksAreCounted() throws {
        let model = try LoadedModel.tiny("llama", .f32)
        let settings = EngineRun.settings(cacheBytes: 5 * model.transformer.blockBytes)
        let run = try EngineRun(model, settings: settings)
        var request = GenerationRequest(
            [Int32](repeating: 5, count: 70), mix: .base, maxTokens: 2)
        for (salt, evicted) in [(0, 0), (0, 0), (1, 4), (0, 8)] {
            request.salt = UInt64(salt)
            _ = try run.submit(request)
            try run.finish()
            #expect(run.engine.evictedBlockCount == evicted)
        }
    }
}
