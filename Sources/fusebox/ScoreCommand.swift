internal import ArgumentParser
internal import Inference
internal import Models
internal import Tensors

/// `fusebox score`: log-probabilities of given token ids.
struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Compute the log-probabilities that a model gives to token ids.",
        discussion: """
            The file of tokens is {"input_ids": [[int]]}, used as given: no token is added. The result is \
            {"logprobs": [[n-1 floats]], "nll": mean negated log-probability in nats, "tokens": how many that is the mean of}.
            """)

    @OptionGroup var options: ModelOptions

    @Option(help: "A JSON file with the token ids.")
    var tokens: String

    @Option(help: "A safetensors file to write: logits.<i>, F32 [tokens, vocabulary], a sequence.")
    var logits: String?

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
        let sequences = try TokenFile(path: tokens).sequences
        let (model, mix) = try options.load()
        let scorer = try Scorer(
            model: model.transformer, shelf: model.shelf, mix: mix, kernels: model.kernels,
            pool: model.pool)
        var results = [[Double]](repeating: [], count: sequences.count)
        if let logits {
            let vocabulary = model.transformer.configuration.vocabularySize
            var writer = SafetensorsWriter()
            for (index, sequence) in sequences.enumerated() {
                let name = "logits.\(index)"
                let shape = [sequence.count, vocabulary]
                try writer.add(name: name, dtype: .f32, shape: shape) { () throws(TensorError) in
                    var rows: [Float] = []
                    rows.reserveCapacity(sequence.count * vocabulary)
                    do {
                        results[index] = try Self.score(sequence, index, with: scorer) { row in
                            for id in row.indices { rows.append(row[id]) }
                        }
                    } catch {
                        throw TensorError(.mismatch, "\(error)")
                    }
                    return try Tensor(name: name, shape: shape, floats: rows)
                }
            }
            try writer.write(to: logits)
        } else {
            for (index, sequence) in sequences.enumerated() {
                results[index] = try Self.score(sequence, index, with: scorer) { _ in }
            }
        }
        Self.report(results, asJSON: json)
    }

    /// The log-probability of each token but the first; `keep` gets the logits of every position.
    private static func score(
        _ sequence: [Int32], _ number: Int, with scorer: Scorer, keep: (Span<Float>) -> Void
    ) throws(CommandError) -> [Double] {
        var result: [Double] = []
        var isFinite = true
        do {
            try scorer.score(sequence) { position, logits in
                for id in logits.indices where !logits[id].isFinite { isFinite = false }
                if position + 1 < sequence.count {
                    result.append(Scorer.logProbability(of: sequence[position + 1], logits))
                }
                keep(logits)
            }
        } catch {
            throw CommandError("sequence \(number): \(error)")
        }
        guard isFinite else {
            throw CommandError(
                "sequence \(number): the model computes numbers that are not finite; check its weights and adapters"
            )
        }
        return result
    }

    private static func report(_ results: [[Double]], asJSON: Bool) {
        let count = results.reduce(0) { $0 + $1.count }
        let sum = results.reduce(0) { $1.reduce($0, +) }
        let mean = count > 0 ? -sum / Double(count) : nil
        guard asJSON else {
            print("\(count) tokens, \(mean.map { "\($0)" } ?? "no") nats a token")
            return
        }
        let document: JSONObject = [
            "logprobs": .array(results.map { .array($0.map { .number($0) }) }),
            "nll": mean.map { .number($0) } ?? .null,
            "tokens": .integer(Int64(count)),
        ]
        print(JSONValue.object(document).text)
    }
}
