/// Figures of merit of a classifier that may abstain.
enum Metrics {
    /// `part / whole`, zero without a whole.
    static func share(_ part: Int, of whole: Int) -> Double {
        whole > 0 ? Double(part) / Double(whole) : 0
    }

    /// sum_b |confidence_b - accuracy_b| n_b / n over bins of equal width, as in Guo et al., 2017.
    static func calibrationError(
        _ rows: [(confidence: Double, rightness: Double)], binCount: Int = 15
    ) -> Double {
        var excess = [Double](repeating: 0, count: binCount)
        for row in rows {
            let bin = min(binCount - 1, max(0, Int(row.confidence * Double(binCount))))
            excess[bin] += row.confidence - row.rightness
        }
        return excess.reduce(0) { $0 + abs($1) } / Double(max(1, rows.count))
    }

    /// The mean over the rows of sum_c (p_c - t_c)², where the fitting classes share the target t equally (Brier 1950): zero is
    /// best, two worst.
    static func brierScore(_ rows: [(probabilities: [Float], classes: [Int])]) -> Double {
        let sum = rows.reduce(0) { sum, row in
            var squares = row.probabilities.reduce(0) { $0 + Double($1) * Double($1) }
            let target = 1 / Double(max(1, row.classes.count))
            for place in row.classes {
                squares += target * target - 2 * target * Double(row.probabilities[place])
            }
            return sum + squares
        }
        return sum / Double(max(1, rows.count))
    }

    /// The probability that a random value of `higher` exceeds one of `lower`, ties half; nil when one is empty.
    static func auroc(higher: [Float], lower: [Float]) -> Double? {
        guard !higher.isEmpty, !lower.isEmpty else { return nil }
        let sorted = lower.sorted()
        var wins = 0.0
        for value in higher {
            let below = sorted.partitionPoint { $0 >= value }
            let notAbove = sorted.partitionPoint { $0 > value }
            wins += Double(below) + Double(notAbove - below) / 2
        }
        return wins / Double(higher.count) / Double(lower.count)
    }

    /// The largest threshold that at least the given share of the values reaches; minus infinity without values.
    static func threshold(passing share: Double, of values: [Float]) -> Float {
        guard !values.isEmpty else { return -.infinity }
        let dropped = Int((Double(values.count) * (1 - share)).rounded(.down))
        return values.sorted()[min(max(0, dropped), values.count - 1)]
    }
}

extension Metrics {
    /// The value of `higher` at which the share of `higher` that reaches it exceeds that of `lower` the most (Youden 1950),
    /// the lowest of several; minus infinity without values.
    static func separating(_ higher: [Float], from lower: [Float]) -> Float {
        let lower = lower.sorted()
        var best: (threshold: Float, margin: Double) = (-.infinity, -1)
        for (below, threshold) in higher.sorted().enumerated() {
            let lowerBelow = lower.partitionPoint { $0 >= threshold }
            let margin = share(lowerBelow, of: lower.count) - share(below, of: higher.count)
            if margin > best.margin { best = (threshold, margin) }
        }
        return best.threshold
    }

    /// The threshold halfway down to the next value that it keeps out: as many of `values` stay below it, none is near it.
    static func lowered(_ threshold: Float, toward values: [Float]) -> Float {
        guard let nearest = values.filter({ $0 < threshold }).max() else { return threshold }
        return (threshold + nearest) / 2
    }
}

extension [Float] {
    /// The number of leading elements of a sorted array for which the predicate does not hold.
    fileprivate func partitionPoint(_ predicate: (Float) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
