internal import Tensors

/// Reads the members of an object of a suite.
///
/// Members that are not known are refused: one that is misspelt would change figures without a word.
struct SuiteFields {
    private let object: JSONObject
    /// For messages, such as `the task "hotels"`.
    let place: String

    init(_ json: JSONValue, place: String, keys: [String]) throws(EvaluationError) {
        guard let object = json.object else {
            throw EvaluationError(.suite, "\(place) is no JSON object")
        }
        for key in object.keys where !keys.contains(key) {
            let guess = key.nearest(in: keys).map { "did you mean \($0.quoted)? " } ?? ""
            throw EvaluationError(
                .suite,
                "\(place) has a member \(key.quoted), which is not known; \(guess)known are \(keys.joined(separator: ", "))"
            )
        }
        self.object = object
        self.place = place
    }

    subscript(key: String) -> JSONValue? {
        let value = object[key]
        return value?.isNull == true ? nil : value
    }

    func refusal(_ key: String, _ what: String) -> EvaluationError {
        EvaluationError(.suite, "\(place): \(key.quoted) \(what)")
    }

    func string(_ key: String) throws(EvaluationError) -> String? {
        guard let value = self[key] else { return nil }
        guard let text = value.string, !text.isEmpty, text.utf8.count <= 1 << 16 else {
            throw refusal(key, "is no text")
        }
        return text
    }

    func required(_ key: String) throws(EvaluationError) -> String {
        guard let text = try string(key) else { throw refusal(key, "is missing") }
        return text
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(EvaluationError) -> Int? {
        guard let value = self[key] else { return nil }
        guard let number = value.int, range.contains(number) else {
            throw refusal(key, "is no whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func number(_ key: String, in range: ClosedRange<Double>) throws(EvaluationError) -> Double? {
        guard let value = self[key] else { return nil }
        guard let number = value.double, range.contains(number) else {
            throw refusal(key, "is no number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func flag(_ key: String) throws(EvaluationError) -> Bool {
        guard let value = self[key] else { return false }
        guard let flag = value.bool else { throw refusal(key, "is neither true nor false") }
        return flag
    }

    /// One of the words that a type knows.
    func word<Word: RawRepresentable & CaseIterable>(
        _ key: String, as type: Word.Type
    ) throws(EvaluationError) -> Word? where Word.RawValue == String {
        guard let text = try string(key) else { return nil }
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw refusal(key, "is \(text.quoted); known are \(known)")
        }
        return word
    }

    func strings(_ key: String) throws(EvaluationError) -> [String]? {
        guard let value = self[key] else { return nil }
        let list = value.array ?? []
        let texts = list.compactMap(\.string)
        guard !texts.isEmpty, texts.count == list.count, texts.count <= 4096 else {
            throw refusal(key, "is no list of texts")
        }
        return texts
    }

    /// The elements of a list that has to have some.
    func list(_ key: String, limit: Int) throws(EvaluationError) -> [JSONValue] {
        guard let list = self[key]?.array, !list.isEmpty, list.count <= limit else {
            throw refusal(key, "is no list of 1 to \(limit)")
        }
        return list
    }
}
