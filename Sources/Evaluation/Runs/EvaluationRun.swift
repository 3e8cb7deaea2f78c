public import Adapters
public import Routing
public import Tensors

/// Something to be computed once, however many configurations ask for it.
protocol EvaluationRun {
    /// Says in full what the result depends on, besides the engine.
    var description: JSONValue { get }
}

extension EvaluationRun {
    /// What the result is found by: equal keys, equal results.
    func key(identity: String) -> Digest {
        let document = JSONValue.array([.string(identity), description])
        return Digest(of: Array(document.text.utf8))
    }
}

/// A reply to be made.
public struct ReplyRun: Sendable, EvaluationRun {
    /// How the mix may change within the reply.
    public struct Rerouting: Sendable {
        public let userMessage: String
        public let policy: AdapterPolicy
        public let rule: SuiteConfiguration.KeyValueRule
        /// The router's.
        public let digest: Digest
    }

    public let prompt: [Int32]
    public let mix: AdapterMix
    /// nil: the mix stays.
    public let rerouting: Rerouting?
    public let sampling: SuiteSampling
    public let seed: UInt64
    public let maxTokens: Int
    public let stop: [String]

    var description: JSONValue {
        var rerouted = JSONValue.null
        if let rerouting {
            let policy = rerouting.policy
            rerouted = .array([
                .string(rerouting.digest.description), .string(rerouting.userMessage),
                .string(rerouting.rule.rawValue), .string(policy.weighting.rawValue),
                .number(policy.nucleus), .integer(Int64(policy.adapterLimit)), .number(policy.gain),
            ])
        }
        return .array([
            .string("reply"), JSONValue(prompt), mix.description, rerouted,
            .array([
                .number(sampling.temperature), .integer(Int64(sampling.topK)),
                .number(sampling.topP), .number(sampling.minP), .number(sampling.repetitionPenalty),
            ]),
            // Without chance the seed changes nothing.
            .string(sampling.temperature > 0 ? "\(seed)" : ""), .integer(Int64(maxTokens)),
            .array(stop.map { .string($0) }),
        ])
    }
}

/// Tokens whose probability behind a prompt is asked for.
public struct LikelihoodRun: Sendable, EvaluationRun {
    public let prompt: [Int32]
    public let continuation: [Int32]
    public let mix: AdapterMix

    var description: JSONValue {
        .array([
            .string("likelihood"), JSONValue(prompt), JSONValue(continuation), mix.description,
        ])
    }
}

/// A reply that was made.
public struct Reply: Sendable, Hashable {
    public let text: String
    public let ids: [Int32]

    public init(text: String, ids: [Int32]) {
        self.text = text
        self.ids = ids
    }
}

extension AdapterMix {
    fileprivate var description: JSONValue {
        .array([
            .array(
                shares.map {
                    .array([.string($0.adapter.description), .integer(Int64($0.weight))])
                }),
            coefficients.map { .string($0.description) } ?? .null,
        ])
    }
}

extension JSONValue {
    fileprivate init(_ ids: [Int32]) {
        self = .array(ids.map { .integer(Int64($0)) })
    }
}
