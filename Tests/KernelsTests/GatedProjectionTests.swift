import Glibc
import Tensors
import TestSupport
import Testing

@testable import Kernels

/// silu(gate) * up of one projection, and its int8 form, against the two products and a quantization of their own.
@Suite struct GatedProjectionTests {
    private let inputs = 96
    /// The last chunk ends within a block of the int8 form.
    private let width = 200

    private func adapter(_ random: inout SeededGenerator) throws -> LowRankTerm {
        let shrink = try RankRows(
            random.tensor(.f32, rows: 10, columns: inputs), format: .bf16)
        let expansions = try [0, 1].map { part in
            LowRankTerm.Expansion(
                part: part, firstRank: 5 * part,
                columns: try RankColumns(
                    random.tensor(.f32, rows: width, columns: 5), format: .bf16), factor: 0.5)
        }
        return LowRankTerm(shrink: shrink, expansions: expansions)
    }

    @Test(
        arguments: [WeightFormat.f32, .u8, .u4],
        [[3], [7, 2, 5], [11, 0, 5, 3, 7, 8, 1, 2, 9, 10, 4]])
    func isWhatItsPartsGive(format: WeightFormat, list: [Int]) throws {
        var random = SeededGenerator(seed: 77)
        let weights = try (0..<2).map { _ in
            try random.weights(format, outputs: width, inputs: inputs)
        }
        let projection = Projection([(weights[0], nil), (weights[1], random.floats(width))])
        let x = try random.activations(rows: 12, width: inputs)
        let group = LowRankGroup(terms: [try adapter(&random)])
        for row in [3, 5, 9] { group.append(row: row, weight: 0.75) }
        var results: [[[UInt32]]] = []
        for set in KernelSet.available {
            for threads in [1, 2] {
                let pool = try ThreadPool(threadCount: threads, spinCount: 0)
                let compute = Compute(kernels: set, pool: pool, rowCapacity: 12)
                compute.use([group])
                let rows = RowList(list)
                let parts = Activations(rowCapacity: 12, width: 2 * width)
                compute.project(projection, x, into: parts, rows: rows, site: 0)
                let y = Activations(rowCapacity: 12, width: 2 * width)
                let out = Activations(rowCapacity: 12, width: width, quantized: true)
                compute.projectGated(projection, x, through: y, into: out, rows: rows, site: 0)
                #expect(y.rowBits == parts.rowBits)
                results.append(out.rowBits)
                let again = Activations(rowCapacity: 12, width: width, quantized: true)
                for row in 0..<12 { again.set(row: row, to: out.copy(row: row)) }
                try Compute(scalar: 12).quantize(again, rows: rows)
                #expect(out.codes.elements == again.codes.elements)
                #expect(out.scales.elements == again.scales.elements)
                #expect(out.starts.elements == again.starts.elements)
                #expect(out.sums.elements == again.sums.elements)
                #expect(out.bfloats.elements == again.bfloats.elements)
                for row in 0..<12 where !list.contains(row) {
                    #expect(out.copy(row: row).allSatisfy { $0 == 0 })
                }
                for row in list {
                    let both = parts.copy(row: row).map(Double.init)
                    for (index, found) in out.copy(row: row).enumerated() {
                        let (gate, up) = (both[index], both[width + index])
                        let expected = gate / (1 + exp(-gate)) * up
                        #expect(abs(Double(found) - expected) <= 6e-7 * abs(expected) + 1e-35)
                    }
                }
            }
        }
        #expect(results.allSatisfy { $0 == results[0] })
    }
}

extension AlignedBuffer {
    fileprivate var elements: [Element] { (0..<count).map { self[$0] } }
}
