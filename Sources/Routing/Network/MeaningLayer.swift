internal import Optimization

/// What a text means, as the hidden units read it: v M for the text's vector v.
struct MeaningLayer: Sendable {
    let table: MeaningTable
    /// M, without biases.
    let projection: DenseLayer

    /// - Parameter weights: M as `[table.width, width]`, row-major.
    init(table: MeaningTable, weights: [Float], width: Int) {
        self.table = table
        projection = DenseLayer(
            weights: weights, biases: [Float](repeating: 0, count: width))
    }

    /// What is added to the hidden units before their activation, in whole blocks.
    func callAsFunction(_ features: TextFeatures) -> [Lanes] {
        projection(table.vector(of: features.pieces).lanes.scalars(table.width))
    }
}
