/// Says in words what the figures of a suite show: what to use, where mixing helps and where it loses.
struct Findings {
    let suite: Suite
    let tasks: [TaskResult]
    let mean: FigureRow?

    init(_ suite: Suite, tasks: [TaskResult], mean: FigureRow?) {
        self.suite = suite
        self.tasks = tasks
        self.mean = mean
    }

    var all: [Finding] {
        recommendations + exceptions + mixing + rivalries + variants + note
    }

    // MARK: What findings stand on

    /// Figures that configurations are compared by.
    struct Ground {
        let row: FigureRow
        let isHigherBetter: Bool
        /// Of differences.
        let unit: String
        /// At the beginning of a sentence, and within one.
        let title, place: String

        /// Whether a figure is too low to be advice.
        func isPoor(_ value: Double) -> Bool { unit == Self.points && value < 20 }

        static let points = "points"
    }

    func ground(of task: TaskResult) -> Ground {
        let (metric, row) = task.primary
        return Ground(
            row: row, isHigherBetter: metric.isHigherBetter,
            unit: metric.isScore ? Ground.points : "of perplexity", title: task.name,
            place: "on \(task.name)")
    }

    /// The mean, if most configurations have one.
    private var overall: Ground? {
        guard let mean, 2 * mean.figures.count(where: { $0 != nil }) > mean.figures.count else {
            return nil
        }
        return Ground(
            row: mean, isHigherBetter: true, unit: Ground.points, title: "On average",
            place: "on average over \(tasks.count) tasks")
    }

    /// What to compare some configurations by: the mean where all have it, else each task where all were measured.
    func grounds(of places: [Int]) -> [Ground] {
        let grounds = overall.map { [$0] } ?? []
        let shared = grounds.filter { ground in places.allSatisfy { ground.row.figures[$0] != nil }
        }
        guard shared.isEmpty else { return shared }
        return tasks.map(ground).filter { ground in
            places.allSatisfy { ground.row.figures[$0] != nil }
        }
    }

    func name(_ place: Int) -> String { "“\(suite.configurations[place].name)”" }

    func lead(_ left: Int, over others: [Int], on ground: Ground) -> Lead? {
        ground.row.lead(
            of: left, over: others, isHigherBetter: ground.isHigherBetter,
            bootstrap: suite.bootstrap)
    }

    /// A lead's size and interval.
    private func text(_ lead: Lead, _ ground: Ground) -> String {
        "\(Number.plain(lead.points)) \(ground.unit) (\(Number.signed(lead.interval.low)) to \(Number.signed(lead.interval.high)))"
    }

    // MARK: What to use

    private var recommendations: [Finding] {
        guard suite.configurations.count > 1 else { return [] }
        let grounds = overall.map { [$0] } ?? tasks.map(ground)
        return grounds.flatMap(recommendations)
    }

    private func recommendations(on ground: Ground) -> [Finding] {
        let all = Array(suite.configurations.indices)
        guard let best = ground.row.best(of: all, isHigherBetter: ground.isHigherBetter) else {
            return []
        }
        let reference = suite.referencePlace
        var findings = [recommendation(best, on: ground, beginning: "Use")]
        if let lead = lead(best, over: [reference], on: ground), best != reference,
            !lead.interval.isAboveZero
        {
            findings = [
                Finding(
                    .recommendation,
                    "Stay with \(name(reference)): nothing is shown to be better \(ground.place). The best of the others, \(name(best)), is ahead by \(text(lead, ground))."
                )
            ]
        }
        let free = all.filter { !suite.configurations[$0].isOracle }
        if suite.configurations[best].isOracle,
            let other = ground.row.best(of: free, isHigherBetter: ground.isHigherBetter),
            case .router = suite.configurations[other].choice
        {
            findings.append(
                recommendation(
                    other, on: ground, beginning: "Where no request names its adapters, use"))
        }
        return findings
    }

    private func recommendation(
        _ best: Int, on ground: Ground, beginning: String
    ) -> Finding {
        guard let figure = ground.row.figures[best] else { return Finding(.recommendation, "") }
        let isPoor = ground.isPoor(figure.value)
        var text = "\(isPoor ? "Nothing does well here; the best is" : beginning) \(name(best))"
        text += ": \(Number.plain(figure.value)) \(ground.place)"
        if let interval = figure.interval {
            text += " (\(Number.plain(interval.low)) to \(Number.plain(interval.high)))"
        }
        if best != suite.referencePlace, let difference = figure.difference,
            let interval = figure.differenceInterval
        {
            text +=
                ", \(Number.signed(difference)) against \(name(suite.referencePlace)) (\(Number.signed(interval.low)) to \(Number.signed(interval.high)))"
        }
        text += "."
        let level = suite.configurations.indices.filter { other in
            other != best
                && suite.configurations[other].isOracle == suite.configurations[best].isOracle
                && lead(best, over: [other], on: ground).map { !$0.interval.isAboveZero } ?? false
        }
        if !level.isEmpty {
            text += " These rows do not tell it from \(level.map(name).joined(separator: ", "))."
        }
        return Finding(.recommendation, text)
    }

    /// Tasks on which something else is better than what is recommended for all.
    private var exceptions: [Finding] {
        let all = Array(suite.configurations.indices)
        guard let overall, let chosen = overall.row.best(of: all, isHigherBetter: true) else {
            return []
        }
        return tasks.map(ground).compactMap { ground in
            guard
                let best = ground.row.best(of: all, isHigherBetter: ground.isHigherBetter),
                best != chosen, let lead = lead(best, over: [chosen], on: ground),
                lead.interval.isAboveZero
            else { return nil }
            return Finding(
                .loss,
                "\(ground.title): here \(name(best)) is better than \(name(chosen)) by \(text(lead, ground))."
            )
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
