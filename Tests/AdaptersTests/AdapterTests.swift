import Adapters
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct AdapterTests {
    private func term(_ adapter: Adapter, _ site: LinearName.Site, layer: Int) -> LowRankTerm? {
        adapter.terms[LinearName.site(site, layer: layer)]
    }

    @Test func factorsStandWhereTheirModulesAre() throws {
        let folder = try AdapterFolder()
        try folder.add("model.layers.0.self_attn.v_proj", rank: 2, outputs: 4, inputs: 8)
        let adapter = try folder.load()
        #expect(adapter.rank == 2 && adapter.terms.count == 9 && adapter.byteCount > 0)
        #expect(adapter.terms.indices.filter { adapter.terms[$0] != nil } == [0, 7])
        let queryKeyValue = try #require(term(adapter, .queryKeyValue, layer: 0))
        #expect(queryKeyValue.shrink.ranks == 4 && queryKeyValue.shrink.inputs == 8)
        #expect(queryKeyValue.expansions.map(\.part) == [0, 2])
        #expect(queryKeyValue.expansions.map(\.firstRank) == [0, 2])
        #expect(queryKeyValue.expansions.map(\.columns.outputs) == [8, 4])
        for rank in 0..<4 {
            #expect(queryKeyValue.shrink.row(rank) == (0..<8).map { Float($0 + rank % 2 * 8) / 8 })
        }
    }

    @Test func scalesAreAlphaOverRank() throws {
        let folder = try AdapterFolder()
        func factor(_ site: LinearName.Site, layer: Int) throws -> Float? {
            try term(folder.load(), site, layer: layer)?.expansions.first?.factor
        }
        #expect(try factor(.queryKeyValue, layer: 0) == 2)
        folder.configuration["use_rslora"] = "true"
        #expect(try factor(.queryKeyValue, layer: 0) == Float(4 / 2.0.squareRoot()))
        folder.configuration["use_rslora"] = "null"
        folder.configuration["alpha_pattern"] =
            #"{"layers.1.mlp.down_proj": 5, "down_proj": 7, "q_.*": 0.5}"#
        #expect(try factor(.queryKeyValue, layer: 0) == 0.25)
        #expect(try factor(.down, layer: 1) == 2.5)
    }

    @Test func ranksMayDifferByModule() throws {
        let folder = try AdapterFolder()
        try folder.add("model.layers.1.self_attn.o_proj", rank: 5, outputs: 8, inputs: 8)
        folder.configuration["rank_pattern"] = #"{"o_proj": 5}"#
        let adapter = try folder.load()
        #expect(adapter.rank == 5)
        #expect(term(adapter, .output, layer: 1)?.expansions.first?.factor == 0.8)
    }

    @Test(arguments: [FactorFormat.f32, .bf16])
    func factorsAreKeptInTheFormatAskedFor(_ format: FactorFormat) throws {
        let folder = try AdapterFolder()
        try folder.write()
        let adapter = try Adapter(
            path: folder.folder.path, base: AdapterFolder.base, format: format)
        let down = try #require(term(adapter, .down, layer: 1))
        #expect(down.shrink.format == format && down.expansions[0].columns.format == format)
    }

    /// Factors that share an input may be of different types; they meet in floats.
    @Test func mixedTypesAreStacked() throws {
        let folder = try AdapterFolder()
        try folder.add("model.layers.0.self_attn.k_proj", rank: 2, outputs: 4, inputs: 8)
        folder.tensors = try folder.tensors.map {
            $0.name.contains("k_proj") ? try $0.converted(to: .f16) : $0
        }
        let shrink = try #require(term(folder.load(), .queryKeyValue, layer: 0)).shrink
        #expect(shrink.ranks == 4)
    }

    @Test func anotherBaseNameIsAWarning() throws {
        let folder = try AdapterFolder()
        #expect(try folder.load().warnings.isEmpty, "tiny and someone/Tiny are the same")
        folder.configuration["base_model_name_or_path"] = #""someone/Large""#
        let warnings = try folder.load().warnings
        #expect(
            warnings.count == 1 && warnings[0].contains("someone/Large")
                && warnings[0].contains("tiny"))
        folder.configuration["base_model_name_or_path"] = "null"
        #expect(try folder.load().warnings.isEmpty)
    }

    @Test func theDigestIsThatOfEveryByte() throws {
        let folder = try AdapterFolder()
        let digest = try folder.load().digest
        #expect(try folder.load().digest == digest)
        #expect(try AdapterFolder().load().digest == digest, "the place does not count")
        let tensors = try folder.folder.read("adapter_model.safetensors")
        var seen: Set<Digest> = [digest]
        for offset in [1, 9, 30] {
            var bytes = tensors
            bytes[bytes.count - offset] ^= 1
            try folder.folder.write(bytes, to: "adapter_model.safetensors")
            let changed = try Adapter(path: folder.folder.path, base: AdapterFolder.base)
            #expect(seen.insert(changed.digest).inserted)
        }
        try folder.folder.write(tensors, to: "adapter_model.safetensors")
        for change in [" ", "\n"] {
            let configuration = try folder.folder.read("adapter_config.json")
            try folder.folder.write(configuration + Array(change.utf8), to: "adapter_config.json")
            let changed = try Adapter(path: folder.folder.path, base: AdapterFolder.base)
            #expect(seen.insert(changed.digest).inserted)
        }
    }

    @Test func theShelfHasEachNameOnce() throws {
        let first = try AdapterFolder().shelved()
        let folder = try AdapterFolder()
        folder.configuration["lora_alpha"] = "5"
        let second = try folder.shelved()
        var shelf = AdapterShelf()
        try shelf.add(first, name: "style")
        #expect(throws: AdapterError(.malformed, "two adapters are named \"style\"")) {
            try shelf.add(second, name: "style")
        }
        #expect(shelf.named["style"]?.digest == first.digest)
        #expect(shelf[first.digest]?.digest == first.digest && shelf[second.digest] == nil)
        try shelf.add(second, name: "style-2")
        #expect(shelf[second.digest]?.digest == second.digest)
        try shelf.add(second, name: "style-3")
        #expect(shelf.name(of: second.digest) == "style-2" && shelf.adapters.count == 2)
        shelf.dropWeights()
        #expect(shelf.named["style"]?.weights == nil && shelf[first.digest]?.weights == nil)
        shelf.remove(second.digest)
        #expect(shelf.named.keys.sorted() == ["style"] && shelf[second.digest] == nil)
    }

    @Test func namesAreRegistryNames() throws {
        for name in [
            "a", "A", "0", "past_tense", "Qwen2.5-Lora_V1", "a.b-c_d", "autobahn", "Base",
            String(repeating: "a", count: 64),
        ] {
            #expect(AdapterShelf.isValid(name: name))
        }
        for name in [
            "", ".a", "-a", "_a", "a b", "a/b", "../a", "é", "a\n", "a\0", "auto", "base",
            String(repeating: "a", count: 65),
        ] {
            #expect(!AdapterShelf.isValid(name: name))
            var shelf = AdapterShelf()
            let adapter = try AdapterFolder().shelved()
            #expect(throws: AdapterError.self) { try shelf.add(adapter, name: name) }
        }
    }
}
