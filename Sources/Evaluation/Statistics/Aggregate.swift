internal import Glibc

/// How a figure comes of what its rows give.
enum Aggregate: Sendable, Hashable {
    /// The mean of one number a row, times 100.
    case percent
    /// Corpus BLEU of `BLEU.counts`.
    case bleu
    /// exp(sum / count) of a negated log-probability and the tokens that it is of.
    case perplexity

    /// Numbers that a row gives.
    var width: Int {
        switch self {
        case .percent: 1
        case .bleu: BLEU.countOfSums
        case .perplexity: 2
        }
    }

    /// The figure of summed numbers; not finite where there is none.
    func value(of sums: [Double], rowCount: Int) -> Double {
        switch self {
        case .percent: 100 * sums[0] / Double(rowCount)
        case .bleu: BLEU.score(of: sums)
        case .perplexity: exp(sums[0] / sums[1])
        }
    }
}
