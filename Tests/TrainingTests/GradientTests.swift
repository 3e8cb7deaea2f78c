import Adapters
import Kernels
import Models
import Tensors
import TestSupport
import Testing

@testable import Training

/// Loss and gradients against autograd in float64, for every family.
@Suite struct GradientTests {
    static let models = [
        "gemma", "gemma2", "gemma2_untied", "gemma3", "gemma3_untied", "gemma_untied", "granite",
        "granite_untied", "llama", "llama3", "llama_linear", "llama_nf4", "mistral", "olmo2",
        "olmo2_untied", "phi3", "phi3_untied", "qwen2", "qwen2_dynamic", "qwen2_yarn",
        "qwen3_dynamic", "qwen3_yarn", "smollm3", "smollm3_untied",
    ]

    private let pool: ThreadPool
    private let compute: DenseCompute

    init() throws {
        pool = try ThreadPool(threadCount: 2)
        compute = DenseCompute(kernels: try .select(), pool: pool)
    }

    @Test(arguments: models) func gradientsAreThoseOfAutograd(model: String) throws {
        let golden = try SafetensorsFile(path: GoldenFolder.path("training/\(model).safetensors"))
        let expected = Dictionary(
            uniqueKeysWithValues: try golden.tensors.map { ($0.name, try $0.floats()) })
        for trainsFactors in [true, false] {
            let base = try FrozenBase(
                Checkpoint(path: GoldenFolder.path("models/\(model)")), pool: pool)
            let addends = try FormulaFactors.addends(base, trainsFactors ? .factors : .weights)
            let pass = TrainingPass(base, addends: addends, rowCapacity: 32, compute: compute)
            let batch = TrainingBatch(
                FormulaFactors.examples(vocabulary: base.configuration.vocabularySize))
            let losses = try pass.addGradients(of: batch, scale: 1 / Float(batch.targets.count))
            let loss = losses.reduce(0, +) / Float(losses.count)
            #expect(abs(loss - (expected["loss"]?[0] ?? 0)) < 1e-5)
            for layer in addends.indices {
                for site in LinearName.Site.allCases {
                    let addend = try #require(addends[layer][site.rawValue])
                    let modules = base.modules(site, layer: layer)
                    for (place, module) in modules.enumerated() {
                        let first = place * FormulaFactors.scales.count
                        let part = addend.parts[first]
                        if let a = addend.aGradient, let b = part.bGradient {
                            let name = module.module.name
                            expectClose(a.rows(part.ranks).elements, expected["\(name).a"])
                            expectClose(b.elements, expected["\(name).b"])
                        } else {
                            let gradients = addend.parts[first..<first + 2].map {
                                Float($0.weightGradient)
                            }
                            expectClose(gradients, expected["\(module.module.name).weights"])
                        }
                    }
                }
            }
        }
    }

    /// One set of factors is trained beside the other, which is an adapter that stays.
    @Test(arguments: ["llama", "gemma2", "phi3"])
    func gradientsBesideAnAdapterAreThoseOfAutograd(model: String) throws {
        let golden = try SafetensorsFile(path: GoldenFolder.path("training/\(model).safetensors"))
        let expected = Dictionary(
            uniqueKeysWithValues: try golden.tensors.map { ($0.name, try $0.floats()) })
        let base = try FrozenBase(
            Checkpoint(path: GoldenFolder.path("models/\(model)")), pool: pool)
        let addends = try FormulaFactors.addends(base, .factors, sets: 0..<1)
        let other = try FrozenAdapter(
            base, FormulaFactors.file(base, set: 1, weight: 0.5), weight: 0.5)
        let pass = TrainingPass(
            base, addends: addends, beside: [other], rowCapacity: 32, compute: compute)
        let vocabulary = base.configuration.vocabularySize
        let batch = TrainingBatch(FormulaFactors.examples(vocabulary: vocabulary, beside: [0]))
        let losses = try pass.addGradients(of: batch, scale: 1 / Float(batch.targets.count))
        let loss = losses.reduce(0, +) / Float(losses.count)
        #expect(abs(loss - (expected["loss"]?[0] ?? 0)) < 1e-5)
        for layer in addends.indices {
            for site in LinearName.Site.allCases {
                let addend = try #require(addends[layer][site.rawValue])
                for (module, part) in zip(base.modules(site, layer: layer), addend.parts) {
                    let name = module.module.name
                    let a = addend.aGradient?.rows(part.ranks).elements ?? []
                    expectClose(a, expected["\(name).a"])
                    expectClose(part.bGradient?.elements ?? [], expected["\(name).b"])
                }
            }
        }
        let alone = TrainingBatch(FormulaFactors.examples(vocabulary: vocabulary))
        #expect(try pass.losses(alone) != losses)
    }

    /// The distance is measured against the length of what is expected.
    private func expectClose(
        _ found: [Float], _ expected: [Float]?, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard let expected, expected.count == found.count else {
            Issue.record("\(found.count) numbers, expected \(expected?.count ?? 0)")
            return
        }
        let distance = zip(found, expected).reduce(0.0) {
            $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
        }
        let length = expected.reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(
            distance.squareRoot() <= 1e-4 * length.squareRoot(), sourceLocation: sourceLocation)
    }
}
