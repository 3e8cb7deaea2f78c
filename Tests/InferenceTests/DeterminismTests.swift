import Adapters
import Foundation
import Kernels
import Models
import TestSupport
import Testing

@testable import Inference

/// At a fixed kernel set a row's logits are bit-identical whatever goes on around it.
@Suite struct DeterminismTests {
    /// One request for each length of prompt and each mix, greedy and drawn, with and without a switch of mixes.
    private func requests(_ model: LoadedModel, _ golden: ModelGolden) -> [GenerationRequest] {
        golden.sequences.enumerated().map { index, prompt in
            let mix = golden.mix(index % golden.mixes.count, on: model.shelf)
            var request = GenerationRequest(prompt, mix: mix, maxTokens: 20)
            if !index.isMultiple(of: 2) {
                request.sampling.temperature = 1.5
                request.sampling.seed = UInt64(index)
                request.sampling.repetitionPenalty = 1.2
            }
            if index.isMultiple(of: 3) {
                let other = golden.mix((index + 4) % golden.mixes.count, on: model.shelf)
                request.segments.append(MixSegment(fromToken: 9, mix: other))
            }
            return request
        }
    }

    private func expected(_ model: LoadedModel, _ requests: [GenerationRequest]) throws -> [Reply] {
        let replies = try requests.map { try model.reply(alone: $0) }
        #expect(replies.allSatisfy { $0.tokens.count == 20 && $0.logits.count == 20 })
        #expect(Set(replies.map(\.tokens)).count == replies.count)
        return replies
    }

    @Test(arguments: TinyCase.all)
    func threadsDoNotMatter(_ tiny: TinyCase) throws {
        let model = try tiny.model()
        let requests = requests(model, try ModelGolden(tiny.family))
        let expected = try expected(model, requests)
        for threads in [1, 2, 3] {
            #expect(try EngineRun(model, threads: threads).replies(to: requests) == expected)
        }
    }

    @Test(arguments: TinyCase.all)
    func batchMatesDoNotMatter(_ tiny: TinyCase) throws {
        let model = try tiny.model()
        let requests = requests(model, try ModelGolden(tiny.family))
        let expected = try expected(model, requests)
        var random = SeededGenerator(seed: 1)
        for _ in 0..<3 {
            let order = requests.indices.shuffled(using: &random)
            let run = try EngineRun(model, poison: true)
            var ids: [Int] = []
            for index in order {
                ids.append(try run.submit(requests[index]))
                for _ in 0..<Int.random(in: 0...7, using: &random) { run.step() }
            }
            try run.finish()
            for (index, id) in zip(order, ids) { #expect(try run.reply(id) == expected[index]) }
        }
    }

    @Test(arguments: TinyCase.all)
    func chunksDoNotMatter(_ tiny: TinyCase) throws {
        let model = try tiny.model()
        let requests = requests(model, try ModelGolden(tiny.family))
        let expected = try expected(model, requests)
        for rows in [1, 2, 3, 5, 16, 31] {
            let settings = EngineRun.settings(rows: rows, slots: min(rows, 4))
            let run = try EngineRun(model, poison: true, settings: settings)
            #expect(try run.replies(to: requests) == expected, "\(rows) rows a step")
        }
    }

    @Test(arguments: TinyCase.all)
    func prefixHitsDoNotMatter(_ tiny: TinyCase) throws {
        let model = try tiny.model()
        let requests = requests(model, try ModelGolden(tiny.family))
        let expected = try expected(model, requests)
        let run = try EngineRun(model, poison: true)
        #expect(try run.replies(to: requests) == expected)
        for (request, expected) in zip(requests, expected) {
            let id = try run.submit(request)
            try run.finish()
            // A reply that outgrows what its keys were rotated for begins anew, and finds other blocks.
            let count = request.prompt.count
            let configuration = model.transformer.configuration
            let isOutgrown =
                configuration.rotaryLength(prompt: count, total: count)
                != configuration.rotaryLength(prompt: count, total: count + 19)
            #expect(isOutgrown || run.cachedCounts[id] == (count - 1) / 16 * 16)
            #expect(try run.reply(id) == expected)
        }
    }

    @Test(arguments: TinyCase.all)
    func resumedRepliesGoOnAlike(_ tiny: TinyCase) throws {
        let model = try tiny.model()
        let requests = requests(model, try ModelGolden(tiny.family))
        let expected = try expected(model, requests)
        for count in [1, 8, 9, 10, 19] {
            let resumed = zip(requests, expected).map { request, reply in
                var request = request
                request.emitted = Array(reply.tokens.prefix(count))
                return request
            }
            let settings = EngineRun.settings(rows: 24, slots: 3)
            let run = try EngineRun(model, threads: 2, poison: true, settings: settings)
            #expect(
                try run.replies(to: resumed) == expected.map { $0.dropping(count) },
                "after \(count)")
        }
    }

    /// The set that `make test-kernel-sets` asks for.
    private static let chosen = ProcessInfo.processInfo.environment["FUSEBOX_KERNELS"]

    @Test(.enabled(if: chosen != nil, "no kernel set was chosen"))
    func theChosenSetRuns() throws {
        let model = try LoadedModel.tiny("llama", .q8_0)
        #expect(model.kernels.name == Self.chosen)
    }

    @Test(arguments: TinyCase.all)
    func kernelSetsAgree(_ tiny: TinyCase) throws {
        let model = try tiny.model()
        let requests = requests(model, try ModelGolden(tiny.family))
        let expected = try expected(model, requests)
        for set in KernelSet.available {
            let run = try EngineRun(model, threads: 2, kernels: set)
            #expect(try run.replies(to: requests) == expected, "\(set.name)")
        }
    }
}
