internal import FoundationEssentials
internal import Routing
internal import Tensors

/// What the router commands print and read.
enum RouterReport {
    // MARK: Evaluations

    static func text(_ evaluation: RouterEvaluation, of router: AdapterRouter) -> String {
        var lines = [
            ("rows in scope", "\(evaluation.inScopeCount)"),
            ("rows out of scope", "\(evaluation.outOfScopeCount)"),
            ("accuracy in scope", percent(evaluation.accuracy)),
            ("top-3 in scope", percent(evaluation.top3)),
            ("ECE in scope (15 bins)", figure(evaluation.calibrationError)),
            ("ECE of all rows", figure(evaluation.overallCalibrationError)),
            ("Brier score in scope", figure(evaluation.brierScore)),
            ("Brier score of all rows", figure(evaluation.overallBrierScore)),
        ]
        if let auroc = evaluation.auroc, let rejection = evaluation.rejection {
            lines.append(("out-of-scope AUROC", figure(auroc)))
            lines.append(("rejected at 95 % coverage", percent(rejection)))
        }
        lines.append(("not abstained, in scope", percent(evaluation.passedInScope)))
        if evaluation.outOfScopeCount > 0 {
            lines.append(("not abstained, out of scope", percent(evaluation.passedOutOfScope)))
        }
        lines.append(("parameters", "\(router.parameterCount)"))
        lines.append(("microseconds a text", figure(evaluation.duration / .microseconds(1))))
        return lines.map { "\($0.0.padding(to: 28))\($0.1)" }.joined(separator: "\n")
    }

    static func json(
        _ evaluation: RouterEvaluation, of router: AdapterRouter, predictions: String?
    ) -> JSONValue {
        .object([
            "router": .string(router.digest.description),
            "rows_in_scope": .integer(Int64(evaluation.inScopeCount)),
            "rows_out_of_scope": .integer(Int64(evaluation.outOfScopeCount)),
            "accuracy": .number(evaluation.accuracy), "top3": .number(evaluation.top3),
            "ece": .number(evaluation.calibrationError),
            "ece_all": .number(evaluation.overallCalibrationError),
            "brier": .number(evaluation.brierScore),
            "brier_all": .number(evaluation.overallBrierScore),
            "auroc": evaluation.auroc.map { .number($0) } ?? .null,
            "rejection_at_95": evaluation.rejection.map { .number($0) } ?? .null,
            "passed_in_scope": .number(evaluation.passedInScope),
            "passed_out_of_scope": .number(evaluation.passedOutOfScope),
            "parameters": .integer(Int64(router.parameterCount)),
            "microseconds": .number(evaluation.duration / .microseconds(1)),
            "predictions": predictions.map { .string($0) } ?? .null,
        ])
    }

    /// One JSON line a prediction.
    static func write(_ predictions: [RouterEvaluation.Prediction], to path: String) throws {
        let lines = predictions.map { prediction in
            JSONValue.object([
                "predicted": .string(prediction.predicted),
                "probability": .number(Double(prediction.probability)),
                "scope": .number(Double(prediction.scope)),
            ]).text + "\n"
        }
        let file = try AtomicFile(path: path)
        try file.write(Array(lines.joined().utf8))
        try file.commit()
    }

    // MARK: Decisions

    /// The router with every class bound, be it to a stand-in, so that all may be chosen.
    static func selfBound(_ router: AdapterRouter) throws -> AdapterRouter {
        let shelf = router.classes.map { ($0.name, $0.adapter ?? Digest(of: Array($0.name.utf8))) }
        return try router.bound(to: Dictionary(uniqueKeysWithValues: shelf)).router
    }

    static func text(_ decision: RouteDecision, of router: AdapterRouter) -> String {
        var lines: [String] = []
        for sentence in decision.sentences {
            let scores = sentence.scores
            let best = scores.ranking.prefix(4).map {
                "\(router.labels[$0]) \(figure(scores.probabilities[$0]))"
            }
            lines.append(sentence.text)
            lines.append("    \(best.joined(separator: ", "))")
            lines.append(
                "    scope \(figure(scores.scope)), \(scores.abstains ? "below" : "at or above") \(figure(router.calibration.threshold))\(scores.abstains ? ": out of scope" : "")"
            )
        }
        for choice in decision.choices where choice.place != router.base {
            lines.append(
                "\(router.labels[choice.place].padding(to: 24))probability \(figure(choice.probability)), weight \(choice.parts)/\(AdapterPolicy.parts)"
            )
        }
        if let base = decision.choices.first(where: { $0.place == router.base }) {
            lines.append(
                "\("base".padding(to: 24))probability \(figure(base.probability)), not spent")
        }
        lines.append(reason(decision))
        return lines.joined(separator: "\n")
    }

    private static func reason(_ decision: RouteDecision) -> String {
        switch decision.reason {
        case .routed:
            "routed: the smallest set of classes that reaches \(AdapterPolicy.standard.nucleus) of the probability"
        case .abstained: "abstained: no sentence is in scope, the base answers alone"
        case .base:
            "base: the base alone reaches \(AdapterPolicy.standard.nucleus) of the probability"
        }
    }

    static func json(_ decision: RouteDecision, of router: AdapterRouter) -> JSONValue {
        let sentences = decision.sentences.map { sentence in
            var probabilities = JSONObject()
            for place in sentence.scores.ranking {
                _ = probabilities.append(
                    router.labels[place], .number(Double(sentence.scores.probabilities[place])))
            }
            return JSONValue.object([
                "text": .string(sentence.text), "abstained": .bool(sentence.scores.abstains),
                "scope": .number(Double(sentence.scores.scope)),
                "probabilities": .object(probabilities),
            ])
        }
        let kept = decision.choices.map { choice in
            JSONValue.object([
                "name": .string(router.labels[choice.place]),
                "probability": .number(choice.probability),
                "weight": .number(Double(choice.parts) / Double(AdapterPolicy.parts)),
            ])
        }
        return .object([
            "router": .string(router.digest.description), "sentences": .array(sentences),
            "kept": .array(kept),
            "reason": .string(decision.reason.rawValue),
            "threshold": .number(Double(router.calibration.threshold)),
            "temperature": .number(Double(router.calibration.temperature)),
        ])
    }

    // MARK: Files

    /// The card in a router's folder with a note at its end.
    static func card(of directory: String, note: String) throws -> String {
        let path = "\(directory)/README.md"
        guard FileManager.default.fileExists(atPath: path) else {
            return "# Adapter router\n\n\(note)\n"
        }
        let card = try FileBytes.array(path: path, limit: 1 << 20)
        return String(decoding: card, as: UTF8.self) + "\n\(note)\n"
    }

    /// All of standard input, at most `limit` bytes of it.
    static func percent(_ value: Double) -> String { "\((1000 * value).rounded() / 10) %" }

    static func figure(_ value: some BinaryFloatingPoint) -> String {
        "\((Double(value) * 10000).rounded() / 10000)"
    }

    static func seconds(_ duration: Duration) -> String {
        "\((duration / .milliseconds(100)).rounded() / 10)"
    }
}

extension String {
    /// Filled up with spaces.
    func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
