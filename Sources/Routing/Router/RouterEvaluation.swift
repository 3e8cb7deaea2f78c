/// How well a router does on labelled texts.
public struct RouterEvaluation: Sendable {
    /// The router's answer to one row.
    public struct Prediction: Sendable {
        /// The most probable class.
        public let predicted: String
        public let probability: Float
        /// Higher means more surely in scope.
        public let scope: Float
    }

    public let predictions: [Prediction]
    public let inScopeCount: Int
    public let outOfScopeCount: Int
    /// The share of rows in scope whose most probable class fits; the base counts as wrong.
    public let accuracy: Double
    /// The share of rows in scope with a fitting class among the three most probable.
    public let top3: Double
    /// Expected calibration error over the rows in scope, fifteen bins of equal width; where k adapters fit, the most probable
    /// one is right to 1/k.
    public let calibrationError: Double
    /// The same over all rows; the base is right for rows out of scope.
    public let overallCalibrationError: Double
    /// Brier score over the rows in scope, and over all rows; where k adapters fit, each should have 1/k.
    public let brierScore, overallBrierScore: Double
    /// The probability that a row in scope has a higher scope than one out of scope; nil without rows of both kinds.
    public let auroc: Double?
    /// The share of rows out of scope below the scope that 95 % of the rows in scope reach.
    public let rejection: Double?
    /// The share of rows in scope, and out of scope, that the router does not abstain from.
    public let passedInScope: Double
    public let passedOutOfScope: Double
    /// Time for one text, features included: the median, which other work on the machine disturbs least.
    public let duration: Duration

    /// Asks the router for each row, one after the other.
    ///
    /// - Throws: for rows that name an adapter without class in the router.
    public init(of router: AdapterRouter, on examples: [RouterExample]) throws(RoutingError) {
        let classes = Dictionary(uniqueKeysWithValues: router.labels.enumerated().map { ($1, $0) })
        var expected: [[Int]] = []
        for (index, example) in examples.enumerated() {
            let places = example.adapters.compactMap { classes[$0] }
            guard places.count == example.adapters.count else {
                throw RoutingError(
                    .data,
                    "row \(index + 1) names an adapter that the router has no class for: \(example.adapters.joined(separator: ", "))"
                )
            }
            expected.append(places.isEmpty ? [router.base] : places)
        }
        self.init(
            scores: examples.map { router.scores(of: $0.text) }, expected: expected,
            labels: router.labels, duration: Self.duration(of: router, texts: examples.map(\.text)))
    }

    /// The median time for a text.
    static func duration(of router: AdapterRouter, texts: [String]) -> Duration {
        let clock = ContinuousClock()
        let durations = texts.map { text in clock.measure { _ = router.scores(of: text) } }
        return durations.isEmpty ? .zero : durations.sorted()[durations.count / 2]
    }

    /// - Parameter expected: the classes that fit each row; only the last class, the base, for rows out of scope.
    init(scores: [RouterScores], expected: [[Int]], labels: [String], duration: Duration) {
        let base = labels.count - 1
        let isInScope = expected.map { $0 != [base] }
        let best = scores.map(\.best)
        let isRight = zip(best, expected).map { $1.contains($0) }
        // The trainer asks for 1/k of each of k adapters that fit.
        let rightness = zip(isRight, expected).map { $0 ? 1 / Double($1.count) : 0 }
        let confidences = zip(scores, best).map { Double($0.probabilities[$1]) }
        let rows = scores.indices
        let inScope = rows.filter { isInScope[$0] }
        let outOfScope = rows.filter { !isInScope[$0] }
        predictions = rows.map {
            Prediction(
                predicted: labels[best[$0]], probability: scores[$0].probabilities[best[$0]],
                scope: scores[$0].scope)
        }
        inScopeCount = inScope.count
        outOfScopeCount = outOfScope.count
        accuracy = Metrics.share(inScope.count { isRight[$0] }, of: inScope.count)
        top3 = Metrics.share(
            inScope.count { row in
                scores[row].ranking.prefix(3).contains { expected[row].contains($0) }
            },
            of: inScope.count)
        calibrationError = Metrics.calibrationError(
            inScope.map { (confidences[$0], rightness[$0]) })
        overallCalibrationError = Metrics.calibrationError(
            rows.map { (confidences[$0], rightness[$0]) })
        brierScore = Metrics.brierScore(
            inScope.map { (scores[$0].probabilities, expected[$0]) })
        overallBrierScore = Metrics.brierScore(
            rows.map { (scores[$0].probabilities, expected[$0]) })
        let scopes = (
            inside: inScope.map { scores[$0].scope }, outside: outOfScope.map { scores[$0].scope }
        )
        auroc = Metrics.auroc(higher: scopes.inside, lower: scopes.outside)
        let threshold = Metrics.threshold(passing: 0.95, of: scopes.inside)
        rejection =
            scopes.outside.isEmpty
            ? nil : Metrics.share(scopes.outside.count { $0 < threshold }, of: scopes.outside.count)
        passedInScope = Metrics.share(inScope.count { !scores[$0].abstains }, of: inScope.count)
        passedOutOfScope = Metrics.share(
            outOfScope.count { !scores[$0].abstains }, of: outOfScope.count)
        self.duration = duration
    }
}
