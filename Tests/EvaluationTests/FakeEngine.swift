import Adapters
import Tensors

@testable import Evaluation

/// An engine whose reply says which adapters were on, and which may fail after some runs.
final class FakeEngine: EvaluationEngine {
    static let adapters = [
        "a": Digest(of: Array("a".utf8)), "b": Digest(of: Array("b".utf8)),
    ]

    let identity: String
    let contextLength = 128
    private(set) var replyCount = 0
    private(set) var scoreCount = 0
    private var runsLeft: Int

    init(identity: String = "fake", runs: Int = .max) {
        self.identity = identity
        runsLeft = runs
    }

    static let chooser = MixChooser(adapters: adapters, tables: [:], router: nil)

    func encode(
        _ messages: [EvaluationRow.Message], style: PromptStyle
    ) throws(EvaluationError) -> [Int32] {
        messages.flatMap { $0.content.utf8.map { Int32($0) } }
    }

    func encode(continuation: String) throws(EvaluationError) -> [Int32] {
        continuation.utf8.map { Int32($0) }
    }

    func check(_ mix: AdapterMix) throws(EvaluationError) {}

    /// The names of a mix's adapters, then the prompt.
    func reply(
        to runs: [ReplyRun], keep: (Int, Reply) throws(EvaluationError) -> Void
    ) throws(EvaluationError) {
        for (place, run) in runs.enumerated() {
            try spend()
            let names = Self.adapters.filter { adapter in
                run.mix.shares.contains { $0.adapter == adapter.value }
            }.keys.sorted().joined()
            let prompt = String(decoding: run.prompt.map { UInt8(clamping: $0) }, as: UTF8.self)
            let text = names + prompt
            try keep(place, Reply(text: text, ids: text.utf8.map { Int32($0) }))
            replyCount += 1
        }
    }

    /// A nat a token, half of one for what begins with the name of an adapter that is on.
    func score(
        _ runs: [LikelihoodRun], keep: (Int, Likelihood) throws(EvaluationError) -> Void
    ) throws(EvaluationError) {
        for (place, run) in runs.enumerated() {
            try spend()
            let first = run.continuation.first.map {
                String(decoding: [UInt8(clamping: $0)], as: UTF8.self)
            }
            let isOn = run.mix.shares.contains { $0.adapter == Self.adapters[first ?? ""] }
            let count = run.continuation.count
            try keep(
                place,
                Likelihood(logProbability: -Double(count) * (isOn ? 0.5 : 1), tokenCount: count))
            scoreCount += 1
        }
    }

    private func spend() throws(EvaluationError) {
        guard runsLeft > 0 else { throw EvaluationError(.interrupted, "stopped") }
        runsLeft -= 1
    }
}
