import Adapters
import Tensors
import TestSupport
import Testing

/// Everything that could not be applied fully is refused, with a message that says what and why.
@Suite struct AdapterRefusalTests {
    private func expect(
        _ code: AdapterError.Code, _ parts: [String], _ location: SourceLocation = #_sourceLocation,
        _ change: (AdapterFolder) throws -> Void
    ) throws {
        let adapter = try AdapterFolder()
        try change(adapter)
        let error = try #require(try adapter.refusal(), "accepted", sourceLocation: location)
        #expect(error.code == code, "\(error)", sourceLocation: location)
        for part in [adapter.folder.path] + parts {
            #expect(error.message.contains(part), "\(error)", sourceLocation: location)
        }
    }

    @Test(arguments: [
        ("trainable_token_indices", "[1, 2]", "single tokens"),
        ("layer_replication", "[[0, 2]]", "replicated layers"),
        ("alora_invocation_tokens", "[5]", "activated LoRA"),
        ("target_parameters", #"["w"]"#, "bare parameters"),
        ("use_qalora", "true", "QA-LoRA"),
        ("use_bdlora", #"{"nblocks": 2}"#, "block-diagonal"),
        ("arrow_config", #"{"top_k": 3}"#, "Arrow"),
        ("kasa_config", #"{"a": 1}"#, "KaSA"), ("velora_config", #"{"a": 1}"#, "VeLoRA"),
        ("monteclora_config", #"{"a": 1}"#, "MonteCLoRA"),
        ("use_mora", "true", "not known"), ("enable_lora", "[true, false]", "not known"),
        ("new_scale", "0.5", "not known"), ("router", #""top1""#, "not known"),
        ("init_lora_weights", #""pissa""#, "pissa"),
        ("init_lora_weights", #""pissa_niter_16""#, "base weights"),
        ("init_lora_weights", #""olora""#, "base weights"),
        ("init_lora_weights", #""corda""#, "base weights"),
        ("init_lora_weights", #""loftq""#, "base weights"),
        ("init_lora_weights", #""lora_ga""#, "base weights"),
        ("peft_type", #""IA3""#, "IA3"), ("peft_type", "null", "only LORA"),
        ("rank_pattern", #"{"(?<=a)q": 2}"#, "lookbehind"),
        ("alpha_pattern", #"{"(?i)q": 2}"#, "inline flags"),
        ("target_modules", #""(q)_\\1""#, "backreference"),
        ("exclude_modules", #""a++""#, "possessive"),
        ("layers_pattern", #""(?i)h""#, "inline flags"),
        ("modules_to_save", #"["(?i)h"]"#, "inline flags"),
    ])
    func foreignFeaturesAreRefused(key: String, value: String, reason: String) throws {
        try expect(.unsupported, [key, reason]) { $0.configuration[key] = value }
    }

    /// PEFT writes all of these into every configuration, and older versions and other trainers wrote more.
    @Test func featuresThatAreOffAreFine() throws {
        let adapter = try AdapterFolder()
        for key in ["use_dora", "lora_bias", "fan_in_fan_out", "use_qalora", "use_bdlora"] {
            adapter.configuration[key] = "false"
        }
        for key in [
            "modules_to_save", "layer_replication", "target_parameters", "arrow_config",
            "rank_pattern",
        ] {
            adapter.configuration[key] = "null"
        }
        adapter.configuration["loftq_config"] = "{}"
        adapter.configuration["alpha_pattern"] = "{}"
        adapter.configuration["fan_in_fan_out"] = "true"
        adapter.configuration["auto_mapping"] = #"{"unsloth_fixed": true}"#
        adapter.configuration["runtime_config"] = #"{"ephemeral_gpu_offload": false}"#
        adapter.configuration["eva_config"] = #"{"rho": 2.0}"#
        adapter.configuration["task_type"] = #""CAUSAL_LM""#
        adapter.configuration["something_new"] = "[]"
        adapter.configuration["another"] = "0"
        for start in ["true", "false", #""gaussian""#, #""eva""#, #""orthogonal""#, #""mica""#] {
            adapter.configuration["init_lora_weights"] = start
            #expect(try adapter.refusal() == nil)
        }
    }

    @Test(arguments: [
        ("r", "", "r is missing"), ("r", "0", "1...1024"), ("r", "-1", "1...1024"),
        ("r", "1025", "1...1024"),
        ("r", "1e30", "1...1024"), ("r", #""2""#, "1...1024"), ("r", "2.5", "1...1024"),
        ("lora_alpha", "", "lora_alpha is missing"), ("lora_alpha", "0", "(0, 16384]"),
        ("lora_alpha", "-4", "(0, 16384]"), ("lora_alpha", "1e9", "(0, 16384]"),
        ("lora_alpha", "null", "(0, 16384]"),
        ("lora_alpha", "NaN", "adapter_config.json"),
        ("lora_alpha", "Infinity", "adapter_config.json"),
        ("lora_alpha", "1e999", "adapter_config.json"),
        ("rank_pattern", #"{"q_proj": 0}"#, "rank_pattern"),
        ("rank_pattern", #"{"q_proj": 3000}"#, "rank_pattern"),
        ("rank_pattern", #"{"q_proj": 2.5}"#, "rank_pattern"),
        ("rank_pattern", "[2]", "rank_pattern"), ("alpha_pattern", #""q_proj""#, "alpha_pattern"),
        ("alpha_pattern", #"{"q_proj": -1}"#, "alpha_pattern"),
        ("alpha_pattern", #"{"q_proj": "1"}"#, "alpha_pattern"),
        ("bias", "true", "bias"), ("bias", #""some""#, "lora_only"),
        ("use_dora", "1", "use_dora"), ("target_modules", "7", "target_modules"),
        ("layers_to_transform", #"["a"]"#, "layers_to_transform"),
        ("exclude_modules", "[1]", "exclude_modules"),
        ("use_rslora", "1", "use_rslora"), ("use_rslora", #""true""#, "use_rslora"),
        ("fusebox_base_digest", #""abc""#, "SHA-256"),
    ])
    func numbersThatMakeNoSenseAreRefused(key: String, value: String, reason: String) throws {
        try expect(.malformed, [reason]) { $0.configuration[key] = value.isEmpty ? nil : value }
    }

    @Test func patternsAreLimited() throws {
        try expect(.malformed, ["rank_pattern"]) { adapter in
            let members = (0..<5000).map { "\"layers.\($0).q_proj\": 2" }
            adapter.configuration["rank_pattern"] = "{\(members.joined(separator: ", "))}"
        }
    }

    @Test func pairsHaveToBeWhole() throws {
        try expect(.malformed, [AdapterFolder.query, "lora_B is missing"]) {
            $0.remove("q_proj.lora_B.weight")
        }
        try expect(.malformed, [AdapterFolder.down, "lora_A is missing"]) {
            $0.remove("down_proj.lora_A.weight")
        }
        try expect(.malformed, ["no LoRA tensors"]) { $0.tensors = [] }
    }

    @Test(arguments: [
        ("base_model.model.model.embed_tokens.trainable_tokens_delta", "single tokens"),
        ("base_model.model.model.layers.0.self_attn.q_proj.lora_C.weight", "nothing is skipped"),
        (
            "base_model.model.model.layers.0.self_attn.q_proj.lora_A.a.b.weight",
            "nothing is skipped"
        ),
        ("base_model.model.model.layers.0.self_attn.w_pack.lora_A.weight", "nothing is skipped"),
        ("base_model.model.model.layers.0.self_attn.gate_proj.lora_A.weight", "nothing is skipped"),
        ("base_model.model.model.layers.0.mlp.q_proj.lora_A.weight", "nothing is skipped"),
        ("base_model.model.model.layers.0.attn.q_proj.lora_A.weight", "nothing is skipped"),
        ("base_model.model.model.layers.0..q_proj.lora_A.weight", "nothing is skipped"),
        ("base_model.model.model.layers.x.mlp.down_proj.lora_A.weight", "nothing is skipped"),
        ("base_model.model.model.layers.+1.mlp.up_proj.lora_A.weight", "nothing is skipped"),
        ("base_model.model.model.layers.01.mlp.up_proj.lora_A.weight", "nothing is skipped"),
        ("base_model.model.visual.layers.0.mlp.up_proj.lora_A.weight", "nothing is skipped"),
        (
            "base_model.model.model.vision_tower.layers.0.q_proj.lora_C.a.weight",
            "nothing is skipped"
        ),
        (
            "base_model.model.model.language_model.layers.0.cross_attn.q_proj.lora_A.weight",
            "nothing is skipped"
        ),
        ("stray", "nothing is skipped"),
    ])
    func otherTensorsAreRefused(name: String, reason: String) throws {
        try expect(.unsupported, [name, reason]) { try $0.add(name, [2, 8]) }
    }

    @Test(arguments: ["2", "7", "99999999999"])
    func layersBeyondTheBaseAreRefused(layer: String) throws {
        let name = "model.layers.\(layer).mlp.up_proj"
        try expect(.mismatch, [name, "2 layers"]) {
            try $0.add(name, rank: 2, outputs: 12, inputs: 8)
        }
    }

    @Test func anAdapterOfWhatReadsImagesAloneIsRefused() throws {
        try expect(.malformed, ["no LoRA tensors", "images"]) { adapter in
            adapter.tensors = []
            let module = "model.multi_modal_projector.linear_1"
            try adapter.add(module, rank: 2, outputs: 8, inputs: 8)
            try adapter.add("base_model.model.\(module).bias", [8])
        }
    }

    @Test func aModuleBelowTheTextModelAndBesideItIsThereTwice() throws {
        let module = AdapterFolder.query.replacing("model.layers", with: "language_model.layers")
        try expect(.malformed, [AdapterFolder.query, "twice"]) {
            try $0.add("model.\(module).lora_A.weight", [2, 8])
        }
    }

    /// The prefix that PEFT writes may be missing, but then a module may not come twice.
    @Test func modulesThatComeTwiceAreRefused() throws {
        try expect(.malformed, [AdapterFolder.query, "twice"]) {
            try $0.add("\(AdapterFolder.query).lora_A.weight", [2, 8])
        }
    }

    @Test func wrongShapesAreNamedWithWhatIsNeeded() throws {
        let module = "model.layers.1.self_attn.k_proj"
        try expect(.mismatch, [module, "[8, 8]", "[4, 8]"]) {
            try $0.add(module, rank: 2, outputs: 8, inputs: 8)
        }
        try expect(.mismatch, [module, "[4, 6]", "[4, 8]"]) {
            try $0.add(module, rank: 2, outputs: 4, inputs: 6)
        }
        try expect(.mismatch, [module, "[3, 8]", "[4, 2]", "rank"]) {
            try $0.add("base_model.model.\(module).lora_A.weight", [3, 8])
            try $0.add("base_model.model.\(module).lora_B.weight", [4, 2])
        }
        try expect(.mismatch, [module, "[16]"]) {
            try $0.add("base_model.model.\(module).lora_A.weight", [16])
            try $0.add("base_model.model.\(module).lora_B.weight", [4, 2])
        }
    }

    @Test func ranksHaveToBeThoseOfTheConfiguration() throws {
        try expect(.mismatch, [AdapterFolder.query, "the rank is 2", "says 3"]) {
            $0.configuration["r"] = "3"
        }
        try expect(.mismatch, [AdapterFolder.down, "the rank is 2", "says 1"]) {
            $0.configuration["rank_pattern"] = #"{"down_proj": 1}"#
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func valuesThatAreNotFiniteAreRefused(_ value: Float) throws {
        for factor in ["A", "B"] {
            let name = "base_model.model.\(AdapterFolder.query).lora_\(factor).weight"
            try expect(.malformed, [name, "not finite"]) { adapter in
                adapter.remove("q_proj.lora_\(factor).weight")
                let shape = factor == "A" ? [2, 8] : [8, 2]
                try adapter.add(name, shape) { $0 == 11 ? value : 1 }
            }
        }
    }

    @Test func integersAreNoFactors() throws {
        let name = "base_model.model.\(AdapterFolder.query).lora_A.weight"
        try expect(.malformed, [name]) { adapter in
            adapter.remove("q_proj.lora_A.weight")
            adapter.tensors.append(
                try Tensor(
                    name: name, dtype: .i32, shape: [2, 8], bytes: [UInt8](repeating: 0, count: 64))
            )
        }
    }

    @Test func aBaseThatWasRecordedHasToBeThisOne() throws {
        let other = Digest(of: Array("other".utf8))
        try expect(.mismatch, [other.description, AdapterFolder.baseDigest.description]) {
            $0.configuration["fusebox_base_digest"] = "\"\(other)\""
        }
        let adapter = try AdapterFolder()
        adapter.configuration["fusebox_base_digest"] = "\"\(AdapterFolder.baseDigest)\""
        #expect(try adapter.refusal() == nil)
    }

    @Test func filesThatAreMissingAreNamed() throws {
        for name in ["adapter_config.json", "adapter_model.safetensors"] {
            let adapter = try AdapterFolder()
            try adapter.write()
            try adapter.folder.remove(name)
            let error = try #require(adapter.refusalAsItIs())
            #expect(error.code == .notFound && error.message.contains(name))
        }
    }

    /// Cut anywhere, a file is refused; it never traps.
    @Test func truncatedFilesAreRefused() throws {
        let adapter = try AdapterFolder()
        try adapter.write()
        for name in ["adapter_config.json", "adapter_model.safetensors"] {
            let whole = try adapter.folder.read(name)
            for count in Set([0, 1, 7, 8, 9, whole.count / 3, whole.count / 2, whole.count - 1]) {
                try adapter.folder.write(Array(whole.prefix(count)), to: name)
                let error = try #require(adapter.refusalAsItIs(), "\(name) cut to \(count)")
                #expect(error.code == .malformed && error.message.contains(name))
            }
            try adapter.folder.write(whole, to: name)
        }
        #expect(adapter.refusalAsItIs() == nil)
    }

    /// Pickles run code when they are read, so they never are.
    @Test func picklesAreRefused() throws {
        let pickle: [UInt8] = [
            0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
            0x2E,
        ]
        let zip: [UInt8] = [0x50, 0x4B, 0x03, 0x04] + [UInt8](repeating: 0, count: 60)
        for bytes in [pickle, zip] {
            let adapter = try AdapterFolder()
            try adapter.write()
            try adapter.folder.write(bytes, to: "adapter_model.safetensors")
            #expect(adapter.refusalAsItIs()?.code == .malformed)
            try adapter.folder.remove("adapter_model.safetensors")
            try adapter.folder.write(bytes, to: "adapter_model.bin")
            let error = try #require(adapter.refusalAsItIs())
            #expect(error.code == .unsupported && error.message.contains("adapter_model.bin"))
        }
    }

    @Test func randomDamageNeverTraps() throws {
        var random = SeededGenerator(seed: 6)
        let adapter = try AdapterFolder()
        try adapter.write()
        for name in ["adapter_config.json", "adapter_model.safetensors"] {
            let whole = try adapter.folder.read(name)
            for _ in 0..<150 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<min(bytes.count, 400), using: &random)] = .random(
                        in: 0...255, using: &random)
                }
                try adapter.folder.write(bytes, to: name)
                if let error = adapter.refusalAsItIs() {
                    #expect(error.message.contains(adapter.folder.path))
                }
            }
            try adapter.folder.write(whole, to: name)
        }
    }
}
