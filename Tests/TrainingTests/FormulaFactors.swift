import Adapters
import Glibc
import Kernels
import Models
import Tensors
import TestSupport

@testable import Training

/// The factors and texts that `Tests/Goldens/make_training.py` makes by a formula.
struct FormulaFactors {
    static let rank = 2
    static let scales: [Float] = [0.5, 0.25]
    private static let projections = [
        "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "qkv_proj",
        "gate_up_proj",
    ]

    /// Factors beside every projection: of both sets, each module's one after the other.
    static func addends(
        _ base: FrozenBase, _ trained: LowRankSite.Trained, sets: Range<Int> = scales.indices
    ) throws -> [[LowRankSite?]] {
        try (0..<base.configuration.layerCount).map { layer in
            try LinearName.Site.allCases.map { site in
                let modules = base.modules(site, layer: layer)
                let addend = LowRankSite(
                    rank: rank * sets.count * modules.count, inputs: base.inputs(of: site),
                    trained: trained)
                for module in modules {
                    for set in sets {
                        let factors = try factors(
                            module.module, layer: layer, outputs: module.columns.count,
                            inputs: base.inputs(of: site), set: set)
                        addend.append(factors, columns: module.columns, weight: factors.scale)
                    }
                }
                return addend
            }
        }
    }

    /// One set as an adapter that a weight makes whole.
    static func file(_ base: FrozenBase, set: Int, weight: Float = 1) throws -> AdapterFile {
        var modules: [AdapterModule: AdapterFactors] = [:]
        for layer in 0..<base.configuration.layerCount {
            for site in LinearName.Site.allCases {
                for (module, columns) in base.modules(site, layer: layer) {
                    let found = try factors(
                        module, layer: layer, outputs: columns.count,
                        inputs: base.inputs(of: site), set: set)
                    modules[module] = try AdapterFactors(
                        a: found.a, b: found.b, rank: found.rank, scale: found.scale / weight)
                }
            }
        }
        return try AdapterFile(modules, base: base.shape)
    }

    private static func factors(
        _ module: AdapterModule, layer: Int, outputs: Int, inputs: Int, set: Int
    ) throws -> AdapterFactors {
        let number = projections.firstIndex(of: module.lastName) ?? 0
        let phase = Double(layer) + 0.1 * Double(number) + 20 * Double(set)
        return try AdapterFactors(
            a: formula(rank, inputs, phase).elements,
            b: formula(outputs, rank, phase + 10).elements, rank: rank, scale: scales[set])
    }

    static func formula(_ rows: Int, _ columns: Int, _ phase: Double) -> Matrix {
        var values: [Float] = []
        for i in 0..<rows {
            for j in 0..<columns {
                values.append(Float(0.2 * sin(1.3 * Double(i) + 0.7 * Double(j) + phase)))
            }
        }
        return Matrix(rows, columns, values)
    }

    static func examples(vocabulary: Int, beside: [Int] = []) -> [TrainingExample] {
        [(9, 1), (14, 6)].compactMap { length, first in
            let tokens = (0..<length).map { i in
                Int32((7 * i * i + 3 * i + 11 * length) % vocabulary)
            }
            return TrainingExample(tokens: tokens, firstLearned: first, beside: beside)
        }
    }
}
