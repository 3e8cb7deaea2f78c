/// What networks say to rows that they have not learned from: the ground of all that a router claims of itself.
struct HeldOutScores {
    /// One text.
    struct Row {
        /// A logit a class, before the base is calibrated.
        let logits: [Float]
        let classes: [Int]
    }

    /// Rows of the data.
    private(set) var rows: [Row] = []
    /// Generated texts out of scope.
    private var standIns: [Row] = []
    let base: Int
    /// The threshold has to keep the stand-ins out.
    private let separatesStandIns: Bool

    init(base: Int, separatesStandIns: Bool) {
        self.base = base
        self.separatesStandIns = separatesStandIns
    }

    mutating func add(_ examples: [RouterExample], to network: RouterNetwork, of data: TrainingData)
    {
        rows += examples.map {
            Row(
                logits: network.logits(of: data.features(of: $0.text)),
                classes: data.classes.places(of: $0))
        }
        standIns += data.standIns.map { Row(logits: network.logits(of: $0), classes: [base]) }
    }

    /// The rows to calibrate with.
    ///
    /// Without rows of the data out of scope, generated ones stand in; either kind together counts as `share` of all.
    func samples(outOfScopeShare share: Double) -> [Calibration.Sample] {
        let given = rows.count { $0.classes == [base] }
        let all = given > 0 ? rows : rows + standIns
        let outside = Double(given > 0 ? given : standIns.count)
        let weight = (Double(all.count) - outside) * share / (1 - share) / max(1, outside)
        return all.map {
            Calibration.Sample(
                logits: $0.logits, classes: $0.classes, weight: $0.classes == [base] ? weight : 1)
        }
    }

    /// The largest logit of an adapter, of rows in scope and of rows out of scope.
    var scopes: (inside: [Float], outside: [Float]) {
        var scopes: (inside: [Float], outside: [Float]) = ([], [])
        for row in rows {
            let scope = row.logits[..<base].max() ?? -.infinity
            if row.classes == [base] {
                scopes.outside.append(scope)
            } else {
                scopes.inside.append(scope)
            }
        }
        return scopes
    }

    /// Where a router abstains: `share` of the rows in scope reach it.
    ///
    /// With stand-ins to separate it lies halfway to where they are told from the rows best: what people write is farther
    /// from any template than one template is from another.
    func threshold(passing share: Double) -> Float {
        let (inside, outside) = scopes
        let passing = Metrics.threshold(passing: share, of: inside)
        guard separatesStandIns else { return Metrics.lowered(passing, toward: outside) }
        let strangers = outside + standIns.map { $0.logits[..<base].max() ?? -.infinity }
        return (passing + max(passing, Metrics.separating(inside, from: strangers))) / 2
    }

    /// How large the logits of rows in scope are.
    var statistics: LogitStatistics {
        var targets: [Float] = []
        var others: [Float] = []
        for row in rows where row.classes != [base] {
            for (place, logit) in row.logits[..<base].enumerated() {
                if row.classes.contains(place) {
                    targets.append(logit)
                } else {
                    others.append(logit)
                }
            }
        }
        return LogitStatistics(targets: targets, others: others)
    }

    /// How a router does that is calibrated on the rows; of several trainings, each row is judged by the one that did not
    /// learn from it.
    ///
    /// - Parameter texts: the rows' texts, to take the time with.
    func evaluation(of router: AdapterRouter, fit: Calibration, texts: [String]) -> RouterEvaluation
    {
        let allowed = [Bool](repeating: true, count: base)
        let scores = rows.map { row in
            var logits = row.logits
            logits[base] = logits[base] * Float(fit.baseScale) + Float(fit.baseOffset)
            return RouterScores(logits: logits, allowed: allowed, calibration: router.calibration)
        }
        return RouterEvaluation(
            scores: scores, expected: rows.map(\.classes), labels: router.labels,
            duration: RouterEvaluation.duration(of: router, texts: texts))
    }
}
