internal import Adapters
internal import Tensors

/// Measures a suite: runs what no run before it has, and judges everything.
public struct Evaluator<Engine: EvaluationEngine> {
    private let suite: Suite
    private let engine: Engine
    private let journal: Journal
    private let plan: EvaluationPlan

    /// Runs of replies and likelihoods, done and all.
    public struct Progress: Sendable {
        public let done: Int
        public let count: Int
        /// Of the done ones those that this process did, and how many it has to do.
        public let ownDone: Int
        public let ownCount: Int
    }

    /// Checks everything before anything is run.
    public init(
        _ suite: Suite, chooser: MixChooser, engine: Engine, journal: Journal
    ) throws(EvaluationError) {
        self.suite = suite
        self.engine = engine
        self.journal = journal
        plan = try EvaluationPlan(suite, chooser: chooser, engine: engine)
    }

    /// What the user should know before anything is run.
    public var warnings: [String] { plan.warnings }

    /// Runs to the end.
    ///
    /// - Throws: when a run fails, or a result cannot be kept; what the journal has by then stays there.
    public func run(
        progress: (Progress) -> Void
    ) throws(EvaluationError) -> EvaluationResult {
        let pendingReplies = plan.replies.keys.indices.filter {
            journal.reply(plan.replies.keys[$0]) == nil
        }
        let judged = judgedReplyPlaces()
        let count = plan.replies.runs.count + plan.likelihoods.runs.count + judged.count
        var done = 0
        var ownDone = 0
        var ownCount = 0
        func step() {
            done += 1
            ownDone += 1
            progress(Progress(done: done, count: count, ownDone: ownDone, ownCount: ownCount))
        }
        let pendingLikelihoods = pending(plan.likelihoods)
        done = plan.replies.runs.count - pendingReplies.count
        done += plan.likelihoods.runs.count - pendingLikelihoods.count
        ownCount = count - done
        progress(Progress(done: done, count: count, ownDone: 0, ownCount: ownCount))

        try engine.reply(to: pendingReplies.map { plan.replies.runs[$0] }) {
            place, reply throws(EvaluationError) in
            try journal.keep(reply, for: plan.replies.keys[pendingReplies[place]])
            step()
        }
        try score(plan.likelihoods, pending: pendingLikelihoods, step: step)

        var replyLikelihoods = RunList<LikelihoodRun>(identity: engine.identity)
        var places: [Int: Int] = [:]
        for place in judged {
            guard let reply = journal.reply(plan.replies.keys[place]), !reply.ids.isEmpty else {
                continue
            }
            places[place] = replyLikelihoods.add(
                LikelihoodRun(
                    prompt: plan.replies.runs[place].prompt, continuation: reply.ids, mix: .base))
        }
        let pendingJudgements = pending(replyLikelihoods)
        ownCount = ownDone + pendingJudgements.count
        done = count - pendingJudgements.count
        try score(replyLikelihoods, pending: pendingJudgements, step: step)
        return result(replyLikelihoods: places.mapValues { replyLikelihoods.keys[$0] })
    }

    private func pending(_ list: RunList<LikelihoodRun>) -> [Int] {
        list.keys.indices.filter { journal.likelihood(list.keys[$0]) == nil }
    }

    private func score(
        _ list: RunList<LikelihoodRun>, pending: [Int], step: () -> Void
    ) throws(EvaluationError) {
        try engine.score(pending.map { list.runs[$0] }) {
            place, likelihood throws(EvaluationError) in
            try journal.keep(likelihood, for: list.keys[pending[place]])
            step()
        }
    }

    /// The replies whose likelihood under the base is asked for.
    private func judgedReplyPlaces() -> [Int] {
        let cells = plan.judgedReplies.sorted().flatMap { task in plan.cells[task].joined() }
        return Set(cells.compactMap(\.reply)).sorted()
    }

    /// - Parameter replyLikelihoods: keys of the likelihoods of replies, by the reply's place.
    private func result(replyLikelihoods: [Int: Digest]) -> EvaluationResult {
        let tasks = suite.tasks.enumerated().map { index, task in
            let cells = plan.cells[index]
            let evidence = cells.map { $0.map { self.evidence(of: $0, replyLikelihoods) } }
            return TaskResult(
                task, number: index, suite: suite, evidence: evidence,
                adapters: cells.map { $0.map(\.adapters) })
        }
        return EvaluationResult(suite, tasks: tasks, engine: engine.identity)
    }

    private func evidence(
        of cell: EvaluationPlan.Cell, _ replyLikelihoods: [Int: Digest]
    ) -> Metric.Evidence {
        func likelihood(_ place: Int) -> Likelihood {
            journal.likelihood(plan.likelihoods.keys[place]) ?? .none
        }
        var evidence = Metric.Evidence()
        if let place = cell.reply {
            evidence.reply = journal.reply(plan.replies.keys[place])?.text ?? ""
            if let key = replyLikelihoods[place] {
                evidence.replyLikelihood = journal.likelihood(key) ?? .none
            }
        }
        evidence.answerLikelihood = cell.answer.map(likelihood) ?? .none
        evidence.choices = cell.choices.map(likelihood)
        return evidence
    }
}
