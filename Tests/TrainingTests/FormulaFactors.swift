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

    /// Factors beside every projection; either they or their weights are trained.
    static func addends(_ base: FrozenBase, trainsFactors: Bool) -> [[LowRankSite?]] {
        (0..<base.configuration.layerCount).map { layer in
            LinearName.Site.allCases.map { site in
                let modules = base.modules(site, layer: layer)
                let count = scales.count * modules.count
                let addend = LowRankSite(
                    rank: rank * count, inputs: base.inputs(of: site),
                    trainsFactors: trainsFactors)
                for (place, module) in modules.enumerated() {
                    let number = projections.firstIndex(of: module.module.lastName) ?? 0
                    let phase = Double(layer) + 0.1 * Double(number)
                    for (k, scale) in scales.enumerated() {
                        let first = rank * (place * scales.count + k)
                        let b = formula(
                            module.columns.count, rank, phase + 20 * Double(k) + 10)
                        addend.a.rows(first..<first + rank).set(
                            formula(rank, addend.a.columns, phase + 20 * Double(k)).elements)
                        addend.parts.append(
                            LowRankSite.Part(
                                ranks: first..<first + rank, columns: module.columns, b: b,
                                weight: scale,
                                bGradient: trainsFactors ? Matrix(b.rows, rank) : nil))
                    }
                }
                return addend
            }
        }
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

    static func examples(vocabulary: Int) -> [TrainingExample] {
        [(9, 1), (14, 6)].compactMap { length, first in
            let tokens = (0..<length).map { i in
                Int32((7 * i * i + 3 * i + 11 * length) % vocabulary)
            }
            return TrainingExample(tokens: tokens, firstLearned: first)
        }
    }
}
