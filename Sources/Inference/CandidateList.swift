/// The tokens that may come next, in no order, each with a weight.
///
/// Where a rule speaks of the falling order, it means larger logits first and of equal ones the lowest id. Weights are
/// whole numbers: their sums are exact, so a cut does not depend on how the list happens to lie.
struct CandidateList {
    private struct Candidate {
        /// Grows with the logit, then with falling id: the falling order is by falling rank.
        let rank: UInt64
        var weight: UInt64 = 1

        init(id: Int32, logit: Float) {
            // Adding zero makes one of the two zeros; then the bits of larger numbers are made larger.
            let bits = (logit + 0).bitPattern
            let ordered = bits >> 31 == 0 ? bits | 1 << 31 : ~bits
            rank = UInt64(ordered) << 32 | UInt64(~UInt32(bitPattern: id))
        }

        var id: Int32 { Int32(bitPattern: ~UInt32(truncatingIfNeeded: rank)) }

        var logit: Float {
            let ordered = UInt32(truncatingIfNeeded: rank >> 32)
            return Float(bitPattern: ordered >> 31 == 1 ? ordered & ~(1 << 31) : ~ordered)
        }
    }

    /// Bits of a rank that one pass of `cut` tells apart; its sums stay in the first-level cache.
    private static let digitBits = 11

    private var candidates: [Candidate] = []
    private var sums = [UInt64](repeating: 0, count: 1 << digitBits)

    var count: Int { candidates.count }
    /// The token at the end of the falling order, once `cut` has found it.
    var last: Int32? { candidates.last?.id }

    /// Replaces the list by the tokens whose logits are `least` or more, each of weight 1.
    mutating func collect(_ logits: Span<Float>, from least: Float) {
        candidates.removeAll(keepingCapacity: true)
        candidates.append(addingCapacity: logits.count) { list in
            for id in logits.indices where logits[id] >= least {
                list.append(Candidate(id: Int32(id), logit: logits[id]))
            }
        }
    }

    /// Drops the tokens whose logits are less than `least`.
    mutating func removeAll(below least: Float) {
        candidates.removeAll { $0.logit < least }
    }

    /// Weighs each token by its logit and returns the sum.
    mutating func weigh(_ weight: (Float) -> UInt64) -> UInt64 {
        var total: UInt64 = 0
        var candidates = candidates.mutableSpan
        for index in candidates.indices {
            let weight = weight(candidates[index].logit)
            candidates[index].weight = weight
            total += weight
        }
        return total
    }

    /// Leaves the shortest beginning of the falling order whose weights add up to `target`, with its end as `last`.
    ///
    /// - Parameter target: from 1 to the sum of all weights.
    /// - Complexity: O(`count`): a radix selection, which goes on in the one bucket where the sum reaches the target.
    mutating func cut(at target: UInt64) {
        var rest = target
        /// Candidates at the list's beginning that are known to stay.
        var kept = 0
        var shift = UInt64.bitWidth
        while candidates.count - kept > 1, shift > 0 {
            shift = max(shift - Self.digitBits, 0)
            let digit = digit(reaching: &rest, from: kept, shift: shift)
            kept = keep(from: digit, after: kept, shift: shift)
        }
    }

    /// The bucket in which the weights, summed from the largest ranks on, reach `rest`, which loses those before it.
    private mutating func digit(reaching rest: inout UInt64, from first: Int, shift: Int) -> Int {
        let list = candidates
        let candidates = list.span
        var sums = sums.mutableSpan
        for index in sums.indices { sums[index] = 0 }
        for index in first..<candidates.count {
            sums[Self.digit(candidates[index].rank, shift)] += candidates[index].weight
        }
        var digit = sums.count - 1
        while digit > 0, sums[digit] < rest {
            rest -= sums[digit]
            digit -= 1
        }
        return digit
    }

    /// Moves larger digits behind the `kept` candidates and equal ones behind those; drops the others.
    ///
    /// Returns how many stay for certain.
    private mutating func keep(from digit: Int, after kept: Int, shift: Int) -> Int {
        var (kept, open) = (kept, kept)
        var candidates = candidates.mutableSpan
        for index in kept..<candidates.count {
            let candidate = candidates[index]
            let own = Self.digit(candidate.rank, shift)
            guard own >= digit else { continue }
            candidates[open] = candidate
            if own > digit {
                candidates.swapAt(kept, open)
                kept += 1
            }
            open += 1
        }
        self.candidates.removeLast(self.candidates.count - open)
        return kept
    }

    private static func digit(_ rank: UInt64, _ shift: Int) -> Int {
        Int(truncatingIfNeeded: rank >> UInt64(shift)) & (1 << digitBits - 1)
    }
}
