/// How the next token is drawn from the logits.
///
/// Applied in this order: penalties, top-k, top-p, min-p, temperature.
public struct SamplingParameters: Sendable, Hashable {
    /// 0: the most likely token, ties to the lowest id.
    public var temperature: Float = 0
    /// The most likely tokens that stay; 0: all.
    public var topK: Int = 0
    /// The probability mass that stays; 1: all.
    public var topP: Float = 1
    /// Least probability relative to the most likely token; 0: off.
    public var minP: Float = 0
    /// Divides positive and multiplies negative logits of tokens seen, the prompt's included; 1: off.
    public var repetitionPenalty: Float = 1
    /// Subtracted once from the logits of tokens seen.
    public var presencePenalty: Float = 0
    /// Subtracted from the logits of tokens seen, once an occurrence.
    public var frequencyPenalty: Float = 0
    public var seed: UInt64 = 0

    public init() {}

    var hasPenalties: Bool {
        repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0
    }
}
