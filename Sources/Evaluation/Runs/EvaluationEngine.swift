public import Adapters

/// What runs a model for an evaluation: everything that knows tokens and weights.
public protocol EvaluationEngine {
    /// Tells engines apart that may give other results: the base and how it is executed.
    var identity: String { get }
    /// Tokens of prompt and reply at most.
    var contextLength: Int { get }

    /// The ids of a prompt, up to where the reply begins.
    func encode(
        _ messages: [EvaluationRow.Message], style: PromptStyle
    ) throws(EvaluationError) -> [Int32]

    /// The ids of what follows a prompt.
    func encode(continuation: String) throws(EvaluationError) -> [Int32]

    /// Refuses a mix that cannot be run.
    func check(_ mix: AdapterMix) throws(EvaluationError)

    /// Makes replies, many at once; `keep` gets each as soon as it is there, with the place of its run.
    func reply(
        to runs: [ReplyRun], keep: (Int, Reply) throws(EvaluationError) -> Void
    ) throws(EvaluationError)

    /// Computes likelihoods, in any order.
    func score(
        _ runs: [LikelihoodRun], keep: (Int, Likelihood) throws(EvaluationError) -> Void
    ) throws(EvaluationError)
}
