import FuseboxWire

/// Log probabilities as completions have them: columns over the tokens.
enum ScoreColumns {
    /// `{"tokens", "token_logprobs", "top_logprobs", "text_offset"}`.
    ///
    /// - Parameter offset: characters of the text before the first token; moved behind the last.
    static func json(_ scores: [WireTokenScore], offset: inout Int) -> JSONValue {
        var tokens: [JSONValue] = []
        var values: [JSONValue] = []
        var tops: [JSONValue] = []
        var offsets: [JSONValue] = []
        for score in scores {
            tokens.append(.string(name(score.text)))
            values.append(score.hasLogProbability ? number(score.logProbability) : .null)
            tops.append(score.top.isEmpty ? .null : top(score.top))
            offsets.append(JSONValue(offset))
            // Bytes that begin a character: a token may end within one.
            offset += score.text.count { $0 & 0b1100_0000 != 0b1000_0000 }
        }
        return .object([
            "tokens": .array(tokens), "token_logprobs": .array(values),
            "top_logprobs": .array(tops), "text_offset": .array(offsets),
        ])
    }

    private static func top(_ alternatives: [WireTokenScore.Alternative]) -> JSONValue {
        var object = JSONObject()
        for alternative in alternatives {
            object.append(name(alternative.text), number(alternative.logProbability))
        }
        return .object(object)
    }

    /// The token's text; `bytes:\\xNN...` where it is none, so that different ones have different names.
    private static func name(_ bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return "bytes:"
            + bytes.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// JSON has no infinity: a probability of zero is below all that a Float has.
    private static func number(_ value: Float) -> JSONValue {
        JSONValue(value.isFinite ? value : -.greatestFiniteMagnitude)
    }
}
