internal import Glibc
internal import Kernels

/// Draws tokens from logits; keeps its working memory from call to call.
///
/// Each filter leaves a beginning of the falling order, and the draw is the end of another: none of them sorts.
final class Sampler {
    /// The weight of the most likely token: what weighs less than half of 2^-40 of it weighs nothing.
    private static let unit = 0x1p40
    /// How far below the largest a logit may be for a weight of at least 1, at a temperature of 1: 41 ln 2, and a little.
    private static let depth: Float = 28.5

    private let kernels: KernelSet
    private var penalized: [Float] = []
    private var candidates = CandidateList()

    init(kernels: KernelSet) {
        self.kernels = kernels
    }

    /// The token for one row of logits.
    ///
    /// - Parameters:
    ///   - counts: how often each token was seen, the prompt included; read only where there are penalties.
    ///   - index: which token of the reply it is: the counter of the random numbers.
    func sample(
        _ logits: Span<Float>, parameters: SamplingParameters, counts: [Int32: Int], index: Int
    ) -> Int32 {
        guard parameters.hasPenalties else { return draw(logits, parameters, index: index) }
        penalize(logits, parameters, counts)
        let penalized = penalized
        return draw(penalized.span, parameters, index: index)
    }

    private func penalize(
        _ logits: Span<Float>, _ parameters: SamplingParameters, _ counts: [Int32: Int]
    ) {
        penalized.removeAll(keepingCapacity: true)
        penalized.append(addingCapacity: logits.count) { list in
            for id in logits.indices { list.append(logits[id]) }
        }
        for (id, count) in counts where penalized.indices.contains(Int(id)) {
            let logit = penalized[Int(id)]
            let repeated =
                logit > 0
                ? logit / parameters.repetitionPenalty : logit * parameters.repetitionPenalty
            penalized[Int(id)] =
                repeated - parameters.presencePenalty - Float(count) * parameters.frequencyPenalty
        }
    }

    private func draw(
        _ logits: Span<Float>, _ parameters: SamplingParameters, index: Int
    ) -> Int32 {
        let best = kernels.indexOfLargest(logits)
        guard parameters.temperature > 0, best < logits.count, logits[best].isFinite else {
            return Int32(best)
        }
        let top = logits[best]
        candidates.collect(logits, from: top - Self.depth * max(parameters.temperature, 1))
        keepLikely(parameters, top: top)
        let total = weigh(top: top, temperature: parameters.temperature)
        let number = CounterGenerator.number(
            below: total, seed: parameters.seed, counter: UInt64(truncatingIfNeeded: index))
        candidates.cut(at: number + 1)
        return candidates.last ?? Int32(best)
    }

    /// Top-k, top-p and min-p, in this order.
    private func keepLikely(_ parameters: SamplingParameters, top: Float) {
        if parameters.topK > 0, parameters.topK < candidates.count {
            candidates.cut(at: UInt64(parameters.topK))
        }
        if parameters.topP < 1 {
            let mass = Double(weigh(top: top, temperature: 1)) * Double(parameters.topP)
            candidates.cut(at: UInt64(max(mass.rounded(.up), 1)))
        }
        if parameters.minP > 0 {
            // The most likely token always stays.
            candidates.removeAll(below: top + min(log(parameters.minP), 0))
        }
    }

    /// Weighs each candidate by exp((logit - top) / temperature), in units of 2^-40.
    private func weigh(top: Float, temperature: Float) -> UInt64 {
        candidates.weigh { logit in
            UInt64(exp(Double(logit - top) / Double(temperature)) * Self.unit + 0.5)
        }
    }
}
