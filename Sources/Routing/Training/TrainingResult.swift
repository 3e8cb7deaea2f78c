/// A router fresh from training, and what can be said of it.
public struct TrainingResult: Sendable {
    public let router: AdapterRouter
    /// How it does on the held-out rows that it was calibrated with, which share no template with those it learned from.
    public let heldOut: RouterEvaluation
    /// Rows that it learned from, without generated ones.
    public let exampleCount: Int
    /// Rows of the data that are out of scope.
    public let outOfScopeCount: Int
    public let duration: Duration
    /// What is amiss with the data, and what to do about it.
    public let warnings: [String]

    /// The model card: Markdown with what a user has to know.
    public func card(title: String) -> String {
        let router = router
        let names = router.classes.map(\.name)
        return """
            # \(title)

            An adapter router of Fusebox: text in, calibrated distribution over \(names.count) adapters and the base out.

            ## What it is

            - Features: hashed runs of 1 to \(router.recipe.wordGramLength) words and of \(router.recipe.characterGramLengths.lowerBound) to \(router.recipe.characterGramLengths.upperBound) characters in \(router.recipe.bucketCount) buckets, of the first \(router.recipe.textByteLimit) bytes of a text
            \(meanings)
            - Network: a weighted embedding bag of \(router.network.width) hidden units with GELU, and a linear layer; \(router.parameterCount) parameters
            - Training: \(exampleCount) rows, \(outOfScopeCount) of them out of scope, seed \(router.seed), \(Self.seconds(duration)) s
            - Temperature \(Self.figure(router.calibration.temperature)); abstains below a largest logit of \(Self.figure(router.calibration.threshold)), which \(Self.percent(router.calibration.coverage)) of the held-out texts in scope reach

            ## Figures on the \(heldOut.inScopeCount + heldOut.outOfScopeCount) rows held out to calibrate it

            \(Self.table(heldOut))

            These rows also chose temperature and threshold; measure it on others with `fusebox router evaluate`.

            ## What it is for

            Choosing among the adapters it was trained for, one sentence at a time. \(limit)

            ## Adapters

            \(names.map { "- \($0)" }.joined(separator: "\n"))

            """
    }

    private var meanings: String {
        guard let table = router.network.meanings?.table else { return "- Meanings: none" }
        return
            "- Meanings: \(table.pieces.names.count) pieces of words with \(table.width) numbers each, learned from a sentence encoder and trained on with these rows"
    }

    private var limit: String {
        router.network.meanings == nil
            ? "It knows words, not meanings: a request in words that are far from the training texts is out of scope for it. It knows the languages of its data, and no others."
            : "It knows what English words mean by themselves, not what their order says: a request in words that are near those of the training texts is understood, others are out of scope for it. Of other languages it knows what its data show."
    }

    /// A Markdown table of an evaluation's figures.
    public static func table(_ evaluation: RouterEvaluation) -> String {
        var rows = [
            ("accuracy in scope", percent(evaluation.accuracy)),
            ("among the first three", percent(evaluation.top3)),
            ("expected calibration error, in scope", figure(evaluation.calibrationError)),
            ("expected calibration error, all rows", figure(evaluation.overallCalibrationError)),
            ("Brier score, in scope", figure(evaluation.brierScore)),
            ("Brier score, all rows", figure(evaluation.overallBrierScore)),
        ]
        if let auroc = evaluation.auroc { rows.append(("out-of-scope AUROC", figure(auroc))) }
        if let rejection = evaluation.rejection {
            rows.append(("out of scope rejected at 95 % coverage", percent(rejection)))
        }
        rows.append(("passed by the threshold, in scope", percent(evaluation.passedInScope)))
        if evaluation.outOfScopeCount > 0 {
            rows.append(
                ("passed by the threshold, out of scope", percent(evaluation.passedOutOfScope)))
        }
        return (["| | |", "|---|---|"] + rows.map { "| \($0.0) | \($0.1) |" }).joined(
            separator: "\n")
    }

    static func percent(_ value: Double) -> String { "\((1000 * value).rounded() / 10) %" }

    static func figure(_ value: some BinaryFloatingPoint) -> String {
        "\((Double(value) * 10000).rounded() / 10000)"
    }

    private static func seconds(_ duration: Duration) -> String {
        "\((duration / .milliseconds(100)).rounded() / 10)"
    }
}
