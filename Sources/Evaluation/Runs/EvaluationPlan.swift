internal import Adapters
internal import Tensors

/// Every run that a suite asks for, each once, and where a configuration finds its own.
struct EvaluationPlan {
    /// What one configuration needs of one row.
    struct Cell {
        /// The adapters of the mix by name.
        let adapters: Set<String>
        /// Places in `replies`.
        let reply: Int?
        /// Places in `likelihoods`.
        let answer: Int?
        let choices: [Int]
    }

    /// The cells of a task: (configuration, row); none where the configuration is not for the task.
    private(set) var cells: [[[Cell]]] = []
    private(set) var replies: RunList<ReplyRun>
    private(set) var likelihoods: RunList<LikelihoodRun>
    /// Tasks that want to know how likely their replies are to the base.
    private(set) var judgedReplies: Set<Int> = []
    /// What the user should know before anything is run.
    private(set) var warnings: [String] = []

    private let suite: Suite
    private let chooser: MixChooser

    /// Chooses all mixes, tokenizes all prompts, and refuses what could not be run.
    init(
        _ suite: Suite, chooser: MixChooser, engine: some EvaluationEngine
    ) throws(EvaluationError) {
        self.suite = suite
        self.chooser = chooser
        replies = RunList(identity: engine.identity)
        likelihoods = RunList(identity: engine.identity)
        var checked: Set<AdapterMix> = []
        for (index, task) in suite.tasks.enumerated() {
            let needs = Set(task.metrics.map(\.need))
            if needs.contains(.likelihoodOfReply) { judgedReplies.insert(index) }
            let rows = try encode(task, needs: needs, engine: engine)
            var cells: [[Cell]] = []
            for configuration in suite.configurations {
                guard configuration.covers(task.name) else {
                    cells.append([])
                    continue
                }
                var row: [Cell] = []
                for (number, encoded) in rows.enumerated() {
                    let chosen = try chooser.choose(for: task.rows[number], by: configuration)
                    if checked.insert(chosen.mix).inserted {
                        do throws(EvaluationError) {
                            try engine.check(chosen.mix)
                        } catch {
                            throw error.at("the configuration \(configuration.name.quoted)")
                        }
                    }
                    row.append(
                        cell(encoded, chosen: chosen, task: task, number: number, needs: needs))
                }
                cells.append(row)
            }
            self.cells.append(cells)
        }
    }

    private struct EncodedRow {
        let prompt: [Int32]
        let answer: [Int32]
        let choices: [[Int32]]
    }

    private mutating func encode(
        _ task: SuiteTask, needs: Set<Metric.Need>, engine: some EvaluationEngine
    ) throws(EvaluationError) -> [EncodedRow] {
        var rows: [EncodedRow] = []
        var tooLong = 0
        for (row, line) in zip(task.rows, task.data.lines) {
            do throws(EvaluationError) {
                let prompt = try engine.encode(row.messages, style: task.style)
                let makesReply =
                    needs.contains(.reply) || needs.contains(.likelihoodOfReply)
                if makesReply {
                    try check(prompt.count, task.maxTokens, "max_tokens", engine)
                    if !row.answers.isEmpty {
                        let shortest =
                            try row.answers.map { text throws(EvaluationError) in
                                try engine.encode(continuation: text).count
                            }.min() ?? 0
                        if shortest > task.maxTokens { tooLong += 1 }
                    }
                }
                var answer: [Int32] = []
                if needs.contains(.likelihoodOfAnswer) {
                    answer = try engine.encode(continuation: row.answers[0])
                    try check(prompt.count, answer.count, "the answer", engine)
                }
                var choices: [[Int32]] = []
                if needs.contains(.likelihoodOfChoices) {
                    for text in row.choices {
                        choices.append(try engine.encode(continuation: text))
                        try check(prompt.count, choices.last?.count ?? 0, "a choice", engine)
                    }
                }
                rows.append(EncodedRow(prompt: prompt, answer: answer, choices: choices))
            } catch {
                throw error.at("\(task.data.path):\(line)")
            }
        }
        if tooLong > 0 {
            warnings.append(
                "\(task.name): the answers of \(tooLong) of \(rows.count) rows have more than max_tokens, \(task.maxTokens), so no reply can be as long"
            )
        }
        return rows
    }

    private func check(
        _ prompt: Int, _ rest: Int, _ what: String, _ engine: some EvaluationEngine
    ) throws(EvaluationError) {
        guard prompt + rest <= engine.contextLength else {
            throw EvaluationError(
                .model,
                "the prompt has \(prompt) tokens and \(what) \(rest), together more than the context of \(engine.contextLength); shorten one of them"
            )
        }
    }

    private mutating func cell(
        _ row: EncodedRow, chosen: MixChooser.Chosen, task: SuiteTask, number: Int,
        needs: Set<Metric.Need>
    ) -> Cell {
        var reply: Int?
        if needs.contains(.reply) || needs.contains(.likelihoodOfReply) {
            reply = replies.add(
                ReplyRun(
                    prompt: row.prompt, mix: chosen.mix, rerouting: chosen.rerouting,
                    sampling: task.sampling,
                    seed: task.sampling.seed &+ UInt64(truncatingIfNeeded: number),
                    maxTokens: task.maxTokens, stop: task.stop))
        }
        func likelihood(_ ids: [Int32]) -> Int {
            likelihoods.add(
                LikelihoodRun(prompt: row.prompt, continuation: ids, mix: chosen.mix))
        }
        return Cell(
            adapters: chosen.adapters, reply: reply,
            answer: row.answer.isEmpty ? nil : likelihood(row.answer),
            choices: row.choices.map(likelihood))
    }
}
