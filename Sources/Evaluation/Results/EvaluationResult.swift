public import Tensors

/// All figures of a suite, and what they say.
public struct EvaluationResult: Sendable {
    public let title: String
    public let about: String?
    public let configurations: [SuiteConfiguration]
    public let tasks: [TaskResult]
    /// The mean over the tasks whose first metric goes from 0 to 100; nil for fewer than two of them, and where fewer than two
    /// configurations were measured on all.
    public let mean: FigureRow?
    /// The place of the configuration that the others are compared with.
    public let reference: Int
    public let bootstrap: PairedBootstrap
    /// The engine's identity.
    public let engine: String
    public let suiteDigest: Digest
    public let findings: [Finding]

    init(_ suite: Suite, tasks: [TaskResult], engine: String) {
        title = suite.title
        about = suite.about
        configurations = suite.configurations
        self.tasks = tasks
        reference = suite.referencePlace
        bootstrap = suite.bootstrap
        self.engine = engine
        suiteDigest = suite.digest
        mean = Self.mean(of: tasks, suite: suite)
        findings = Findings(suite, tasks: tasks, mean: mean).all
    }

    /// A configuration has a mean if it was measured on all tasks.
    private static func mean(of tasks: [TaskResult], suite: Suite) -> FigureRow? {
        let rows = tasks.map(\.primary).filter(\.metric.isScore).map(\.row)
        guard rows.count > 1 else { return nil }
        var values: [Double] = []
        var resamples: [[Double]] = []
        for configuration in suite.configurations.indices {
            let figures = rows.compactMap { $0.figures[configuration]?.value }
            guard figures.count == rows.count else {
                values.append(.nan)
                resamples.append([])
                continue
            }
            values.append(figures.reduce(0, +) / Double(rows.count))
            resamples.append(
                (0..<suite.bootstrap.resampleCount).map { place in
                    rows.reduce(0) { $0 + $1.resamples[configuration][place] } / Double(rows.count)
                })
        }
        guard values.count(where: \.isFinite) > 1 else { return nil }
        return FigureRow(
            values: values, resamples: resamples, reference: suite.referencePlace,
            bootstrap: suite.bootstrap)
    }
}

extension Suite {
    /// The place of the reference among the configurations.
    var referencePlace: Int { configurations.firstIndex { $0.name == reference } ?? 0 }
}
