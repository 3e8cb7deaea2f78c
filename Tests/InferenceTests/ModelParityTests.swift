import Adapters
import Inference
import Kernels
import Models
import TestSupport
import Testing

/// The reference type against transformers and peft, for every family, mix and length; the other types against it, loosely.
@Suite struct ModelParityTests {
    /// Worst error relative to the largest logit.
    static let bound = 2e-4

    @Test(
        arguments: ["llama", "llama3", "llama_linear", "mistral", "qwen2", "qwen3", "llama_nf4"]
            + ModelGolden.families)
    func logitsMatch(_ family: String) throws {
        let golden = try ModelGolden(family)
        try compare(golden, path: golden.folder, type: .f32, bound: Self.bound)
    }

    /// The same model in llama.cpp's layout, with the adapters of the directory, some of which change q and k.
    @Test(arguments: ["llama", "llama3", "qwen2", "qwen3", "gguf_blocks"] + ModelGolden.twins)
    func logitsOfTwinsMatch(_ family: String) throws {
        let golden = try ModelGolden(family)
        try compare(golden, path: golden.folder + "/model.gguf", type: .f32, bound: Self.bound)
    }

    /// Activations, adapters, keys and values in fewer bits: the error of a tiny model with weights of many sizes.
    @Test(arguments: ["llama", "llama3", "qwen2", "qwen3", "gguf_blocks"])
    func storedTypesStayClose(_ family: String) throws {
        let golden = try ModelGolden(family)
        try compare(golden, path: golden.folder + "/model.gguf", type: .stored, bound: 0.06)
    }

    /// Activations in 8 bits, and for Q8_0 the embedding as well, whose errors add up in a model of random weights.
    @Test(arguments: [ExecutionType.nf4, .stored, .q8_0])
    func normalFloatsStayClose(_ type: ExecutionType) throws {
        let golden = try ModelGolden("llama_nf4")
        try compare(golden, path: golden.folder, type: type, bound: 0.12)
    }

    /// - Returns: the worst error relative to the largest logit.
    @discardableResult
    func compare(
        _ golden: ModelGolden, path: String, type: ExecutionType, bound: Double
    ) throws -> Double {
        var worstOfAll = 0.0
        var model = try LoadedModel(path: path, precision: Precision(weights: type), threadCount: 2)
        for name in ModelGolden.adapterNames {
            try model.addAdapter(path: "\(golden.folder)/adapters/\(name)", name: name)
        }
        #expect(golden.mixes.count == 6 && golden.sequences.count == 7)
        for index in golden.mixes.indices {
            let scorer = try Scorer(
                model: model.transformer, shelf: model.shelf,
                mix: golden.mix(index, on: model.shelf),
                kernels: model.kernels, pool: model.pool)
            let expected = try golden.logits(mix: index)
            let vocabulary = model.transformer.configuration.vocabularySize
            #expect(expected.count == golden.rows.count * vocabulary)
            let largest = expected.reduce(0) { max($0, abs($1)) }
            var worst: Float = 0
            var logProbabilities: [Double] = []
            for (number, sequence) in golden.sequences.enumerated() {
                try scorer.score(sequence) { position, logits in
                    if position + 1 < sequence.count {
                        logProbabilities.append(
                            Scorer.logProbability(of: sequence[position + 1], logits))
                    }
                    for (row, place) in golden.rows.enumerated()
                    where place.sequence == number && place.position == position {
                        for id in 0..<vocabulary {
                            worst = max(worst, abs(logits[id] - expected[row * vocabulary + id]))
                        }
                    }
                }
            }
            worstOfAll = max(worstOfAll, Double(worst / largest))
            #expect(
                Double(worst / largest) <= bound, "mix \(index): \(worst) of \(largest)")
            let expectedLogProbabilities = try golden.logProbabilities(mix: index)
            #expect(expectedLogProbabilities.count == logProbabilities.count)
            let difference = zip(expectedLogProbabilities, logProbabilities).reduce(0.0) {
                max($0, abs(Double($1.0) - $1.1))
            }
            #expect(
                difference <= bound * Double(largest),
                "mix \(index): log-probability off by \(difference)")
        }
        return worstOfAll
    }
}
