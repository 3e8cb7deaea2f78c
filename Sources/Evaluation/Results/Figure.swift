/// A figure of one configuration, with its interval and what it is more than the reference's.
public struct Figure: Sendable, Equatable {
    public let value: Double
    public let interval: Interval?
    /// To the reference; zero for the reference itself.
    public let difference: Double?
    public let differenceInterval: Interval?
}

/// The figures of all configurations for one metric of one task, or for the mean of several.
public struct FigureRow: Sendable {
    /// By configuration; nil where it was not measured, or there is no such number.
    public let figures: [Figure?]
    /// The figure in each resample, by configuration; empty where it was not measured, or nothing is compared by it.
    let resamples: [[Double]]

    /// - Parameters:
    ///   - values: by configuration; not finite where there is none.
    ///   - reference: the place of the configuration to compare with.
    ///   - isCompared: whether anything is compared by it, for which the resamples are kept.
    init(
        values: [Double], resamples: [[Double]], reference: Int, bootstrap: PairedBootstrap,
        isCompared: Bool = true
    ) {
        self.resamples = isCompared ? resamples : []
        let base = values[reference]
        figures = values.indices.map { index in
            guard values[index].isFinite else { return nil }
            guard base.isFinite else {
                return Figure(
                    value: values[index], interval: bootstrap.interval(of: resamples[index]),
                    difference: nil, differenceInterval: nil)
            }
            return Figure(
                value: values[index], interval: bootstrap.interval(of: resamples[index]),
                difference: values[index] - base,
                differenceInterval: bootstrap.interval(
                    of: zip(resamples[index], resamples[reference]).map { $0 - $1 }))
        }
    }

    /// How much more one configuration has than the best of others, of which none is nil.
    ///
    /// The best is looked for in each resample anew, so that the interval knows that it was chosen by these rows.
    func lead(
        of configuration: Int, over others: [Int], isHigherBetter: Bool, bootstrap: PairedBootstrap
    ) -> Lead? {
        let known = others.filter { figures[$0] != nil }
        guard let own = figures[configuration]?.value,
            let best = known.max(by: { isBetter($1, than: $0, isHigherBetter) }),
            let rival = figures[best]?.value
        else { return nil }
        let sign = isHigherBetter ? 1.0 : -1
        let leads = resamples[configuration].indices.map { place in
            let rivals = known.map { sign * resamples[$0][place] }
            return sign * resamples[configuration][place] - (rivals.max() ?? 0)
        }
        guard let interval = bootstrap.interval(of: leads) else { return nil }
        return Lead(rival: best, points: sign * (own - rival), interval: interval)
    }

    /// The best of some configurations; the first of equals.
    func best(of configurations: [Int], isHigherBetter: Bool) -> Int? {
        configurations.filter { figures[$0] != nil }.reduce(nil as Int?) { best, next in
            guard let best else { return next }
            return isBetter(next, than: best, isHigherBetter) ? next : best
        }
    }

    private func isBetter(_ left: Int, than right: Int, _ isHigherBetter: Bool) -> Bool {
        guard let left = figures[left]?.value, let right = figures[right]?.value else {
            return false
        }
        return isHigherBetter ? left > right : left < right
    }
}

/// How much better a configuration is than another; below zero: how much worse.
public struct Lead: Sendable, Equatable {
    /// The place of the other configuration.
    public let rival: Int
    public let points: Double
    public let interval: Interval
}
