public import Kernels

/// The activations of a step, allocated once for the most rows that a step may have.
public final class Workspace: Sendable {
    public let rowCapacity: Int
    /// Rows of logits that are computed at a time.
    public let logitCapacity: Int
    let normEpsilon: Float
    let residualMultiplier: Float
    /// One for each kind of rotary embedding.
    let rotations: [StepRotations]
    let hidden: Activations
    let normed: Activations
    let queryKeyValue: Activations
    let attended: Activations
    let branch: Activations
    let gateUp: Activations
    let activated: Activations
    let final: Activations
    /// (logit row, vocabulary).
    public let logits: Activations

    public init(for model: Transformer, rowCapacity: Int, logitCapacity: Int) {
        let configuration = model.configuration
        let queries = configuration.queryHeads * configuration.headDimension
        let keys = configuration.keyValueHeads * configuration.headDimension
        let quantized = model.readsIntegers
        func rows(_ width: Int, quantized: Bool = false) -> Activations {
            Activations(rowCapacity: rowCapacity, width: width, quantized: quantized)
        }
        self.rowCapacity = rowCapacity
        self.logitCapacity = logitCapacity
        normEpsilon = configuration.normEpsilon
        residualMultiplier = configuration.multipliers.residual
        rotations = configuration.rotaries.map { StepRotations($0, rowCapacity: rowCapacity) }
        hidden = rows(configuration.hiddenSize)
        normed = rows(configuration.hiddenSize, quantized: quantized)
        queryKeyValue = rows(queries + 2 * keys)
        attended = rows(queries, quantized: quantized)
        branch = rows(configuration.hiddenSize)
        gateUp = rows(2 * configuration.feedForwardSize)
        activated = rows(configuration.feedForwardSize, quantized: quantized)
        final = rows(configuration.hiddenSize, quantized: quantized)
        logits = Activations(rowCapacity: logitCapacity, width: configuration.vocabularySize)
    }
}
