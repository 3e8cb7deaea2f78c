/// How the tokens of replies are drawn; what is left out is off, whatever the model's own defaults are.
public struct SuiteSampling: Sendable, Hashable {
    /// 0: the likeliest token.
    public let temperature: Double
    public let topK: Int
    public let topP: Double
    public let minP: Double
    public let repetitionPenalty: Double
    /// The row's number is added, so that equal prompts get different replies, and the same under every configuration.
    public let seed: UInt64

    static let keys = ["temperature", "top_k", "top_p", "min_p", "repetition_penalty", "seed"]

    /// The likeliest token each time.
    init() {
        temperature = 0
        topK = 0
        topP = 1
        minP = 0
        repetitionPenalty = 1
        seed = 0
    }

    private init(_ fields: SuiteFields) throws(EvaluationError) {
        temperature = try fields.number("temperature", in: 0...100) ?? 0
        topK = try fields.integer("top_k", in: 0...1 << 30) ?? 0
        topP = try fields.number("top_p", in: 0.001...1) ?? 1
        minP = try fields.number("min_p", in: 0...1) ?? 0
        repetitionPenalty = try fields.number("repetition_penalty", in: 0.01...100) ?? 1
        seed = UInt64(try fields.integer("seed", in: 0...Int.max) ?? 0)
    }

    /// The member `sampling` of an object; nil: there is none.
    static func read(_ fields: SuiteFields) throws(EvaluationError) -> SuiteSampling? {
        guard let json = fields["sampling"] else { return nil }
        return try SuiteSampling(
            SuiteFields(json, place: "\(fields.place), \"sampling\"", keys: keys))
    }
}
