import Glibc

@testable import Inference

/// The sampler's rule taken literally: the whole vocabulary is sorted, and every filter removes the end of the list.
enum SortingSampler {
    static func sample(
        _ logits: [Float], parameters: SamplingParameters, counts: [Int32: Int], index: Int
    ) -> Int32 {
        var candidates = logits.indices.map { id in
            (id: Int32(id), logit: penalized(logits[id], counts[Int32(id)], parameters))
        }
        candidates.sort { ($1.logit, $0.id) < ($0.logit, $1.id) }
        let top = candidates[0]
        if parameters.temperature == 0 || !top.logit.isFinite { return top.id }

        if parameters.topK > 0 { candidates = Array(candidates.prefix(parameters.topK)) }
        if parameters.topP < 1 {
            let weights = candidates.map { weight($0.logit - top.logit, temperature: 1) }
            let mass = (Double(weights.reduce(0, +)) * Double(parameters.topP)).rounded(.up)
            candidates = Array(candidates.prefix(1 + length(of: weights, before: mass)))
        }
        if parameters.minP > 0 {
            let least = top.logit + min(log(parameters.minP), 0)
            candidates = candidates.filter { $0.logit >= least }
        }

        let weights = candidates.map {
            weight($0.logit - top.logit, temperature: parameters.temperature)
        }
        let number = CounterGenerator.number(
            below: weights.reduce(0, +), seed: parameters.seed, counter: UInt64(index))
        return candidates[length(of: weights, before: Double(number + 1))].id
    }

    private static func penalized(
        _ logit: Float, _ count: Int?, _ parameters: SamplingParameters
    ) -> Float {
        guard let count else { return logit }
        let repeated =
            logit > 0 ? logit / parameters.repetitionPenalty : logit * parameters.repetitionPenalty
        return repeated - parameters.presencePenalty - Float(count) * parameters.frequencyPenalty
    }

    /// exp(difference / temperature) in units of 2^-40.
    private static func weight(_ difference: Float, temperature: Float) -> UInt64 {
        UInt64(exp(Double(difference) / Double(temperature)) * 0x1p40 + 0.5)
    }

    /// How many of the first weights add up to less than a sum, which is at most 2^53.
    private static func length(of weights: [UInt64], before sum: Double) -> Int {
        var total: UInt64 = 0
        for (index, weight) in weights.enumerated() {
            total += weight
            if Double(total) >= sum { return index }
        }
        return weights.count - 1
    }
}
