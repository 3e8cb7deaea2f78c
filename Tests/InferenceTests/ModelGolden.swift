import Adapters
import Inference
import Tensors
import TestSupport

/// Expected logits of a tiny checkpoint with adapters, made by transformers and peft (see `Tests/Goldens/README.md`).
struct ModelGolden {
    let folder: String
    let sequences: [[Int32]]
    /// Adapter weights by name, one a mix.
    let mixes: [[String: Double]]
    /// (sequence, position) of each row of logits.
    let rows: [(sequence: Int, position: Int)]
    private let expected: SafetensorsFile

    static let adapterNames = ["a", "b", "c"]

    /// Families beyond Llama's, tied and untied, with other scalings of the rotary embedding.
    static let families = [
        "gemma", "gemma_untied", "gemma2", "gemma2_untied", "gemma3", "gemma3_untied", "phi3",
        "phi3_untied", "smollm3", "smollm3_untied", "granite", "granite_untied", "olmo2",
        "olmo2_untied", "qwen2_yarn", "qwen3_yarn", "qwen2_dynamic", "qwen3_dynamic",
    ]
    /// Those that have a GGUF file as well.
    static let twins = [
        "gemma", "gemma2", "gemma3", "phi3", "phi3_untied", "smollm3", "granite",
        "granite_untied", "olmo2_untied", "qwen2_yarn", "qwen3_yarn",
    ]

    init(_ name: String) throws {
        folder = GoldenFolder.path("models/\(name)")
        let json = try FileBytes(path: folder + "/expected.json", loading: .copied).json()
        sequences = (json["sequences"]?.array ?? []).map { ids in
            (ids.array ?? []).compactMap { $0.int.map(Int32.init) }
        }
        mixes = (json["mixes"]?.array ?? []).map { mix in
            var weights: [String: Double] = [:]
            for (name, weight) in mix.object ?? [:] { weights[name] = weight.double }
            return weights
        }
        rows = (json["rows"]?.array ?? []).compactMap { pair in
            guard let pair = pair.array, pair.count == 2, let sequence = pair[0].int,
                let position = pair[1].int
            else { return nil }
            return (sequence, position)
        }
        expected = try SafetensorsFile(path: folder + "/expected.safetensors")
    }

    /// (row, vocabulary).
    func logits(mix: Int) throws -> [Float] {
        try expected["logits.\(mix)"]?.floats() ?? []
    }

    /// Of every token but the first, sequence after sequence.
    func logProbabilities(mix: Int) throws -> [Float] {
        try expected["logprobs.\(mix)"]?.floats() ?? []
    }

    /// The mix as the engine takes it.
    func mix(_ index: Int, on shelf: AdapterShelf) -> AdapterMix {
        AdapterMix(
            shares: mixes[index].compactMap { name, weight in
                guard let adapter = shelf.named[name], let weight = AdapterMix.weight(weight) else {
                    return nil
                }
                return AdapterMix.Share(adapter: adapter.digest, weight: weight)
            })
    }
}
