/// The figures of a task.
public struct TaskResult: Sendable {
    /// A row's replies under every configuration.
    public struct Sample: Sendable {
        public let prompt: String
        public let answers: [String]
        /// By configuration; nil where it was not measured, or made none.
        public let replies: [String?]
    }

    public let name: String
    public let rowCount: Int
    public let metrics: [(metric: Metric, row: FigureRow)]
    /// The part of the rows with `adapters` for which a configuration chose just these; nil where nothing was chosen, or no row
    /// names any.
    public let rightChoices: [Double?]
    public let samples: [Sample]

    /// What findings are about.
    public var primary: (metric: Metric, row: FigureRow) { metrics[0] }

    /// - Parameters:
    ///   - number: tells the tasks' resamples apart.
    ///   - evidence: (configuration, row), without rows where a configuration was not measured.
    ///   - adapters: what was chosen, likewise.
    init(
        _ task: SuiteTask, number: Int, suite: Suite, evidence: [[Metric.Evidence]],
        adapters: [[Set<String>]]
    ) {
        name = task.name
        rowCount = task.rows.count
        let measured = evidence.indices.filter { !evidence[$0].isEmpty }
        metrics = task.metrics.enumerated().map { place, metric in
            let numbers = measured.map { configuration in
                zip(evidence[configuration], task.rows).map { metric.numbers(of: $0, row: $1) }
            }
            // The same rows are drawn for all metrics of a task.
            let drawn = suite.bootstrap.values(of: numbers, by: metric.aggregate, stream: number)
            var values = evidence.map { _ in Double.nan }
            var resamples = evidence.map { _ in [Double]() }
            for (order, configuration) in measured.enumerated() {
                var sums = [Double](repeating: 0, count: metric.aggregate.width)
                for row in numbers[order] {
                    for (place, number) in row.enumerated() { sums[place] += number }
                }
                values[configuration] = metric.aggregate.value(
                    of: sums, rowCount: task.rows.count)
                resamples[configuration] = drawn[order]
            }
            return (
                metric,
                FigureRow(
                    values: values, resamples: resamples, reference: suite.referencePlace,
                    bootstrap: suite.bootstrap, isCompared: place == 0)
            )
        }
        rightChoices = suite.configurations.indices.map { place in
            guard case .router = suite.configurations[place].choice, !adapters[place].isEmpty else {
                return nil
            }
            let labelled = task.rows.indices.filter { !task.rows[$0].adapters.isEmpty }
            guard !labelled.isEmpty else { return nil }
            let right = labelled.count { adapters[place][$0] == Set(task.rows[$0].adapters) }
            return Double(right) / Double(labelled.count)
        }
        let needsReply = task.metrics.contains {
            $0.need == .reply || $0.need == .likelihoodOfReply
        }
        samples = task.rows.indices.prefix(needsReply ? suite.sampleCount : 0).map { row in
            Sample(
                prompt: task.rows[row].prompt, answers: task.rows[row].answers,
                replies: evidence.map { $0.isEmpty ? nil : $0[row].reply })
        }
    }
}
