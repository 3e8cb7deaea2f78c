internal import Adapters
internal import Kernels
internal import Tensors

/// One decoder layer: h += m norm(O attention(norm(h))); h += m norm(down(activation(gate) * up)(norm(h))), where a family
/// has the norms before, after, or both, and mostly m = 1.
///
/// A class, so that a step goes through the layers without counting references to what each holds.
public final class TransformerBlock: Sendable {
    private let attentionNorm: AlignedBuffer<Float>?
    /// q, k and v, (queries + 2 keys, hidden).
    let queryKeyValue: Projection
    private let headNorms: HeadNorms?
    private let shape: AttentionShape
    /// The layer's kind of rotary embedding; nil: none.
    private let rotary: Int?
    /// (hidden, queries).
    let output: Projection
    private let attentionPostNorm: AlignedBuffer<Float>?
    private let feedForwardNorm: AlignedBuffer<Float>?
    /// gate and up, (2 feed forward, hidden).
    let gateUp: Projection
    private let activation: Activation
    /// (hidden, feed forward).
    let down: Projection
    private let feedForwardPostNorm: AlignedBuffer<Float>?

    /// Binds the tensors of one layer.
    init(_ checkpoint: Checkpoint, layer: Int, loader: WeightLoader) throws(ModelError) {
        let configuration = checkpoint.configuration
        attentionNorm = try checkpoint.norm(.attentionNorm, layer: layer)
        attentionPostNorm = try checkpoint.norm(.attentionPostNorm, layer: layer)
        feedForwardNorm = try checkpoint.norm(.feedForwardNorm, layer: layer)
        feedForwardPostNorm = try checkpoint.norm(.feedForwardPostNorm, layer: layer)
        queryKeyValue = try loader.projection(.queryKeyValue, layer: layer)
        output = try loader.projection(.output, layer: layer)
        gateUp = try loader.projection(.gateUp, layer: layer)
        down = try loader.projection(.down, layer: layer)
        activation = configuration.activation
        if let query = try checkpoint.norm(.queryNorm, layer: layer),
            let key = try checkpoint.norm(.keyNorm, layer: layer)
        {
            headNorms = HeadNorms(query: query, key: key, epsilon: configuration.normEpsilon)
        } else {
            headNorms = nil
        }
        rotary = configuration.layers[layer].rotary
        shape = AttentionShape(
            queryHeads: configuration.queryHeads, keyValueHeads: configuration.keyValueHeads,
            headDimension: configuration.headDimension, window: configuration.layers[layer].window,
            scale: configuration.multipliers.attention, cap: configuration.attentionCap)
    }

    /// The projection that runs at a site.
    func projection(_ site: LinearName.Site) -> Projection {
        switch site {
        case .queryKeyValue: queryKeyValue
        case .output: output
        case .gateUp: gateUp
        case .down: down
        }
    }

    /// Adds the branch of the layer before to the hidden rows of a step, then the layer's attention; leaves the branch of
    /// its feed-forward network, which the next layer adds.
    ///
    /// - Parameter wanted: rows whose outcome someone reads; of the others only keys and values are computed.
    func forward(
        _ step: TransformerStep, wanted: RowList, in work: Workspace, pages: KVPages, layer: Int,
        on compute: Compute
    ) {
        var rows = step.rows
        compute.normalize(
            work.hidden, adding: layer == 0 ? nil : work.branch, scale: work.residualMultiplier,
            weight: attentionNorm, epsilon: work.normEpsilon, into: work.normed, rows: rows)
        compute.project(
            queryKeyValue, work.normed, into: work.queryKeyValue, rows: rows,
            site: LinearName.site(.queryKeyValue, layer: layer))
        compute.cacheKeysAndValues(
            work.queryKeyValue, shape: shape, norms: headNorms,
            rotation: rotary.map { work.rotations[$0].rows }, places: step.places, pages: pages,
            layer: layer, rows: rows)
        if wanted.count < rows.count {
            rows = wanted
            compute.narrow(to: rows)
        }
        compute.attend(
            work.queryKeyValue, into: work.attended, shape: shape, places: step.places,
            pages: pages, layer: layer, rows: rows)
        compute.project(
            output, work.attended, into: work.branch, rows: rows,
            site: LinearName.site(.output, layer: layer))
        normalizeBranch(by: attentionPostNorm, in: work, rows: rows, on: compute)
        compute.normalize(
            work.hidden, adding: work.branch, scale: work.residualMultiplier,
            weight: feedForwardNorm, epsilon: work.normEpsilon, into: work.normed, rows: rows)
        compute.projectGated(
            gateUp, work.normed, through: work.gateUp, into: work.activated,
            activation: activation, rows: rows, site: LinearName.site(.gateUp, layer: layer))
        compute.project(
            down, work.activated, into: work.branch, rows: rows,
            site: LinearName.site(.down, layer: layer))
        normalizeBranch(by: feedForwardPostNorm, in: work, rows: rows, on: compute)
    }

    private func normalizeBranch(
        by weight: AlignedBuffer<Float>?, in work: Workspace, rows: RowList, on compute: Compute
    ) {
        guard let weight else { return }
        compute.normalize(
            work.branch, weight: weight, epsilon: work.normEpsilon, into: work.branch, rows: rows)
    }
}
