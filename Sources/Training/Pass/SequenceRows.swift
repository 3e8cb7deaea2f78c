internal import Kernels
internal import Models

/// The rows of a batch as attention and rotation see them.
struct SequenceRows {
    /// For each sequence its own rows.
    let sequences: [Range<Int>]
    /// Rows that all sequences but the first begin with.
    let sharedCount: Int
    /// One for each kind of rotary embedding.
    let rotations: [RowRotations]

    init(_ batch: TrainingBatch, _ configuration: ModelConfiguration) {
        sequences = batch.sequences
        sharedCount = batch.sharedCount
        rotations = configuration.rotaries.map { embedding in
            let rotations = RowRotations(
                rowCapacity: batch.rowCount, pairs: embedding.dimension / 2)
            var tables: [Int: RotaryTable] = [:]
            for (index, sequence) in batch.sequences.enumerated() {
                let isShared = index == 0 && batch.sharedCount > 0
                let first = index == 0 ? 0 : batch.sharedCount
                // A beginning is rotated as the texts that it begins.
                let own = isShared ? batch.sequences[1].count : sequence.count
                let count = batch.sharedCount + own
                let length = configuration.rotaryLength(prompt: count, total: count)
                let table =
                    tables[length]
                    ?? RotaryTable(
                        frequencies: embedding.frequencies(length: length),
                        scale: embedding.scaling.attentionFactor)
                tables[length] = table
                for row in sequence {
                    let position = first + row - sequence.lowerBound
                    rotations.set(row: row, position: position, from: table)
                }
            }
            return rotations
        }
    }
}
