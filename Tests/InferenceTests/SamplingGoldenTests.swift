import Kernels
import Tensors
import TestSupport
import Testing

@testable import Inference

/// Draws against the distributions that transformers' logits processors leave (Tests/Goldens/sampling).
@Suite struct SamplingGoldenTests {
    private struct Case {
        let logits: [Float]
        let counts: [Int32: Int]
        let parameters: SamplingParameters
        let probabilities: [Double]

        init(_ json: JSONValue) throws {
            func numbers(_ key: String) throws -> [Double] {
                try #require(json[key]?.array).map { try #require($0.double) }
            }
            func number(_ key: String, else value: Float) -> Float {
                json[key]?.double.map { Float($0) } ?? value
            }
            logits = try numbers("logits").map { Float($0) }
            counts = Dictionary(try numbers("seen").map { (Int32($0), 1) }, uniquingKeysWith: +)
            probabilities = try numbers("probabilities")
            var parameters = SamplingParameters()
            parameters.seed = 11
            parameters.topK = try #require(json["top_k"]?.int)
            parameters.temperature = number("temperature", else: 1)
            parameters.topP = number("top_p", else: 1)
            parameters.minP = number("min_p", else: 0)
            parameters.repetitionPenalty = number("repetition_penalty", else: 1)
            self.parameters = parameters
        }
    }

    /// Four standard deviations of a frequency among 4000 are at most 0.032; what is left out is never drawn.
    @Test func drawsFollowTheReference() throws {
        let bytes = try FileBytes(
            path: GoldenFolder.path("sampling/expected.json"), loading: .copied)
        let cases = try #require(try bytes.json().array).map(Case.init)
        #expect(cases.count == 48)
        let sampler = Sampler(kernels: KernelSet.available[0])
        for item in cases {
            var found = [Double](repeating: 0, count: item.logits.count)
            for index in 0..<4000 {
                let id = sampler.sample(
                    item.logits.span, parameters: item.parameters, counts: item.counts,
                    index: index)
                found[Int(id)] += 1.0 / 4000
            }
            for (found, expected) in zip(found, item.probabilities) {
                #expect(abs(found - expected) < 0.032, "\(item)")
                #expect(found == 0 || expected > 0, "\(item)")
            }
        }
    }
}
