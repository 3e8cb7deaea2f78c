import Tensors
import TestSupport
import Testing

@testable import Adapters

/// Adapters' numbers, written and read again.
@Suite struct AdapterFileTests {
    private static let base = AdapterFolder.base
    private static let head = BaseShape(
        name: "tiny", digest: AdapterFolder.baseDigest, layerCount: 2, linears: base.linears,
        vocabulary: BaseShape.Vocabulary(size: 20, hiddenSize: 8, isTied: false))

    private func factors(
        _ rank: Int, outputs: Int, inputs: Int, scale: Float = 2, seed: UInt64 = 1
    ) throws -> AdapterFactors {
        var random = SeededGenerator(seed: seed)
        return try AdapterFactors(
            a: (0..<rank * inputs).map { _ in Float.random(in: -1...1, using: &random) },
            b: (0..<outputs * rank).map { _ in Float.random(in: -1...1, using: &random) },
            rank: rank, scale: scale)
    }

    private func reread(
        _ modules: [AdapterModule: AdapterFactors], base: BaseShape = base
    ) throws -> (file: AdapterFile, configuration: JSONValue) {
        let folder = try TemporaryFolder()
        let path = folder.path("adapter")
        try AdapterFile(modules, base: base, baseName: "someone/tiny").write(to: path)
        let json = try FileBytes(folder.read("adapter/adapter_config.json")).json()
        // Everything that is written can be served.
        #expect(try Adapter(path: path, base: base).warnings.isEmpty)
        return (try AdapterFile(path: path, base: base), json)
    }

    @Test func numbersComeBackToTheBit() throws {
        var modules: [AdapterModule: AdapterFactors] = [:]
        let scales: [Float] = [
            2, 5 / 3, 4 / Float(3).squareRoot(), 0.1, 1e-6, 16384, 0.3333,
            Float(16 / 12.0.squareRoot()),
        ]
        for (index, scale) in scales.enumerated() {
            let linear = LinearName.allCases[index % 4]
            let shape = try #require(Self.base.linears[linear])
            modules[.linear(layer: index / 4, linear)] = try factors(
                index == 5 ? 1 : index + 2, outputs: shape.outputs, inputs: shape.inputs,
                scale: scale, seed: UInt64(index))
        }
        let file = try reread(modules).file
        #expect(file.modules == modules)
        #expect(file.baseName == "someone/tiny" && file.warnings.isEmpty)
    }

    @Test func theConfigurationSaysWhatMostModulesHave() throws {
        let query = try factors(4, outputs: 8, inputs: 8, scale: 2)
        let modules: [AdapterModule: AdapterFactors] = [
            .linear(layer: 0, .query): query, .linear(layer: 1, .query): query,
            .linear(layer: 1, .down): try factors(3, outputs: 8, inputs: 12, scale: 1.5),
            .head: try factors(4, outputs: 20, inputs: 8, scale: 2),
        ]
        let (file, json) = try reread(modules, base: Self.head)
        #expect(file.modules == modules)
        #expect(json["r"] == .integer(4) && json["lora_alpha"] == .integer(8))
        #expect(
            json["rank_pattern"]?.text == #"{"model.layers.1.mlp.down_proj":3}"#
                && json["alpha_pattern"]?.text == #"{"model.layers.1.mlp.down_proj":4.5}"#)
        #expect(
            json["target_modules"]?.array?.compactMap(\.string) == [
                "model.layers.1.mlp.down_proj", "lm_head", "q_proj",
            ])
    }

    @Test func layersThatAllKindsHaveAreSaidOnce() throws {
        let modules: [AdapterModule: AdapterFactors] = [
            .linear(layer: 1, .query): try factors(2, outputs: 8, inputs: 8),
            .linear(layer: 1, .down): try factors(2, outputs: 8, inputs: 12),
        ]
        let (file, json) = try reread(modules)
        #expect(file.modules == modules)
        #expect(json["layers_to_transform"]?.text == "[1]")
        #expect(json["target_modules"]?.text == #"["down_proj","q_proj"]"#)
        let everywhere = try factors(2, outputs: 8, inputs: 8)
        let all = try reread([
            .linear(layer: 0, .query): everywhere, .linear(layer: 1, .query): everywhere,
        ])
        #expect(all.configuration["layers_to_transform"] == nil)
    }

    @Test(arguments: [DType.f16, .bf16, .f32])
    func factorsAreStoredAsIsAsked(_ dtype: DType) throws {
        let folder = try TemporaryFolder()
        let module = AdapterModule.linear(layer: 0, .query)
        let values = (0..<16).map { Float($0) / 8 }
        let given = try AdapterFactors(a: values, b: values, rank: 2, scale: 2)
        try AdapterFile([module: given], base: Self.base).write(to: folder.path("a"), dtype: dtype)
        #expect(
            try AdapterFile(path: folder.path("a"), base: Self.base).modules == [module: given])
        let tensors = try SafetensorsFile(path: folder.path("a/adapter_model.safetensors")).tensors
        #expect(tensors.map(\.dtype) == [dtype, dtype])
    }

    @Test func valuesThatHalvesDoNotReachAreRefused() throws {
        let folder = try TemporaryFolder()
        let given = try AdapterFactors(
            a: [Float](repeating: 1e5, count: 8), b: [Float](repeating: 1, count: 8), rank: 1,
            scale: 1)
        let file = try AdapterFile([.linear(layer: 0, .query): given], base: Self.base)
        let error = #expect(throws: AdapterError.self) {
            try file.write(to: folder.path("a"), dtype: .f16)
        }
        #expect(error?.message.contains("store it as f32") == true)
        try file.write(to: folder.path("a"), dtype: .bf16)
    }

    /// Whole alphas stay whole, though 5 / 3 in 32 bits times 3 is not 5.
    @Test func alphasAreNotBlurred() throws {
        let modules: [AdapterModule: AdapterFactors] = [
            .linear(layer: 0, .query): try factors(
                3, outputs: 8, inputs: 8, scale: Float(5.0 / 3.0))
        ]
        #expect(try reread(modules).configuration["lora_alpha"] == .integer(5))
    }

    /// PEFT has no negative or vanishing alpha, and a huge one is taken for a mistake.
    @Test(arguments: [-2, 0, 40000] as [Float])
    func aScaleThatNoAlphaSaysGoesIntoB(_ scale: Float) throws {
        let module = AdapterModule.linear(layer: 0, .query)
        let given = try factors(2, outputs: 8, inputs: 8, scale: scale)
        let read = try #require(try reread([module: given]).file.modules[module])
        #expect(read.scale == 1 && read.a == given.a && read.b == given.b.map { $0 * scale })
    }

    @Test func fusedMatricesStayWhole() throws {
        let base = BaseShape(
            name: "tiny", digest: AdapterFolder.baseDigest, layerCount: 2,
            linears: Self.base.linears, fused: [.queryKeyValue, .gateUp])
        let modules: [AdapterModule: AdapterFactors] = [
            .fused(layer: 1, .queryKeyValue): try factors(2, outputs: 16, inputs: 8),
            .fused(layer: 0, .gateUp): try factors(2, outputs: 24, inputs: 8),
        ]
        #expect(try reread(modules, base: base).file.modules == modules)
        let error = #expect(throws: AdapterError.self) {
            try AdapterFile(
                [.linear(layer: 0, .key): factors(2, outputs: 4, inputs: 8)], base: base)
        }
        #expect(error?.message.contains("qkv_proj") == true)
    }

    @Test func peftDirectoriesAreRead() throws {
        let folder = try AdapterFolder()
        folder.configuration["alpha_pattern"] = #"{"down_proj": 5}"#
        folder.configuration["base_model_name_or_path"] = #""someone/Other""#
        try folder.write()
        let file = try AdapterFile(path: folder.folder.path, base: Self.base)
        #expect(
            file.sortedModules == [.linear(layer: 0, .query), .linear(layer: 1, .down)])
        let down = try #require(file.modules[.linear(layer: 1, .down)])
        #expect(down.scale == 2.5 && down.rank == 2 && down.inputs == 12 && down.outputs == 8)
        #expect(down.a == (0..<24).map { Float($0) / 8 })
        #expect(file.warnings.count == 1 && file.warnings[0].contains("someone/Other"))
        #expect(file.baseName == "someone/Other")
    }

    @Test func otherFormsAreRefusedByName() throws {
        func refusal(_ change: (AdapterFolder) throws -> Void) throws -> String {
            let folder = try AdapterFolder()
            try change(folder)
            try folder.write()
            let error = #expect(throws: AdapterError.self) {
                try AdapterFile(path: folder.folder.path, base: Self.head)
            }
            #expect(error?.code == .unsupported)
            return error?.message ?? ""
        }
        let query = "base_model.model.\(AdapterFolder.query)"
        #expect(
            try refusal { folder in
                folder.configuration["use_dora"] = "true"
                try folder.add("\(query).lora_magnitude_vector", [8])
                try folder.add(
                    "base_model.model.\(AdapterFolder.down).lora_magnitude_vector", [8])
            }.contains("DoRA"))
        #expect(
            try refusal { folder in
                folder.configuration["lora_bias"] = "true"
                try folder.add("\(query).lora_B.bias", [8])
            }.contains("biases"))
        #expect(
            try refusal { try $0.add("base_model.model.lm_head.weight", [20, 8]) }
                .contains("lm_head.weight"))
        #expect(
            try refusal { folder in
                let name = "base_model.model.model.embed_tokens.lora_embedding_"
                try folder.add("\(name)A", [2, 20])
                try folder.add("\(name)B", [8, 2])
            }.contains("embed_tokens"))
    }

    @Test func factorsThatDoNotFitAreRefused() throws {
        #expect(throws: AdapterError.self) {
            try AdapterFactors(a: [1, 2, 3], b: [1, 2], rank: 2, scale: 1)
        }
        #expect(throws: AdapterError.self) { try AdapterFactors(a: [], b: [], rank: 1, scale: 1) }
        #expect(throws: AdapterError.self) {
            try AdapterFactors(a: [1], b: [1], rank: 0, scale: 1)
        }
        #expect(throws: AdapterError.self) {
            try AdapterFactors(a: [.nan], b: [1], rank: 1, scale: 1)
        }
        #expect(throws: AdapterError.self) { try AdapterFile([:], base: Self.base) }
        let error = #expect(throws: AdapterError.self) {
            try AdapterFile(
                [.linear(layer: 0, .key): factors(2, outputs: 8, inputs: 8)], base: Self.base)
        }
        #expect(error?.code == .mismatch && error?.message.contains("[8, 8]") == true)
        #expect(error?.message.contains("[4, 8]") == true)
    }

    @Test func anotherBaseIsRefused() throws {
        let folder = try TemporaryFolder()
        try AdapterFile(
            [.linear(layer: 0, .query): factors(2, outputs: 8, inputs: 8)], base: Self.base
        ).write(to: folder.path("a"))
        let other = BaseShape(
            name: "tiny", digest: Digest(of: [1]), layerCount: 2, linears: Self.base.linears)
        let error = #expect(throws: AdapterError.self) {
            try AdapterFile(path: folder.path("a"), base: other)
        }
        #expect(error?.code == .mismatch)
    }

    @Test func anAdapterIsReplacedAndOtherFilesStay() throws {
        let folder = try TemporaryFolder()
        let module = AdapterModule.linear(layer: 0, .query)
        for rank in [2, 2, 3] {
            let file = try AdapterFile(
                [module: factors(rank, outputs: 8, inputs: 8, seed: UInt64(rank))], base: Self.base)
            try file.write(to: folder.path("a"))
            #expect(
                try AdapterFile(path: folder.path("a"), base: Self.base).modules == file.modules)
            try folder.write("a card", to: "a/README.md")
        }
        #expect(
            PrivateFolder(path: folder.path("a")).names == [
                "README.md", "adapter_config.json", "adapter_model.safetensors",
            ])
    }

    /// Nothing of what is there is touched unless both files could be written.
    @Test func aFailureLeavesTheOldAdapter() throws {
        let folder = try TemporaryFolder()
        let module = AdapterModule.linear(layer: 0, .query)
        let old = try AdapterFile(
            [module: factors(2, outputs: 8, inputs: 8)], base: Self.base)
        try old.write(to: folder.path("a"))
        let new = try AdapterFile(
            [module: factors(3, outputs: 8, inputs: 8)], base: Self.base,
            baseName: String(repeating: "x", count: 2000))
        let error = #expect(throws: AdapterError.self) {
            try new.write(to: folder.path("a/adapter_config.json"))
        }
        #expect(error?.code == .unwritable)
        #expect(try AdapterFile(path: folder.path("a"), base: Self.base).modules == old.modules)
        #expect(throws: AdapterError.self) {
            try new.write(to: folder.path("a/adapter_config.json/no/folder"))
        }
    }

    /// Damaged files are refused or read, and what is read can be written.
    @Test(arguments: ["adapter_config.json", "adapter_model.safetensors"])
    func randomDamageNeverTraps(name: String) throws {
        let folder = try AdapterFolder()
        folder.configuration["rank_pattern"] = #"{"q_proj": 2}"#
        folder.configuration["target_modules"] = #"["q_proj", "down_proj"]"#
        try folder.write()
        let good = try folder.folder.read(name)
        var random = SeededGenerator(seed: 14)
        for _ in 0..<150 {
            try folder.folder.write(Mutation.of(good, using: &random), to: name)
            do throws(AdapterError) {
                let file = try AdapterFile(path: folder.folder.path, base: Self.base)
                try file.write(to: folder.folder.path("written"))
            } catch {
                #expect(error.code != .unwritable)
            }
        }
    }
}
