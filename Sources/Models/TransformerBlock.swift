internal import Adapters
internal import Kernels
internal import Tensors

/// One decoder layer: h += O attention(norm(h)); h += down(silu(gate) * up)(norm(h)).
///
/// A class, so that a step goes through the layers without counting references to what each holds.
public final class TransformerBlock: Sendable {
    let attentionNorm: AlignedBuffer<Float>
    /// q, k and v, (queries + 2 keys, hidden).
    let queryKeyValue: Projection
    let headNorms: HeadNorms?
    let shape: AttentionShape
    /// (hidden, queries).
    let output: Projection
    let feedForwardNorm: AlignedBuffer<Float>
    /// gate and up, (2 feed forward, hidden).
    let gateUp: Projection
    /// (hidden, feed forward).
    let down: Projection

    /// Binds the tensors of one layer.
    init(_ checkpoint: Checkpoint, layer: Int, loader: WeightLoader) throws(ModelError) {
        let configuration = checkpoint.configuration
        attentionNorm = AlignedBuffer(
            try checkpoint.vector(.attentionNorm, layer: layer, count: configuration.hiddenSize))
        feedForwardNorm = AlignedBuffer(
            try checkpoint.vector(.feedForwardNorm, layer: layer, count: configuration.hiddenSize))
        queryKeyValue = try loader.projection(.queryKeyValue, layer: layer)
        output = try loader.projection(.output, layer: layer)
        gateUp = try loader.projection(.gateUp, layer: layer)
        down = try loader.projection(.down, layer: layer)
        if configuration.family == .qwen3 {
            let count = configuration.headDimension
            headNorms = HeadNorms(
                query: AlignedBuffer(try checkpoint.vector(.queryNorm, layer: layer, count: count)),
                key: AlignedBuffer(try checkpoint.vector(.keyNorm, layer: layer, count: count)),
                epsilon: configuration.normEpsilon)
        } else {
            headNorms = nil
        }
        shape = AttentionShape(
            queryHeads: configuration.queryHeads, keyValueHeads: configuration.keyValueHeads,
            headDimension: configuration.headDimension, window: configuration.windows[layer],
            scale: 1 / Float(configuration.headDimension).squareRoot())
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
        let epsilon = work.normEpsilon
        compute.normalize(
            work.hidden, adding: layer == 0 ? nil : work.branch, weight: attentionNorm,
            epsilon: epsilon, into: work.normed, rows: rows)
        compute.project(
            queryKeyValue, work.normed, into: work.queryKeyValue, rows: rows,
            site: LinearName.site(.queryKeyValue, layer: layer))
        compute.cacheKeysAndValues(
            work.queryKeyValue, shape: shape, norms: headNorms, rotary: work.rotary,
            places: step.places, pages: pages, layer: layer, rows: rows)
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
        compute.normalize(
            work.hidden, adding: work.branch, weight: feedForwardNorm, epsilon: epsilon,
            into: work.normed, rows: rows)
        compute.projectGated(
            gateUp, work.normed, through: work.gateUp, into: work.activated, rows: rows,
            site: LinearName.site(.gateUp, layer: layer))
        compute.project(
            down, work.activated, into: work.branch, rows: rows,
            site: LinearName.site(.down, layer: layer))
    }
}
