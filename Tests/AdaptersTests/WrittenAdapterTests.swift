import Adapters
import Tensors
import TestSupport
import Testing

/// A written adapter is the committed one byte for byte, and PEFT makes of that what it was written for.
@Suite struct WrittenAdapterTests {
    /// The golden base `llama`.
    private static let base = BaseShape(
        name: "llama", digest: Digest(of: Array("llama".utf8)), layerCount: 2,
        linears: [
            .query: (64, 64), .key: (32, 64), .value: (32, 64), .output: (64, 64),
            .gate: (96, 64), .up: (96, 64), .down: (64, 96),
        ], vocabulary: BaseShape.Vocabulary(size: 128, hiddenSize: 64, isTied: false))

    /// Ranks and scales of all kinds: most common, patterns, rank-stabilized, none that an alpha says.
    private static func adapter() throws -> AdapterFile {
        var modules: [AdapterModule: AdapterFactors] = [:]
        for layer in 0..<2 {
            modules[.linear(layer: layer, .query)] = try factors(4, 64, 64, scale: Float(5.0 / 3.0))
            modules[.linear(layer: layer, .down)] = try factors(4, 64, 96, scale: 2)
        }
        modules[.linear(layer: 1, .value)] = try factors(
            3, 32, 64, scale: Float(4 / 3.0.squareRoot()))
        modules[.linear(layer: 0, .gate)] = try factors(2, 96, 64, scale: -0.7)
        modules[.head] = try factors(1, 128, 64, scale: 0.1)
        return try AdapterFile(modules, base: base, baseName: "someone/llama")
    }

    private static func factors(
        _ rank: Int, _ outputs: Int, _ inputs: Int, scale: Float
    ) throws -> AdapterFactors {
        try AdapterFactors(
            a: (0..<rank * inputs).map { Float($0 * 37 % 101 - 50) / 64 },
            b: (0..<outputs * rank).map { Float($0 * 53 % 89 - 44) / 128 }, rank: rank,
            scale: scale)
    }

    @Test(arguments: ["adapter_config.json", "adapter_model.safetensors"])
    func theFilesAreTheCommittedOnes(name: String) throws {
        let folder = try TemporaryFolder()
        try Self.adapter().write(to: folder.path("adapter"))
        let committed = try FileBytes.array(
            path: GoldenFolder.path("written/adapter/\(name)"), limit: 1 << 20)
        #expect(try folder.read("adapter/\(name)") == committed)
    }

    @Test func peftAddsTheSame() throws {
        let deltas = try SafetensorsFile(path: GoldenFolder.path("written/expected.safetensors"))
        let adapter = try Self.adapter()
        #expect(deltas.tensors.count == adapter.modules.count)
        for (module, factors) in adapter.modules {
            let delta = try #require(deltas[module.name])
            #expect(delta.shape == [factors.outputs, factors.inputs])
            for (index, expected) in try delta.floats().enumerated() {
                let (row, column) = (index / factors.inputs, index % factors.inputs)
                let sum = (0..<factors.rank).reduce(0.0) { sum, rank in
                    sum + Double(factors.b[row * factors.rank + rank])
                        * Double(factors.a[rank * factors.inputs + column])
                }
                #expect(abs(Double(factors.scale) * sum - Double(expected)) < 1e-6)
            }
        }
    }
}
