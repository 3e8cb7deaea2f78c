import Adapters
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct CoefficientTableTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Writes a table with one tensor a name, its values 1, 2, 3, ...
    private func write(
        _ names: [String], shape: [Int] = [2, 7], value: (Int) -> Float = { Float($0 + 1) }
    ) throws -> String {
        var writer = SafetensorsWriter()
        for name in names {
            let count = shape.reduce(1, *)
            try writer.add(Tensor(name: name, shape: shape, floats: (0..<count).map(value)))
        }
        let path = folder.path("table.safetensors")
        try writer.write(to: path)
        return path
    }

    private func refusal(_ path: String) -> AdapterError? {
        do throws(AdapterError) {
            _ = try CoefficientTable(path: path, layerCount: 2)
            return nil
        } catch {
            return error
        }
    }

    /// The columns are q, k, v, o, gate, up, down.
    @Test func coefficientsMultiplyTheFactorsOfTheirProjection() throws {
        let source = try AdapterFolder()
        for name in ["k_proj", "v_proj"] {
            try source.add("model.layers.0.self_attn.\(name)", rank: 2, outputs: 4, inputs: 8)
        }
        try source.add("model.layers.1.mlp.up_proj", rank: 2, outputs: 12, inputs: 8)
        let adapter = try source.load()
        let table = try CoefficientTable(path: write([adapter.digest.description]), layerCount: 2)
        let terms = try table.terms(of: adapter)
        func factors(_ site: LinearName.Site, layer: Int) -> [Float] {
            terms[LinearName.site(site, layer: layer)]?.expansions.map(\.factor) ?? []
        }
        // alpha / rank is 2.
        #expect(factors(.queryKeyValue, layer: 0) == [2, 4, 6])
        #expect(factors(.gateUp, layer: 1) == [26])
        #expect(factors(.down, layer: 1) == [28])
        #expect(terms.map { $0 == nil } == adapter.terms.map { $0 == nil })
        let plain = adapter.terms.compactMap { $0?.shrink.byteCount }
        #expect(terms.compactMap { $0?.shrink.byteCount } == plain)
    }

    @Test func adaptersWithoutCoefficientsAreRefused() throws {
        let adapter = try AdapterFolder().load()
        let other = Digest(of: [1])
        let table = try CoefficientTable(path: write([other.description]), layerCount: 2)
        #expect {
            try table.terms(of: adapter)
        } throws: { error in
            let error = error as? AdapterError
            return error?.code == .mismatch
                && error?.message.contains(adapter.digest.description) == true
        }
    }

    @Test func brokenTablesAreRefused() throws {
        let name = Digest(of: [1]).description
        for shape in [[1, 7], [2, 6], [14], [2, 7, 1]] {
            let error = try #require(try refusal(write([name], shape: shape)))
            #expect(
                error.code == .mismatch && error.message.contains("\(shape)")
                    && error.message.contains("[2, 7]"))
        }
        let unnamed = try #require(try refusal(write(["style"])))
        #expect(unnamed.code == .malformed && unnamed.message.contains("style"))
        for value in [Float.nan, .infinity] {
            let error = try #require(try refusal(write([name]) { $0 == 9 ? value : 1 }))
            #expect(error.code == .malformed && error.message.contains("not finite"))
        }
        let missing = folder.path("none.safetensors")
        #expect(refusal(missing)?.message.contains(missing) == true)
        let path = try write([name])
        let whole = try folder.read("table.safetensors")
        try folder.write(Array(whole.dropLast(3)), to: "table.safetensors")
        #expect(refusal(path)?.code == .malformed)
    }

    @Test func theDigestIsThatOfTheFile() throws {
        let name = Digest(of: [1]).description
        let first = try CoefficientTable(path: write([name]), layerCount: 2).digest
        #expect(try CoefficientTable(path: write([name]), layerCount: 2).digest == first)
        #expect(
            try CoefficientTable(path: write([name]) { Float($0) }, layerCount: 2).digest != first)
    }
}
