internal import Routing

/// Says in words what the figures of a suite show: what to use, where mixing helps and where it loses.
struct Findings {
    private let suite: Suite
    private let tasks: [TaskResult]
    private let mean: FigureRow?

    init(_ suite: Suite, tasks: [TaskResult], mean: FigureRow?) {
        self.suite = suite
        self.tasks = tasks
        self.mean = mean
    }

    var all: [Finding] {
        recommendations + exceptions + mixing + choosing + note
    }

    // MARK: What to use

    private static let points = "points"
    /// Of 100: what has less is no advice.
    private static let poor = 20.0

    private func name(_ place: Int) -> String { "“\(suite.configurations[place].name)”" }

    /// What findings are about as a whole: the mean, or the only task.
    private var overall: (row: FigureRow, isHigherBetter: Bool, unit: String, place: String)? {
        if let mean { return (mean, true, Self.points, "on average over \(tasks.count) tasks") }
        guard let task = tasks.first, tasks.count == 1 else { return nil }
        let metric = task.primary.metric
        return (
            task.primary.row, metric.isHigherBetter, unit(of: metric), "on \(task.name)"
        )
    }

    private func unit(of metric: Metric) -> String {
        metric.isScore ? Self.points : "of perplexity"
    }

    private func isOracle(_ place: Int) -> Bool {
        switch suite.configurations[place].choice {
        case .oracle, .oracleOnly: true
        case .mix, .router: false
        }
    }

    private var recommendations: [Finding] {
        guard let overall, suite.configurations.count > 1,
            let best = overall.row.best(
                of: Array(suite.configurations.indices), isHigherBetter: overall.isHigherBetter)
        else { return [] }
        let reference = suite.referencePlace
        if best != reference,
            let lead = lead(best, over: reference, in: overall.row, overall.isHigherBetter),
            !lead.interval.isAboveZero
        {
            return [
                Finding(
                    .recommendation,
                    "Stay with \(name(reference)): nothing is shown to be better \(overall.place). The best of the others, \(name(best)), is ahead by \(Number.plain(lead.points)) \(overall.unit) (\(Number.signed(lead.interval.low)) to \(Number.signed(lead.interval.high)))."
                )
            ]
        }
        var findings = [recommendation(best, overall: overall)]
        let free = suite.configurations.indices.filter { !isOracle($0) }
        if isOracle(best),
            let other = overall.row.best(of: free, isHigherBetter: overall.isHigherBetter),
            case .router = suite.configurations[other].choice
        {
            findings.append(
                recommendation(
                    other, overall: overall, among: "Where no request names its adapters, use"))
        }
        return findings
    }

    private func recommendation(
        _ best: Int, overall: (row: FigureRow, isHigherBetter: Bool, unit: String, place: String),
        among beginning: String = "Use"
    ) -> Finding {
        let row = overall.row
        let isPoor = overall.unit == Self.points && (row.figures[best]?.value ?? 0) < Self.poor
        var text = "\(isPoor ? "Nothing does well here; the best is" : beginning) \(name(best))"
        if let figure = row.figures[best] {
            text += ": \(Number.plain(figure.value)) \(overall.place)"
            if let interval = figure.interval {
                text += " (\(Number.plain(interval.low)) to \(Number.plain(interval.high)))"
            }
            if best != suite.referencePlace, let difference = figure.difference,
                let interval = figure.differenceInterval
            {
                text +=
                    ", \(Number.signed(difference)) against \(name(suite.referencePlace)) (\(Number.signed(interval.low)) to \(Number.signed(interval.high)))"
            }
        }
        text += "."
        let level = suite.configurations.indices.filter { other in
            other != best && isOracle(other) == isOracle(best)
                && lead(best, over: other, in: row, overall.isHigherBetter)
                    .map { !$0.interval.isAboveZero } ?? false
        }
        if !level.isEmpty {
            text += " These rows do not tell it from \(level.map(name).joined(separator: ", "))."
        }
        return Finding(.recommendation, text)
    }

    private func lead(
        _ left: Int, over right: Int, in row: FigureRow, _ isHigherBetter: Bool
    ) -> Lead? {
        row.lead(
            of: left, over: [right], isHigherBetter: isHigherBetter, bootstrap: suite.bootstrap)
    }

    /// Tasks on which something else is better than what is recommended for all.
    private var exceptions: [Finding] {
        guard let mean,
            let chosen = mean.best(
                of: Array(suite.configurations.indices), isHigherBetter: true)
        else { return [] }
        return tasks.compactMap { task in
            let (metric, row) = task.primary
            guard metric.isScore,
                let best = row.best(
                    of: Array(suite.configurations.indices), isHigherBetter: true),
                best != chosen, let lead = lead(best, over: chosen, in: row, true),
                lead.interval.isAboveZero
            else { return nil }
            return Finding(
                .loss,
                "\(task.name): here \(name(best)) is better than \(name(chosen)) by \(Number.plain(lead.points)) points (\(Number.signed(lead.interval.low)) to \(Number.signed(lead.interval.high)))."
            )
        }
    }

    // MARK: Mixing

    /// Each mix against the best of its adapters alone, task by task.
    private var mixing: [Finding] {
        tasks.flatMap { task in
            suite.configurations.indices.compactMap { place -> Finding? in
                let parts = parts(of: place)
                guard !parts.isEmpty,
                    let lead = task.primary.row.lead(
                        of: place, over: parts, isHigherBetter: task.primary.metric.isHigherBetter,
                        bootstrap: suite.bootstrap)
                else { return nil }
                let rival =
                    parts.count > 1
                    ? "the better of its adapters alone, \(name(lead.rival)),"
                    : "\(name(lead.rival)) alone"
                return Finding(
                    lead, of: "mixing as \(name(place))", over: rival,
                    unit: unit(of: task.primary.metric), on: task.name)
            }
        }
    }

    /// The configurations of single adapters that a mix is made of.
    private func parts(of place: Int) -> [Int] {
        switch suite.configurations[place].choice {
        case .mix(let weights):
            guard weights.count > 1 else { return [] }
            return suite.configurations.indices.filter { other in
                guard let alone = suite.configurations[other].fixedAdapters, alone.count == 1,
                    suite.configurations[other].table == nil
                else { return false }
                return weights[alone[0]] != nil
            }
        case .oracle(_, let places, _):
            return suite.configurations.indices.filter {
                guard case .oracleOnly(let place, _) = suite.configurations[$0].choice else {
                    return false
                }
                return places?.contains(place) ?? true
            }
        case .oracleOnly, .router: return []
        }
    }

    // MARK: Choosing

    /// Pairs of configurations that differ in one thing, on the whole: ways of weighing, learned coefficients, rules for keys and
    /// values, the router against the right adapters.
    private var choosing: [Finding] {
        guard let overall else { return [] }
        let place = tasks.count == 1 ? tasks[0].name : "On average"
        var findings: [Finding] = []
        for left in suite.configurations.indices {
            for right in suite.configurations.indices where isVariant(left, of: right) {
                guard let lead = lead(left, over: right, in: overall.row, overall.isHigherBetter)
                else { continue }
                findings.append(
                    Finding(
                        lead, of: name(left), over: name(right), unit: overall.unit, on: place))
            }
        }
        return findings
    }

    private func isVariant(_ left: Int, of right: Int) -> Bool {
        guard left != right else { return false }
        let (one, other) = (suite.configurations[left], suite.configurations[right])
        switch (one.choice, other.choice) {
        case (.mix(let weights), .mix(let others)):
            return weights == others && one.table != nil && other.table == nil
        case (
            .oracle(let weighting, let places, let gain),
            .oracle(let other, let others, let otherGain)
        ):
            guard places == others else { return false }
            if one.table != nil && suite.configurations[right].table == nil {
                return weighting == other && gain == otherGain
            }
            return weighting == .sum && other == .mean && gain == otherGain
                && one.table == suite.configurations[right].table
        case (.router(let policy, let rule), .router(let otherPolicy, let otherRule)):
            if policy == otherPolicy { return otherRule == .keep && rule != .keep }
            return rule == otherRule && otherPolicy.weighting == .top1 && policy.weighting != .top1
                && policy.gain == otherPolicy.gain
        case (.router, .oracle(.sum, nil, let gain)):
            return gain == 1 && other.table == nil
        default: return false
        }
    }

    private var note: [Finding] {
        let percent = Number.percent(suite.bootstrap.confidence)
        return [
            Finding(
                .note,
                "Intervals hold \(percent) of \(suite.bootstrap.resampleCount) paired resamples of the rows, each comparison by itself: of many, some are wide of the mark by chance, and a figure on which all rows agree has no width. They say nothing of rows of another kind."
            )
        ]
    }
}
