internal import Glibc
internal import Kernels

/// Draws tokens from logits; keeps its working memory from call to call.
struct Sampler {
    private let kernels: KernelSet
    private var candidates: [(id: Int32, logit: Float)] = []
    private var weights: [Double] = []

    init(kernels: KernelSet) {
        self.kernels = kernels
    }

    /// The token for one row of logits.
    ///
    /// - Parameters:
    ///   - counts: how often each token was seen, the prompt included; read only where there are penalties.
    ///   - index: which token of the reply it is: the counter of the random numbers.
    mutating func sample(
        _ logits: Span<Float>, parameters: SamplingParameters, counts: [Int32: Int], index: Int
    ) -> Int32 {
        if parameters.temperature == 0 {
            return greedy(logits, parameters: parameters, counts: counts)
        }
        collect(logits, parameters: parameters, counts: counts)
        keepLikely(parameters)
        weights.removeAll(keepingCapacity: true)
        let top = candidates.first?.logit ?? 0
        var total = 0.0
        for candidate in candidates {
            let weight = exp(Double(candidate.logit - top) / Double(parameters.temperature))
            weights.append(weight)
            total += weight
        }
        var rest =
            CounterGenerator.uniform(
                seed: parameters.seed, counter: UInt64(truncatingIfNeeded: index)) * total
        for (candidate, weight) in zip(candidates, weights) {
            rest -= weight
            if rest < 0 { return candidate.id }
        }
        return candidates.last?.id ?? 0
    }

    private func greedy(
        _ logits: Span<Float>, parameters: SamplingParameters, counts: [Int32: Int]
    ) -> Int32 {
        guard parameters.hasPenalties else { return Int32(kernels.indexOfLargest(logits)) }
        var best = 0
        var largest = -Float.infinity
        for id in 0..<logits.count {
            let logit = Self.penalized(logits[id], id: Int32(id), parameters, counts)
            if logit > largest { (best, largest) = (id, logit) }
        }
        return Int32(best)
    }

    private static func penalized(
        _ logit: Float, id: Int32, _ parameters: SamplingParameters, _ counts: [Int32: Int]
    ) -> Float {
        guard let count = counts[id] else { return logit }
        let repeated =
            logit > 0 ? logit / parameters.repetitionPenalty : logit * parameters.repetitionPenalty
        return repeated - parameters.presencePenalty - Float(count) * parameters.frequencyPenalty
    }

    /// Candidates by falling logit, ties by rising id.
    ///
    /// Tokens that even all together weigh less than the rounding of a
    /// double are left out, which spares sorting the vocabulary.
    private mutating func collect(
        _ logits: Span<Float>, parameters: SamplingParameters, counts: [Int32: Int]
    ) {
        candidates.removeAll(keepingCapacity: true)
        var largest = -Float.infinity
        let hasPenalties = parameters.hasPenalties
        for id in 0..<logits.count {
            let logit =
                hasPenalties
                ? Self.penalized(logits[id], id: Int32(id), parameters, counts) : logits[id]
            largest = max(largest, logit)
        }
        let least = largest - 50 * max(parameters.temperature, 1)
        for id in 0..<logits.count {
            let logit =
                hasPenalties
                ? Self.penalized(logits[id], id: Int32(id), parameters, counts) : logits[id]
            if logit >= least { candidates.append((Int32(id), logit)) }
        }
        candidates.sort { ($1.logit, $0.id) < ($0.logit, $1.id) }
    }

    private mutating func keepLikely(_ parameters: SamplingParameters) {
        if parameters.topK > 0, candidates.count > parameters.topK {
            candidates.removeLast(candidates.count - parameters.topK)
        }
        guard parameters.topP < 1 || parameters.minP > 0, let top = candidates.first?.logit else {
            return
        }
        let probabilities = candidates.map { exp(Double($0.logit - top)) }
        let total = probabilities.reduce(0, +)
        var kept = candidates.count
        if parameters.topP < 1 {
            var mass = 0.0
            for (index, probability) in probabilities.enumerated() {
                mass += probability / total
                if mass >= Double(parameters.topP) {
                    kept = index + 1
                    break
                }
            }
        }
        if parameters.minP > 0 {
            let least = Double(parameters.minP)
            kept = min(kept, probabilities.firstIndex { $0 < least } ?? kept)
        }
        candidates.removeLast(candidates.count - max(kept, 1))
    }
}
