internal import Kernels

/// The rotations of a step's rows in the layers of one kind.
///
/// Sendable unchecked: one thread prepares it between jobs, jobs only read it.
@safe final class StepRotations: @unchecked Sendable {
    private let embedding: RotaryEmbedding
    /// By the length that rotations go by; where that is another one for each position there is none.
    private var tables: [Int: RotaryTable] = [:]
    let rows: RowRotations

    init(_ embedding: RotaryEmbedding, rowCapacity: Int) {
        self.embedding = embedding
        rows = RowRotations(rowCapacity: rowCapacity, pairs: embedding.dimension / 2)
    }

    /// Lays out the rotations of a step's rows.
    func prepare(_ step: TransformerStep) {
        if case .dynamic = embedding.scaling {
            compute(step)
            return
        }
        for row in 0..<step.rowCount {
            let table = table(length: step.rotaryLengths[step.places.sequences[row]])
            rows.set(row: row, position: step.places.positions[row], from: table)
        }
    }

    private func table(length: Int) -> RotaryTable {
        let length = embedding.scaling.dependsOnLength ? length : 0
        if let table = tables[length] { return table }
        let table = RotaryTable(
            frequencies: embedding.frequencies(length: length),
            scale: embedding.scaling.attentionFactor)
        tables[length] = table
        return table
    }

    private func compute(_ step: TransformerStep) {
        var known: (length: Int, frequencies: [Double])?
        for row in 0..<step.rowCount {
            let position = step.places.positions[row]
            let length = embedding.scaling.length(
                ofPosition: position, in: step.rotaryLengths[step.places.sequences[row]])
            let frequencies =
                known?.length == length
                ? known?.frequencies ?? [] : embedding.frequencies(length: length)
            known = (length, frequencies)
            rows.set(row: row, position: position, frequencies: frequencies)
        }
    }
}
