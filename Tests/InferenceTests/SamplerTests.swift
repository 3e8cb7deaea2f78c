import Adapters
import Glibc
import Kernels
import TestSupport
import Testing

@testable import Inference

/// Filters on distributions that are worked out by hand.
@Suite struct SamplerTests {
    /// Probabilities 0.5, 0.25, 0.15, 0.1 of the ids 2, 0, 3, 1.
    static let logits: [Float] = [0.25, 0.1, 0.5, 0.15].map { Float(log($0)) }

    private func draw(
        _ logits: [Float], index: Int = 0, counts: [Int32: Int] = [:],
        _ change: (inout SamplingParameters) -> Void
    ) -> Int32 {
        var parameters = SamplingParameters()
        change(&parameters)
        let sampler = Sampler(kernels: KernelSet.available[0])
        return sampler.sample(logits.span, parameters: parameters, counts: counts, index: index)
    }

    /// How often each id is drawn in 4000 draws.
    private func frequencies(
        _ logits: [Float] = SamplerTests.logits, counts: [Int32: Int] = [:],
        _ change: (inout SamplingParameters) -> Void
    ) -> [Double] {
        var parameters = SamplingParameters()
        parameters.temperature = 1
        parameters.seed = 7
        change(&parameters)
        let sampler = Sampler(kernels: KernelSet.available[0])
        var found = [Double](repeating: 0, count: logits.count)
        for index in 0..<4000 {
            let id = sampler.sample(
                logits.span, parameters: parameters, counts: counts, index: index)
            found[Int(id)] += 1.0 / 4000
        }
        return found
    }

    /// Four standard deviations of a frequency among 4000 are at most 0.032; ids that were filtered out never appear.
    private func expect(
        _ found: [Double], _ expected: [Double], _ location: SourceLocation = #_sourceLocation
    ) {
        for (found, expected) in zip(found, expected) {
            #expect(abs(found - expected) < 0.032, "\(found)", sourceLocation: location)
            #expect((found == 0) == (expected == 0), sourceLocation: location)
        }
    }

    @Test func withoutFiltersTheDistributionIsTheSoftmax() {
        expect(frequencies { _ in }, [0.25, 0.1, 0.5, 0.15])
    }

    @Test func temperatureSharpensAndFlattens() {
        let squares = [0.0625, 0.01, 0.25, 0.0225].map { $0 / 0.345 }
        expect(frequencies { $0.temperature = 0.5 }, squares)
        expect(frequencies { $0.temperature = 1e6 }, [0.25, 0.25, 0.25, 0.25])
        expect(frequencies { $0.temperature = 1e-6 }, [0, 0, 1, 0])
    }

    @Test func topKKeepsTheMostLikely() {
        expect(frequencies { $0.topK = 2 }, [1.0 / 3, 0, 2.0 / 3, 0])
        expect(frequencies { $0.topK = 1 }, [0, 0, 1, 0])
        expect(frequencies { $0.topK = 9 }, [0.25, 0.1, 0.5, 0.15])
    }

    @Test func topPKeepsTheSmallestSetThatReachesTheMass() {
        expect(frequencies { $0.topP = 0.7 }, [1.0 / 3, 0, 2.0 / 3, 0])
        expect(frequencies { $0.topP = 0.76 }, [0.25 / 0.9, 0, 0.5 / 0.9, 0.15 / 0.9])
        expect(frequencies { $0.topP = 0 }, [0, 0, 1, 0])
        expect(frequencies { $0.topP = -1 }, [0, 0, 1, 0])
    }

    @Test func minPIsRelativeToTheMostLikely() {
        expect(frequencies { $0.minP = 0.4 }, [1.0 / 3, 0, 2.0 / 3, 0])
        expect(frequencies { $0.minP = 0.25 }, [0.25 / 0.9, 0, 0.5 / 0.9, 0.15 / 0.9])
        expect(frequencies { $0.minP = 2 }, [0, 0, 1, 0])
    }

    /// Among the two of top-k the first has 2/3, enough for a mass of 0.6; among all four it has 1/2, not enough.
    @Test func topKComesBeforeTopP() {
        expect(
            frequencies {
                $0.topK = 2
                $0.topP = 0.6
            }, [0, 0, 1, 0])
    }

    /// At a high temperature the first would have a quarter, so that three were needed for a mass of 0.6.
    @Test func temperatureComesAfterTopPAndMinP() {
        expect(
            frequencies {
                $0.topP = 0.6
                $0.temperature = 1e6
            }, [0.5, 0, 0.5, 0])
        expect(
            frequencies {
                $0.minP = 0.4
                $0.temperature = 1e6
            }, [0.5, 0, 0.5, 0])
    }

    /// Without its penalty id 2 would be the only one that top-k leaves.
    @Test func penaltiesComeBeforeTopK() {
        expect(
            frequencies(counts: [2: 1]) {
                $0.presencePenalty = 1
                $0.topK = 1
            }, [1, 0, 0, 0])
    }

    @Test func penaltiesChangeLogitsAsStated() {
        let logits: [Float] = [2, 1.5, -1, -1.5]
        #expect(draw(logits) { _ in } == 0)
        // 2 / 1.4 < 1.5 < 2 / 1.3
        #expect(draw(logits, counts: [0: 1]) { $0.repetitionPenalty = 1.4 } == 1)
        #expect(draw(logits, counts: [0: 5]) { $0.repetitionPenalty = 1.3 } == 0)
        // -1 times 1.6 < -1.5 < -1 times 1.4
        let negative: [Float] = [-9, -9, -1, -1.5]
        #expect(draw(negative, counts: [2: 1]) { $0.repetitionPenalty = 1.6 } == 3)
        #expect(draw(negative, counts: [2: 1]) { $0.repetitionPenalty = 1.4 } == 2)
        #expect(draw(logits, counts: [0: 9]) { $0.presencePenalty = 0.4 } == 0)
        #expect(draw(logits, counts: [0: 1]) { $0.presencePenalty = 0.6 } == 1)
        #expect(draw(logits, counts: [0: 2]) { $0.frequencyPenalty = 0.2 } == 0)
        #expect(draw(logits, counts: [0: 3]) { $0.frequencyPenalty = 0.2 } == 1)
        #expect(draw(logits, counts: [0: 1, 1: 1]) { $0.presencePenalty = 5 } == 2)
    }

    @Test func penaltiesCountThePromptAndWhatWasEmitted() {
        var request = GenerationRequest([5, 6, 5], mix: .base, maxTokens: 4)
        request.emitted = [6, 7]
        #expect(TokenSequence(id: 1, request: request).counts.isEmpty)
        request.sampling.frequencyPenalty = 0.1
        let sequence = TokenSequence(id: 1, request: request)
        #expect(sequence.counts == [5: 2, 6: 2, 7: 1])
        sequence.append(5)
        #expect(sequence.counts == [5: 3, 6: 2, 7: 1])
    }

    @Test func tiesGoToTheLowestID() {
        #expect(draw([1, 3, 2, 3, 3]) { _ in } == 1)
        #expect(draw([1, 3, 2, 3, 3], counts: [9: 1]) { $0.presencePenalty = 1 } == 1)
        for index in 0..<20 {
            let id = draw([1, 3, 2, 3, 3], index: index) {
                $0.temperature = 1
                $0.topK = 1
            }
            #expect(id == 1)
        }
    }

    /// A draw is the inverse of the distribution, ordered by falling probability, at the counter's number.
    @Test func drawsInvertTheDistribution() {
        for index in 0..<200 {
            let number = CounterGenerator.number(below: 100, seed: 3, counter: UInt64(index))
            let expected: Int32 = number < 50 ? 2 : number < 75 ? 0 : number < 90 ? 3 : 1
            let id = draw(Self.logits, index: index) {
                $0.temperature = 1
                $0.seed = 3
            }
            #expect(id == expected)
        }
    }

    @Test func drawsDependOnlyOnSeedAndIndex() {
        func draws(seed: UInt64) -> [Int32] {
            (0..<64).map { index in
                draw(Self.logits, index: index) {
                    $0.temperature = 1
                    $0.seed = seed
                }
            }
        }
        #expect(draws(seed: 1) == draws(seed: 1))
        #expect(draws(seed: 1) != draws(seed: 2))
        #expect(draws(seed: 0) != draws(seed: .max))
    }

    /// Broken logits give some id, never a trap, and never one whose logit is minus infinity while others are finite.
    @Test func hostileLogitsDoNotTrap() {
        for temperature in [Float(0), 1, .leastNonzeroMagnitude, .greatestFiniteMagnitude] {
            for logits: [Float] in [
                [.nan, .nan], [.infinity, 1], [-.infinity, -.infinity],
                [.infinity, -.infinity, .nan],
            ] {
                let id = draw(logits) {
                    $0.temperature = temperature
                    $0.topP = 0.5
                    $0.minP = 0.1
                }
                #expect(logits.indices.contains(Int(id)))
            }
            for index in 0..<50 {
                #expect(
                    draw([-.infinity, 0, -.infinity], index: index) { $0.temperature = temperature }
                        == 1)
            }
        }
    }

    /// Published first outputs of SplitMix64 with the seed 0.
    @Test func theCounterGeneratorIsSplitMix() {
        var reference = SeededGenerator(seed: 0)
        let first = reference.next()
        #expect(first == 0xE220_A839_7B1D_CDAF)
        #expect(reference.next() == 0x6E78_9E6A_A1B9_65F4)
        for seed: UInt64 in [0, 1, 99, .max] {
            var seeded = SeededGenerator(seed: seed)
            var outputs = SeededGenerator(seed: seeded.next())
            for counter: UInt64 in 0..<50 {
                let bits = outputs.next()
                #expect(CounterGenerator.bits(seed: seed, counter: counter) == bits)
                func number(below bound: UInt64) -> UInt64 {
                    CounterGenerator.number(below: bound, seed: seed, counter: counter)
                }
                #expect(number(below: 1 << 20) == bits >> 44)
                #expect(number(below: 3) == UInt64(Double(bits) * 0x1p-64 * 3))
                #expect(number(below: .max) < .max && number(below: 1) == 0)
            }
        }
    }
}
