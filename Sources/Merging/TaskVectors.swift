internal import Optimization

/// The values of one matrix in each adapter, merged value by value.
struct TaskVectors {
    private(set) var vectors: [[Float]]

    init(_ vectors: [[Float]]) {
        self.vectors = vectors
    }

    /// Keeps the largest part of each vector by magnitude, sets the rest to zero; of equal values the first.
    ///
    /// Source: TIES, and PEFT's `magnitude_based_pruning`, which counts as here.
    mutating func keepLargest(_ density: Double) {
        for index in vectors.indices {
            let count = Int(density * Double(vectors[index].count))
            Self.keepLargest(count, of: &vectors[index])
        }
    }

    /// Keeps each value with a probability and divides it by that, sets the rest to zero (DARE).
    mutating func dropAtRandom(_ density: Double, seed: UInt64, name: String) {
        let kept = Float(density)
        let gain = 1 / kept
        for index in vectors.indices {
            var random = SeededRandom(seed: seed, name: "\(index) \(name)")
            for place in vectors[index].indices {
                vectors[index][place] =
                    random.unit() < kept ? vectors[index][place] * gain : 0
            }
        }
    }

    /// Σ w v.
    func sum(_ weights: [Float]) -> [Float] {
        var sum = [Float](repeating: 0, count: vectors.first?.count ?? 0)
        for (vector, weight) in zip(vectors, weights) {
            for place in sum.indices { sum[place] += weight * vector[place] }
        }
        return sum
    }

    /// The mean of w v over the vectors whose value has the elected sign; zero where none has.
    ///
    /// Vectors vote with the sign of their weight, so that one that is taken away does not vote for what it takes away; weights
    /// do not count otherwise. A tied vote is for plus. Source: TIES; PEFT's `calculate_majority_sign_mask` and `disjoint_merge`
    /// for weights above zero.
    func disjointMean(_ weights: [Float], election: MergeSettings.Election) -> [Float] {
        let signs: [Float] = weights.map { $0 < 0 ? -1 : 1 }
        var means = [Float](repeating: 0, count: vectors.first?.count ?? 0)
        for place in means.indices {
            var vote: Float = 0
            for (vector, sign) in zip(vectors, signs) {
                let value = sign * vector[place]
                vote += election == .total ? value : Self.sign(value)
            }
            let elected: Float = vote >= 0 ? 1 : -1
            var (sum, count): (Float, Float) = (0, 0)
            for (index, vector) in vectors.enumerated()
            where Self.sign(signs[index] * vector[place]) == elected {
                sum += weights[index] * vector[place]
                count += 1
            }
            means[place] = sum / max(1, count)
        }
        return means
    }

    private static func sign(_ value: Float) -> Float {
        value > 0 ? 1 : value < 0 ? -1 : 0
    }

    /// The bits of magnitudes are in the order of their values: two counts by 16 bits find the smallest that is kept.
    private static func keepLargest(_ count: Int, of vector: inout [Float]) {
        guard count < vector.count else { return }
        let (high, above) = place(
            of: count, in: vector.lazy.map { Int($0.magnitude.bitPattern >> 16) })
        let tail = vector.lazy.map(\.magnitude.bitPattern).filter { Int($0 >> 16) == high }
        let (low, more) = place(of: count - above, in: tail.map { Int($0 & 0xFFFF) })
        let threshold = UInt32(high << 16 | low)
        var left = count - above - more
        for index in vector.indices {
            let bits = vector[index].magnitude.bitPattern
            if bits == threshold, left > 0 {
                left -= 1
            } else if bits <= threshold {
                vector[index] = 0
            }
        }
    }

    /// The largest digit of which, with all larger ones, there are at least `count`, and how many larger ones there are.
    private static func place(
        of count: Int, in digits: some Sequence<Int>
    ) -> (digit: Int, above: Int) {
        var counts = [Int](repeating: 0, count: 1 << 16)
        for digit in digits { counts[digit] += 1 }
        var above = 0
        for digit in counts.indices.reversed() {
            if above + counts[digit] >= count { return (digit, above) }
            above += counts[digit]
        }
        return (0, above)
    }
}
