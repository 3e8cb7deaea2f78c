internal import Adapters

/// What is measured of a reply, or of what the model thinks likely.
public struct Metric: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// The reply is an answer, but for the spaces around it.
        case exactMatch(ignoresCase: Bool)
        /// The reply has all texts that the row's `contains` wants, whatever their case.
        case contains
        /// An expression is found in the reply.
        case pattern(RegularExpression)
        /// The reply is JSON, and an object with these keys where there are any.
        case json(keys: [String])
        /// The reply is the same JSON document as the answer.
        case jsonMatch
        /// The reply has the row's attributes, or the one named.
        case attribute(Lexicon, of: String?)
        /// The reply is right by each of these.
        case all([Metric])
        case bleu
        case rouge1
        case rougeL
        /// The likeliest of the row's choices is the answer.
        case choice(perByte: Bool)
        /// How likely the reply is to the base alone.
        case replyPerplexity
        /// How likely the answer is under the configuration's mix.
        case answerPerplexity
    }

    /// What has to be known of a row before it can be judged.
    enum Need: Sendable, Hashable {
        case reply
        case likelihoodOfReply
        case likelihoodOfAnswer
        case likelihoodOfChoices
    }

    let kind: Kind
    /// In tables, unless the suite names it otherwise.
    public let name: String

    /// Whether a higher figure is a better one.
    public var isHigherBetter: Bool { aggregate != .perplexity }

    /// Whether figures go from 0 to 100, so that those of several tasks can be averaged.
    public var isScore: Bool { aggregate != .perplexity }

    /// What the figure is in words.
    public var explanation: String {
        switch kind {
        case .exactMatch(let ignoresCase):
            "replies that are an answer, but for spaces around it\(ignoresCase ? " and case" : ""), of 100"
        case .contains: "replies with all texts that the row wants, of 100"
        case .pattern: "replies in which the expression is found, of 100"
        case .json(let keys):
            "replies that are JSON\(keys.isEmpty ? "" : " with \(keys.joined(separator: ", "))"), of 100"
        case .jsonMatch: "replies that are the answer's JSON document, of 100"
        case .attribute(_, let name):
            "replies with the wanted \(name ?? "attributes") by the lexicon, of 100"
        case .all(let metrics):
            "replies that are right by all of \(metrics.map(\.name).joined(separator: ", ")), of 100"
        case .bleu: "corpus BLEU with the tokenizer 13a, as sacrebleu gives it"
        case .rouge1: "mean F measure of words in common, times 100"
        case .rougeL: "mean F measure of the longest common subsequence, times 100"
        case .choice(let perByte):
            "rows whose answer is the likeliest choice\(perByte ? " for its length in bytes" : ""), of 100"
        case .replyPerplexity:
            "perplexity of the replies under the base alone: lower is more usual text"
        case .answerPerplexity: "perplexity of the answers under the mix: lower is better"
        }
    }

    var aggregate: Aggregate {
        switch kind {
        case .bleu: .bleu
        case .replyPerplexity, .answerPerplexity: .perplexity
        default: .percent
        }
    }

    /// Whether a reply is right or wrong by it.
    var isVerdict: Bool {
        switch kind {
        case .exactMatch, .contains, .pattern, .json, .jsonMatch, .attribute, .all: true
        default: false
        }
    }

    var need: Need {
        switch kind {
        case .choice: .likelihoodOfChoices
        case .answerPerplexity: .likelihoodOfAnswer
        case .replyPerplexity: .likelihoodOfReply
        default: .reply
        }
    }
}
