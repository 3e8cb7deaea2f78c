public import Tensors
public import Wire

/// Scores of tokens as JSON, as OpenAI's API names them.
public enum ScoreDocument {
    public static func json(_ scores: [WireTokenScore]) -> JSONValue {
        .array(
            scores.map { score in
                var json = json(
                    score.id, score.text, score.hasLogProbability ? score.logProbability : nil)
                let top = score.top.map {
                    JSONValue.object(Self.json($0.id, $0.text, $0.logProbability))
                }
                json.append("top_logprobs", .array(top))
                return .object(json)
            })
    }

    /// `{"id", "token", "bytes", "logprob"}`: null for the first token of a prompt, and for a probability of zero.
    private static func json(
        _ id: UInt32, _ text: some Collection<UInt8>, _ logProbability: Float?
    ) -> JSONObject {
        [
            "id": JSONValue(id),
            "token": .string(String(decoding: text, as: UTF8.self)),
            "bytes": .array(text.map { JSONValue($0) }),
            "logprob": logProbability.map { $0.isFinite ? JSONValue($0) : .null } ?? .null,
        ]
    }
}
