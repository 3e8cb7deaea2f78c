internal import Kernels
internal import Models

/// The rows of a batch as attention and rotation see them.
struct SequenceRows {
    /// For each sequence its rows.
    let sequences: [Range<Int>]
    /// One for each kind of rotary embedding.
    let rotations: [RowRotations]

    init(_ batch: TrainingBatch, _ configuration: ModelConfiguration) {
        sequences = batch.sequences
        rotations = configuration.rotaries.map { embedding in
            let rotations = RowRotations(
                rowCapacity: batch.rowCount, pairs: embedding.dimension / 2)
            var tables: [Int: RotaryTable] = [:]
            for sequence in batch.sequences {
                let length = configuration.rotaryLength(
                    prompt: sequence.count, total: sequence.count)
                let table =
                    tables[length]
                    ?? RotaryTable(
                        frequencies: embedding.frequencies(length: length),
                        scale: embedding.scaling.attentionFactor)
                tables[length] = table
                for row in sequence {
                    rotations.set(row: row, position: row - sequence.lowerBound, from: table)
                }
            }
            return rotations
        }
    }
}
