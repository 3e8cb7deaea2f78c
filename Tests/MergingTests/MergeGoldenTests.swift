import Adapters
import Merging
import Tensors
import TestSupport
import Testing

/// Merges against PEFT, and against the papers' definitions where PEFT has none or another.
@Suite struct MergeGoldenTests {
    @Test func everyCaseAddsWhatItShould() throws {
        let golden = try MergeGolden()
        let cases = try #require(golden.json["cases"]?.array)
        #expect(cases.count > 20)
        for (number, json) in cases.enumerated() {
            let merged = try MergeGolden.merge(json).merged()
            let prefix = "\(number)."
            let expected = golden.expected.tensors.filter { $0.name.hasPrefix(prefix) }
            #expect(expected.count == merged.modules.count)
            for (module, factors) in merged.modules {
                let values = try #require(golden.expected[prefix + module.name])
                let columns = try #require(golden.expected["columns.\(factors.inputs)"])
                let product = try factors.product(
                    columns.floats(), columns: columns.shape[1])
                let distance = relativeDistance(product, try values.floats().map(Double.init))
                #expect(distance < 1e-5, "case \(json.text), \(module.name): \(distance)")
            }
        }
    }

    /// What is drawn differs from PEFT's, but not what it is like: the mean norm of a merged module over many seeds.
    @Test func randomMergesAreLikeThoseOfPEFT() throws {
        let golden = try MergeGolden()
        let name = try #require(golden.json["random_module"]?.string)
        for json in try #require(golden.json["random"]?.array) {
            let mean = try #require(json["mean"]?.double)
            let deviation = try #require(json["deviation"]?.double)
            let count = 100
            var sum = 0.0
            for seed in 0..<count {
                let merged = try MergeGolden.merge(json, seed: UInt64(seed)).merged()
                let module = try #require(merged.modules.first { $0.key.name == name })
                sum += module.value.delta.reduce(0) { $0 + $1 * $1 }.squareRoot()
            }
            let difference = sum / Double(count) - mean
            #expect(
                abs(difference) < 4 * deviation / Double(count).squareRoot(),
                "\(json.text): \(difference)")
        }
    }
}
