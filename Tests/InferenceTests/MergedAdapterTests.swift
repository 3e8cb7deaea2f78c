import Adapters
import Inference
import Kernels
import Merging
import Models
import Tensors
import TestSupport
import Testing

/// A merged adapter, served.
@Suite struct MergedAdapterTests {
    private static func model() throws -> LoadedModel {
        try LoadedModel(
            path: GoldenFolder.path("models/llama"), precision: Precision(weights: .f32),
            threadCount: 2)
    }

    private func merge(
        _ weights: [(String, Double)], _ settings: MergeSettings, into path: String,
        base: BaseShape
    ) throws {
        let parts = try weights.map { name, weight in
            Merge.Part(
                name: name,
                adapter: try AdapterFile(path: GoldenFolder.path("merges/\(name)"), base: base),
                weight: weight)
        }
        try Merge(parts, settings: settings).merged().write(to: path)
    }

    private func logits(
        _ model: LoadedModel, _ mix: AdapterMix, _ ids: [Int32]
    ) throws -> [Float] {
        let scorer = try Scorer(
            model: model.transformer, shelf: model.shelf, mix: mix, kernels: model.kernels,
            pool: model.pool)
        var logits: [Float] = []
        try scorer.score(ids) { _, row in
            for id in 0..<model.transformer.configuration.vocabularySize { logits.append(row[id]) }
        }
        return logits
    }

    private func worst(_ values: [Float], _ expected: [Float]) -> Float {
        let largest = expected.reduce(0) { max($0, abs($1)) }
        return zip(values, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / largest
    }

    /// transformers with what PEFT's merge adds in its weights.
    @Test func servingIsTheBaseWithTheMergeInItsWeights() throws {
        let json = try FileBytes(
            path: GoldenFolder.path("merges/expected.json"), loading: .copied
        ).json()
        let served = try #require(json["served"])
        let expected = try SafetensorsFile(path: GoldenFolder.path("merges/expected.safetensors"))
        let ids = try #require(served["sequence"]?.array).compactMap { $0.int.map(Int32.init) }
        let folder = try TemporaryFolder()
        var model = try Self.model()
        try merge(
            try #require(served["weights"]?.object).map { ($0.key, $0.value.double ?? 0) },
            MergeSettings(
                method: try #require(
                    MergeMethod(rawValue: served["method"]?.string ?? "")),
                density: served["density"]?.double, rank: served["rank"]?.int),
            into: folder.path("merged"), base: model.base)
        let adapter = try model.addAdapter(path: folder.path("merged"), name: "merged")
        let mix = AdapterMix(shares: [.init(adapter: adapter.digest, weight: AdapterMix.unit)])
        let values = try logits(model, mix, ids)
        #expect(worst(values, try #require(expected["logits"]).floats()) < 2e-5)
        #expect(worst(values, try logits(model, .base, ids)) > 0.01)
    }

    /// What is added row by row while serving is what `cat` writes down once.
    @Test func concatenatedAdaptersAreTheirMix() throws {
        let folder = try TemporaryFolder()
        var model = try Self.model()
        let weights = [("a", 0.5), ("b", -0.75), ("r", 1.25)]
        try merge(
            weights, MergeSettings(method: .cat), into: folder.path("merged"), base: model.base)
        let shares = try weights.map { name, weight in
            AdapterMix.Share(
                adapter: try model.addAdapter(
                    path: GoldenFolder.path("merges/\(name)"), name: name
                ).digest, weight: try #require(AdapterMix.weight(weight)))
        }
        let merged = try model.addAdapter(path: folder.path("merged"), name: "merged")
        let ids: [Int32] = [1, 40, 99, 3, 3, 71]
        let alone = AdapterMix(shares: [.init(adapter: merged.digest, weight: AdapterMix.unit)])
        #expect(
            worst(try logits(model, alone, ids), try logits(model, AdapterMix(shares: shares), ids))
                < 2e-5)
    }
}
