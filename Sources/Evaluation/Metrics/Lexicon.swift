internal import Tensors

/// Judges attributes of a text, such as its sentiment or topic, by counting words.
///
/// For each attribute the value whose terms weigh most wins; a tie, or no term at all, is no value. A term is found as a whole,
/// whatever its case, also with an s behind it; where terms of one value overlap, the longest counts.
public struct Lexicon: Sendable, Hashable {
    /// A term's letters in lower case, and its weight.
    private struct Term: Sendable, Hashable {
        let letters: [Unicode.Scalar]
        let weight: Double
    }

    private struct Value: Sendable, Hashable {
        let name: String
        /// By their first letter, longest first.
        let terms: [Unicode.Scalar: [Term]]
    }

    private struct Attribute: Sendable, Hashable {
        let name: String
        let values: [Value]
    }

    private let attributes: [Attribute]

    /// What a lexicon may hold, and the bytes of its file.
    private static let termLimit = 100_000
    private static let byteLimit = 16 << 20

    /// Reads `{attribute: {value: [term, …] or {term: weight, …}}}`.
    init(_ json: JSONValue) throws(EvaluationError) {
        guard let object = json.object, !object.isEmpty else {
            throw EvaluationError(
                .suite, "is no lexicon; write {\"attribute\": {\"value\": [\"word\", ...]}}")
        }
        var attributes: [Attribute] = []
        var termCount = 0
        for (name, value) in object {
            guard let values = value.object, values.count > 1 else {
                throw EvaluationError(
                    .suite,
                    "the attribute \(name.quoted) is no object of two or more values with their words"
                )
            }
            var read: [Value] = []
            for (value, terms) in values {
                let terms = try Self.terms(terms, of: value)
                termCount += terms.count
                read.append(
                    Value(name: value, terms: Dictionary(grouping: terms) { $0.letters[0] }))
            }
            attributes.append(Attribute(name: name, values: read))
        }
        guard termCount <= Self.termLimit else {
            throw EvaluationError(
                .suite, "has \(termCount) terms; at most \(Self.termLimit) are allowed")
        }
        self.attributes = attributes
    }

    /// Reads a file.
    init(path: String) throws(EvaluationError) {
        do {
            let json = try FileBytes(path: path, loading: .copied, limit: Self.byteLimit).json()
            try self.init(json)
        } catch let error as EvaluationError {
            throw error.at(path)
        } catch {
            throw EvaluationError(.suite, "\(error)")
        }
    }

    private static func terms(_ json: JSONValue, of value: String) throws(EvaluationError) -> [Term]
    {
        var weights: [(term: String, weight: Double)] = []
        if let list = json.array {
            weights = list.compactMap { $0.string.map { ($0, 1) } }
            guard weights.count == list.count else { return try refuse(value) }
        } else if let object = json.object {
            weights = object.compactMap { key, weight in weight.double.map { (key, $0) } }
            guard weights.count == object.count else { return try refuse(value) }
        }
        guard !weights.isEmpty, weights.allSatisfy({ !$0.term.isEmpty && $0.weight > 0 }) else {
            return try refuse(value)
        }
        return weights.map {
            Term(letters: Array($0.term.lowercased().unicodeScalars), weight: $0.weight)
        }.sorted { $0.letters.count > $1.letters.count }
    }

    private static func refuse(_ value: String) throws(EvaluationError) -> [Term] {
        throw EvaluationError(
            .suite,
            "the words of \(value.quoted) are no list of words and no object of words with weights above 0"
        )
    }

    /// The names of the attributes.
    var names: [String] { attributes.map(\.name) }

    /// The values that an attribute may have; nil: there is no such attribute.
    func values(of attribute: String) -> [String]? {
        attributes.first { $0.name == attribute }?.values.map(\.name)
    }

    /// The value of an attribute that a text has most of; nil: none, or several alike.
    func value(of attribute: String, in text: String) -> String? {
        guard let attribute = attributes.first(where: { $0.name == attribute }) else { return nil }
        let letters = Array(text.lowercased().unicodeScalars)
        let totals = attribute.values.map { Self.total($0.terms, in: letters) }
        guard let most = totals.max(), most > 0, totals.count(where: { $0 == most }) == 1 else {
            return nil
        }
        return totals.firstIndex(of: most).map { attribute.values[$0].name }
    }

    private static func total(
        _ terms: [Unicode.Scalar: [Term]], in text: [Unicode.Scalar]
    ) -> Double {
        var total = 0.0
        var position = 0
        while position < text.count {
            let found = terms[text[position]]?.lazy.compactMap { term in
                end(of: term, at: position, in: text).map { (term.weight, $0) }
            }.first
            if let (weight, end) = found {
                total += weight
                position = end
            } else {
                position += 1
            }
        }
        return total
    }

    /// The place behind a term that stands at a place, or behind the s that follows it.
    private static func end(of term: Term, at place: Int, in text: [Unicode.Scalar]) -> Int? {
        guard text[place...].starts(with: term.letters),
            isBoundary(place, in: text)
        else { return nil }
        let end = place + term.letters.count
        if end < text.count, text[end] == "s", isBoundary(end + 1, in: text) { return end + 1 }
        return isBoundary(end, in: text) ? end : nil
    }

    /// Whether a word begins or ends at a place.
    private static func isBoundary(_ place: Int, in text: [Unicode.Scalar]) -> Bool {
        func isWord(_ place: Int) -> Bool {
            guard text.indices.contains(place) else { return false }
            let scalar = text[place]
            return scalar == "_" || scalar.properties.isAlphabetic
                || scalar.properties.numericType != nil
        }
        return isWord(place - 1) != isWord(place)
    }
}
