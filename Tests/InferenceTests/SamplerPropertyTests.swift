import Kernels
import TestSupport
import Testing

@testable import Inference

/// Token for token what sorting the whole vocabulary gives, on whatever logits, parameters and seeds.
@Suite struct SamplerPropertyTests {
    /// Shapes of a row of logits.
    enum Shape: CaseIterable {
        case spread, ties, equal, banned, huge, tiny

        func logit(_ random: inout SeededGenerator) -> Float {
            switch self {
            case .spread: Float.random(in: -20...20, using: &random)
            case .ties: Float(Int.random(in: -3...3, using: &random)) / 2
            case .equal: -7.25
            case .banned:
                Bool.random(using: &random) ? -.infinity : .random(in: 0...9, using: &random)
            case .huge: Float.random(in: -1...1, using: &random) * 3e38
            case .tiny:
                [0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1e-6]
                    .randomElement(using: &random) ?? 0
            }
        }
    }

    private func parameters(count: Int, _ random: inout SeededGenerator) -> SamplingParameters {
        func pick<T>(_ choices: [T]) -> T {
            choices[Int.random(in: 0..<choices.count, using: &random)]
        }
        var parameters = SamplingParameters()
        parameters.temperature = pick([
            0, .leastNonzeroMagnitude, 0.1, 0.7, 1, 1, 1.5, 4, 100, .greatestFiniteMagnitude,
        ])
        parameters.topK = pick([0, 0, 1, 2, 5, 40, count - 1, count, count + 1])
        parameters.topP = pick([1, 1, 0, 0.1, 0.5, 0.9, 0.99, Float(1).nextDown])
        parameters.minP = pick([0, 0, 1e-9, 0.01, 0.05, 0.5, 1, 2])
        if Bool.random(using: &random) {
            parameters.repetitionPenalty = pick([1, 1.1, 2])
            parameters.presencePenalty = pick([0, 0.5, -1])
            parameters.frequencyPenalty = pick([0, 0.1])
        }
        parameters.seed = random.next()
        return parameters
    }

    @Test(arguments: zip([5, 16, 100, 2049, 40_000, 151_936], [400, 400, 300, 60, 6, 3]))
    func nothingIsSortedAndAllIsAsIfItWere(count: Int, rounds: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        // One sampler for all: what an earlier row left behind must not matter.
        let sampler = Sampler(kernels: KernelSet.available[0])
        for _ in 0..<rounds {
            for shape in Shape.allCases {
                let logits = (0..<count).map { _ in shape.logit(&random) }
                let seen = (0..<8).map { _ in Int32.random(in: 0..<Int32(count), using: &random) }
                let counts = Dictionary(seen.map { ($0, 1) }, uniquingKeysWith: +)
                let parameters = parameters(count: count, &random)
                for index in 0..<4 {
                    let id = sampler.sample(
                        logits.span, parameters: parameters, counts: counts, index: index)
                    let expected = SortingSampler.sample(
                        logits, parameters: parameters, counts: counts, index: index)
                    #expect(id == expected, "\(shape), \(parameters), token \(index)")
                }
            }
        }
    }
}
