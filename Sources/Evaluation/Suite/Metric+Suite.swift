internal import Adapters
internal import Tensors

extension Metric {
    /// The words that a metric may be given by, and the members that an object of it may have besides `kind` and `name`.
    private static let words: [(word: String, members: [String])] = [
        ("exact_match", ["ignore_case"]), ("contains", []), ("pattern", ["pattern"]),
        ("json", ["keys"]), ("json_match", []), ("attribute", ["lexicon", "of"]), ("all", ["of"]),
        ("bleu", []),
        ("rouge_1", []), ("rouge_l", []), ("choice", ["per_byte"]), ("reply_perplexity", []),
        ("answer_perplexity", []),
    ]

    /// Reads a metric's word or an object `{"kind": word, "name": string, …}`.
    ///
    /// - Parameter folder: what the paths of lexicons start from.
    init(_ json: JSONValue, place: String, folder: String) throws(EvaluationError) {
        let word = json.string ?? json["kind"]?.string
        guard let word, let known = Self.words.first(where: { $0.word == word }) else {
            let words = Self.words.map(\.word)
            let guess = word?.nearest(in: words).map { "did you mean \($0)? " } ?? ""
            throw EvaluationError(
                .suite,
                "\(place) has a metric \(word?.quoted ?? "without \"kind\""), which is not known; \(guess)known are \(words.joined(separator: ", "))"
            )
        }
        let object = json.string.map { JSONValue.object(["kind": .string($0)]) } ?? json
        let fields = try SuiteFields(
            object, place: "\(place), metric \(word)", keys: ["kind", "name"] + known.members)
        let name = try fields.string("name")
        switch word {
        case "exact_match":
            self.init(
                kind: .exactMatch(ignoresCase: try fields.flag("ignore_case")),
                name: name ?? "exact match")
        case "contains": self.init(kind: .contains, name: name ?? "contains")
        case "pattern":
            let pattern = try fields.required("pattern")
            do {
                self.init(
                    kind: .pattern(try RegularExpression(searching: pattern)),
                    name: name ?? "pattern")
            } catch {
                throw fields.refusal("pattern", "cannot be used: \(error)")
            }
        case "json":
            self.init(kind: .json(keys: try fields.strings("keys") ?? []), name: name ?? "JSON")
        case "json_match": self.init(kind: .jsonMatch, name: name ?? "same JSON")
        case "attribute":
            let lexicon = try Lexicon(
                path: SuitePath.resolve(fields.required("lexicon"), in: folder))
            let attribute = try fields.string("of")
            if let attribute, !lexicon.names.contains(attribute) {
                throw fields.refusal(
                    "of",
                    "is \(attribute.quoted); the lexicon has \(lexicon.names.joined(separator: ", "))"
                )
            }
            self.init(
                kind: .attribute(lexicon, of: attribute),
                name: name ?? attribute ?? lexicon.names.joined(separator: " and "))
        case "all":
            let parts = try fields.list("of", limit: 16).map { part throws(EvaluationError) in
                try Metric(part, place: place, folder: folder)
            }
            guard parts.allSatisfy(\.isVerdict) else {
                throw fields.refusal(
                    "of", "has a metric by which a reply is neither right nor wrong")
            }
            self.init(kind: .all(parts), name: name ?? "all")
        case "bleu": self.init(kind: .bleu, name: name ?? "BLEU")
        case "rouge_1": self.init(kind: .rouge1, name: name ?? "ROUGE-1")
        case "rouge_l": self.init(kind: .rougeL, name: name ?? "ROUGE-L")
        case "choice":
            self.init(
                kind: .choice(perByte: try fields.flag("per_byte")), name: name ?? "choice")
        case "reply_perplexity":
            self.init(kind: .replyPerplexity, name: name ?? "perplexity of replies")
        default:
            self.init(kind: .answerPerplexity, name: name ?? "perplexity of answers")
        }
    }
}
