internal import Adapters
internal import Tensors

extension Metric {
    /// What is known of a row under a configuration, as far as its metrics need it.
    struct Evidence {
        var reply = ""
        var replyLikelihood = Likelihood.none
        var answerLikelihood = Likelihood.none
        /// One a choice.
        var choices: [Likelihood] = []
    }

    /// What a row gives to the figure, `aggregate.width` numbers.
    func numbers(of evidence: Evidence, row: EvaluationRow) -> [Double] {
        switch kind {
        case .bleu: BLEU.counts(of: evidence.reply, references: row.answers)
        case .rouge1: [ROUGE.one(evidence.reply, references: row.answers)]
        case .rougeL: [ROUGE.longest(evidence.reply, references: row.answers)]
        case .replyPerplexity: Self.numbers(of: evidence.replyLikelihood)
        case .answerPerplexity: Self.numbers(of: evidence.answerLikelihood)
        case .choice(let perByte):
            [
                Self.likeliest(of: evidence.choices, row: row, perByte: perByte)
                    == row.answers.first ? 1 : 0
            ]
        default: [isRight(evidence.reply, row: row) ? 1 : 0]
        }
    }

    private static func numbers(of likelihood: Likelihood) -> [Double] {
        [-likelihood.logProbability, Double(likelihood.tokenCount)]
    }

    /// The first of the likeliest choices.
    private static func likeliest(
        of likelihoods: [Likelihood], row: EvaluationRow, perByte: Bool
    ) -> String? {
        var best: (choice: String, score: Double)?
        for (choice, likelihood) in zip(row.choices, likelihoods) {
            let length = perByte ? Double(max(1, choice.utf8.count)) : 1
            let score = likelihood.logProbability / length
            if best.map({ score > $0.score }) ?? true { best = (choice, score) }
        }
        return best?.choice
    }

    private func isRight(_ reply: String, row: EvaluationRow) -> Bool {
        switch kind {
        case .exactMatch(let ignoresCase):
            let given = Self.trimmed(reply)
            return row.answers.contains { answer in
                let answer = Self.trimmed(answer)
                return ignoresCase
                    ? given.lowercased() == answer.lowercased()
                    : given.utf8.elementsEqual(answer.utf8)
            }
        case .contains:
            let given = reply.lowercased()
            return row.wanted.allSatisfy { texts in
                texts.contains { given.contains($0.lowercased()) }
            }
        case .pattern(let expression): return expression.isFound(in: reply)
        case .json(let keys): return JSONJudge.isValid(reply, keys: keys)
        case .jsonMatch:
            return row.answers.contains { JSONJudge.isEqual(reply, to: $0) }
        case .attribute(let lexicon, let name):
            return row.attributes.allSatisfy { attribute, value in
                (name != nil && name != attribute)
                    || lexicon.value(of: attribute, in: reply) == value
            }
        case .all(let metrics): return metrics.allSatisfy { $0.isRight(reply, row: row) }
        default: return false
        }
    }

    private static func trimmed(_ text: String) -> Substring {
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return text[first...last]
    }

    /// What a row lacks to be judged; nil: nothing.
    func lack(of row: EvaluationRow) -> String? {
        switch kind {
        case .exactMatch, .bleu, .rouge1, .rougeL, .jsonMatch, .answerPerplexity:
            return row.answers.isEmpty ? "has no \"answer\"" : nil
        case .contains: return row.wanted.isEmpty ? "has no \"contains\"" : nil
        case .choice:
            guard row.choices.count > 1 else { return "has no two \"choices\"" }
            guard let answer = row.answers.first, row.choices.contains(answer) else {
                return "has no \"answer\" that is one of its \"choices\""
            }
            return nil
        case .attribute(let lexicon, let name):
            let judged = row.attributes.filter { name == nil || name == $0.key }
            guard !judged.isEmpty else {
                return "has no \"attributes\"\(name.map { " with \($0.quoted)" } ?? "")"
            }
            for (attribute, value) in judged.sorted(by: { $0.key < $1.key }) {
                guard let values = lexicon.values(of: attribute) else {
                    return
                        "wants the attribute \(attribute.quoted), and the lexicon has \(lexicon.names.joined(separator: ", "))"
                }
                guard values.contains(value) else {
                    return
                        "wants \(value.quoted) of \(attribute.quoted), and the lexicon has \(values.joined(separator: ", "))"
                }
            }
            return nil
        case .all(let metrics): return metrics.lazy.compactMap { $0.lack(of: row) }.first
        case .pattern, .json, .replyPerplexity: return nil
        }
    }
}
