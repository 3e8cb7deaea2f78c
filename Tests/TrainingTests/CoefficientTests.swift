import Adapters
import Kernels
import Models
import TestSupport
import Testing

@testable import Training

/// Coefficients of several adapters: where they start, their slopes, and what stands in the table.
@Suite struct CoefficientTests {
    private let base: FrozenBase
    private let compute: DenseCompute
    private let adapters: [AdapterFile]

    init() throws {
        let pool = try ThreadPool(threadCount: 2)
        compute = DenseCompute(kernels: try .select(), pool: pool)
        let base = try FrozenBase(
            Checkpoint(path: GoldenFolder.path("models/llama")), pool: pool)
        self.base = base
        adapters = try [0.0, 5.0].map { phase in
            var modules: [AdapterModule: AdapterFactors] = [:]
            for layer in 0..<base.configuration.layerCount {
                // The second adapter leaves the projections of attention's values alone.
                for linear in LinearName.allCases where phase == 0 || linear != .value {
                    let shape = try #require(base.shape.linears[linear])
                    modules[.linear(layer: layer, linear)] = try AdapterFactors(
                        a: FormulaFactors.formula(2, shape.inputs, phase).elements,
                        b: FormulaFactors.formula(shape.outputs, 2, phase + 1).elements, rank: 2,
                        scale: 0.5)
                }
            }
            return try AdapterFile(modules, base: base.shape)
        }
    }

    private func loss(_ pass: TrainingPass) throws -> Double {
        let examples = FormulaFactors.examples(vocabulary: base.configuration.vocabularySize)
        return try pass.losses(TrainingBatch(examples)).reduce(0) { $0 + Double($1) }
    }

    @Test(arguments: CoefficientParameters.Form.allCases)
    func slopesAreThoseOfDifferences(form: CoefficientParameters.Form) throws {
        let coefficients = try CoefficientParameters(base, adapters: adapters, form: form)
        let pass = TrainingPass(
            base, addends: coefficients.addends, rowCapacity: 32, compute: compute)
        coefficients.values = coefficients.values.indices.map { Float($0 % 5) / 5 - 0.4 }
        let examples = FormulaFactors.examples(vocabulary: base.configuration.vocabularySize)
        _ = try pass.addGradients(of: TrainingBatch(examples), scale: 1)
        let gradient = coefficients.gradient
        let values = coefficients.values
        #expect(gradient.count == values.count)
        for index in stride(from: 0, to: values.count, by: 3) {
            let sides = try [Float(0.01), -0.01].map { change in
                coefficients.values[index] = values[index] + change
                defer { coefficients.values[index] = values[index] }
                return try loss(pass)
            }
            let expected = (sides[0] - sides[1]) / 0.02
            #expect(abs(Double(gradient[index]) - expected) < 2e-3 + 1e-2 * abs(expected))
        }
    }

    @Test func startIsTheMeanOfThoseThatChangeAProjection() throws {
        for form in CoefficientParameters.Form.allCases {
            let coefficients = try CoefficientParameters(base, adapters: adapters, form: form)
            let tables = coefficients.table(coefficients.values)
            let value = try #require(LinearName.allCases.firstIndex(of: .value))
            for (index, pair) in zip(tables[0], tables[1]).enumerated() {
                let isValue = index % LinearName.allCases.count == value
                #expect(pair == (isValue ? (1, 0) : (0.5, 0.5)))
            }
        }
    }

    @Test func oneAdapterIsRefused() {
        #expect(throws: TrainingError.self) {
            try CoefficientParameters(base, adapters: [adapters[0]])
        }
    }
}
