import Adapters
import Inference
import Kernels
import Models
import Tensors
import TestSupport
import Testing

/// Adapters as trainers write them against PEFT (`Tests/Goldens/make_adapters.py`).
@Suite struct AdapterFormTests {
    struct Golden {
        let folder = GoldenFolder.path("adapters")
        let json: JSONValue
        let expected: SafetensorsFile

        init() throws {
            json = try FileBytes(path: folder + "/expected.json", loading: .copied).json()
            expected = try SafetensorsFile(path: folder + "/expected.safetensors")
        }

        func names(_ key: String) -> [(name: String, base: String)] {
            (json[key]?.object ?? [:]).map { ($0.key, $0.value.string ?? "") }
        }

        /// The worst error of the rows kept, relative to the largest logit.
        func error(
            of model: LoadedModel, base: String, _ mix: AdapterMix, tensor: String
        ) throws -> Double {
            let scorer = try Scorer(
                model: model.transformer, shelf: model.shelf, mix: mix, kernels: model.kernels,
                pool: model.pool)
            let values = try #require(expected[tensor]).floats()
            let vocabulary = model.transformer.configuration.vocabularySize
            let rows = try #require(json["rows"]?.array).map { $0.array?.compactMap(\.int) ?? [] }
            #expect(values.count == rows.count * vocabulary)
            let largest = values.reduce(0) { max($0, abs($1)) }
            var worst: Float = 0
            for (number, ids) in (json["sequences"]?[base]?.array ?? []).enumerated() {
                let ids = (ids.array ?? []).compactMap { $0.int.map(Int32.init) }
                try scorer.score(ids) { position, logits in
                    guard let row = rows.firstIndex(of: [number, position]) else { return }
                    for id in 0..<vocabulary {
                        worst = max(worst, abs(logits[id] - values[row * vocabulary + id]))
                    }
                }
            }
            return Double(worst / largest)
        }
    }

    func model(
        _ base: String, _ type: ExecutionType = .f32, file: String = ""
    ) throws -> LoadedModel {
        try LoadedModel(
            path: GoldenFolder.path("models/\(base)\(file)"), precision: Precision(weights: type),
            threadCount: 2)
    }

    func add(_ name: String, to model: inout LoadedModel, file: String = "") throws
        -> AdapterMix
    {
        let path = GoldenFolder.path("adapters/\(name)\(file)")
        let adapter = try model.addAdapter(path: path, name: name)
        return AdapterMix(shares: [.init(adapter: adapter.digest, weight: AdapterMix.unit)])
    }

    @Test func everyFormIsAsPEFTHasIt() throws {
        let golden = try Golden()
        let forms = golden.names("forms")
        #expect(forms.count > 30)
        for (name, base) in forms {
            var model = try model(base)
            let mix = try add(name, to: &model)
            let error = try golden.error(of: model, base: base, mix, tensor: "form.\(name)")
            #expect(error < 2e-5, "\(name): \(error)")
            let none = try golden.error(of: model, base: base, .base, tensor: "base.\(base)")
            #expect(none < 2e-5, "\(name) leaves the base alone")
        }
    }

    /// As PEFT writes them for a model of texts and images, whose text model is the base.
    @Test(arguments: [
        ("plain", "model.language_model."), ("plain", "language_model.model."),
        ("unsloth", "model.language_model."), ("unsloth", "language_model."),
    ])
    func adaptersOfModelsThatReadImagesAreThoseOfTheText(
        _ form: String, _ level: String
    ) throws {
        let golden = try Golden()
        let source = golden.folder + "/" + form
        let folder = try TemporaryFolder()
        try folder.write(
            FileBytes.array(path: source + "/adapter_config.json", limit: 1 << 20),
            to: "adapter_config.json")
        let file = try SafetensorsFile(path: source + "/adapter_model.safetensors")
        var writer = SafetensorsWriter()
        for tensor in file.tensors {
            let name = tensor.name.replacing(".model.model.", with: ".model.\(level)")
            #expect(name != tensor.name)
            try writer.add(Tensor(name: name, shape: tensor.shape, floats: tensor.floats()))
        }
        let tower = "vision_tower.vision_model.encoder.layers.0.self_attn.q_proj"
        for (factor, shape) in [("A", [4, 6]), ("B", [6, 4])] {
            let name = "base_model.model.\(tower).lora_\(factor).weight"
            let floats = [Float](repeating: 1, count: 24)
            try writer.add(Tensor(name: name, shape: shape, floats: floats))
        }
        try writer.write(to: folder.path("adapter_model.safetensors"))
        var model = try model("llama")
        let adapter = try model.addAdapter(path: folder.path, name: form)
        #expect(adapter.warnings.contains { $0.contains("images") && $0.contains(tower) })
        let mix = AdapterMix(shares: [.init(adapter: adapter.digest, weight: AdapterMix.unit)])
        let error = try golden.error(of: model, base: "llama", mix, tensor: "form.\(form)")
        #expect(error < 2e-5, "\(form) below \(level): \(error)")
    }

    /// What holds low-rank factors alone is read as numbers and written again; of the rest each says what it is.
    @Test func formsOfFactorsAreWrittenAgain() throws {
        let golden = try Golden()
        let folder = try TemporaryFolder()
        var refused: Set<String> = []
        for (name, base) in golden.names("forms") {
            var model = try model(base)
            let path = GoldenFolder.path("adapters/\(name)")
            do throws(AdapterError) {
                try AdapterFile(path: path, base: model.base).write(to: folder.path(name))
            } catch {
                #expect(error.code == .unsupported && error.message.contains(path))
                refused.insert(name)
                continue
            }
            let adapter = try model.addAdapter(path: folder.path(name), name: name)
            let mix = AdapterMix(shares: [.init(adapter: adapter.digest, weight: AdapterMix.unit)])
            let error = try golden.error(of: model, base: base, mix, tensor: "form.\(name)")
            #expect(error < 2e-5, "\(name): \(error)")
        }
        let others = ["dora", "bias", "copies", "saved", "embedding"]
        #expect(refused.count > 15)
        #expect(refused.allSatisfy { name in others.contains { name.contains($0) } })
    }

    /// The same adapters in llama.cpp's form, on both forms of the base.
    @Test func twinsInGGUFAreTheSame() throws {
        let golden = try Golden()
        for (name, base) in golden.names("twins") {
            for file in ["", "/model.gguf"] {
                var model = try model(base, file: file)
                let mix = try add(name, to: &model, file: ".gguf")
                let error = try golden.error(of: model, base: base, mix, tensor: "form.\(name)")
                // A twin in half precision rounds the factors.
                #expect(
                    error < (name == "head" ? 2e-2 : 2e-5), "\(name) on \(base)\(file): \(error)")
            }
        }
    }

    @Test func mixesAddWhatEachAdapterAdds() throws {
        let golden = try Golden()
        let mixes = try #require(golden.json["mixes"]?.array)
        #expect(mixes.count == 6)
        for (number, item) in mixes.enumerated() {
            let base = try #require(item["base"]?.string)
            var model = try model(base)
            var shares: [AdapterMix.Share] = []
            for (name, weight) in item["weights"]?.object ?? [:] {
                let digest = try add(name, to: &model).shares[0].adapter
                let weight = try #require(weight.double.flatMap(AdapterMix.weight))
                shares.append(.init(adapter: digest, weight: weight))
            }
            let error = try golden.error(
                of: model, base: base, AdapterMix(shares: shares), tensor: "mix.\(number)")
            #expect(error < 2e-5, "mix \(number): \(error)")
        }
    }

    /// Activations and adapters in fewer bits: the error of a tiny model with weights of many sizes.
    @Test(arguments: ["dora", "dora-head", "embedding", "head", "copies-other", "saved-embedding"])
    func quantizedTypesStayClose(_ name: String) throws {
        let golden = try Golden()
        var model = try model("llama", .q8_0)
        let mix = try add(name, to: &model)
        #expect(try golden.error(of: model, base: "llama", mix, tensor: "form.\(name)") < 0.06)
    }

    @Test func copiesThatAreTheBaseMix() throws {
        var model = try model("llama")
        let mixes = try ["copies", "saved-head"].map { try add($0, to: &model) }
        let mix = AdapterMix(shares: mixes.flatMap(\.shares))
        #expect(throws: Never.self) {
            try Scorer(
                model: model.transformer, shelf: model.shelf, mix: mix, kernels: model.kernels,
                pool: model.pool)
        }
        #expect(model.shelf.named["copies"]?.warnings.contains { $0.contains("own") } == false)
    }

    /// A base in GGUF has its embedding quantized.
    @Test func copiesOfAQuantizedBaseAreTold() throws {
        var model = try model("qwen2", file: "/model.gguf")
        for name in ["tied-copies", "tied-embedding"] { _ = try add(name, to: &model) }
        #expect(model.shelf.named["tied-copies"]?.weights?.vocabulary == nil)
        let embedding = try #require(model.shelf.named["tied-embedding"]?.weights?.vocabulary)
        #expect(embedding.embedding != nil && embedding.otherEmbedding == nil)
        #expect(embedding.otherHead == nil)
    }

    @Test func adaptersThatReplaceTheSameAreRefusedTogether() throws {
        var model = try model("llama")
        for pair in [["copies-other", "saved-head"], ["saved-head", "dora-head"]] {
            let shares = try pair.flatMap { name in
                try model.shelf.named[name].map {
                    [AdapterMix.Share(adapter: $0.digest, weight: AdapterMix.unit)]
                } ?? add(name, to: &model).shares
            }
            #expect {
                try Scorer(
                    model: model.transformer, shelf: model.shelf, mix: AdapterMix(shares: shares),
                    kernels: model.kernels, pool: model.pool)
            } throws: { error in
                guard case InferenceError.mix(let message) = error else { return false }
                return pair.allSatisfy(message.contains) && message.contains("lm_head")
            }
        }
    }

    @Test func whatIsNotTargetedIsLeftOutWithAWarning() throws {
        var model = try model("llama")
        let mix = try add("not-targeted", to: &model)
        let warnings = model.shelf[mix.shares[0].adapter]?.warnings ?? []
        #expect(warnings.contains { $0.contains("left out") && $0.contains("k_proj") })
    }
}
