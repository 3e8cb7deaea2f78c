public import Adapters
public import Kernels
public import Models
internal import Synchronization
internal import Tensors

/// A base as floats for training: small tensors and the head in memory, the matrices of one layer at a time.
///
/// Weights are those that are served: what a checkpoint stores is dequantized when a layer is used (as QLoRA does), so memory
/// stays at one layer's matrices beside the file's own.
public final class FrozenBase {
    public let configuration: ModelConfiguration
    public let shape: BaseShape
    let layers: [FrozenLayer]
    /// (vocabulary, hidden).
    let embedding: Matrix
    let head: Matrix
    /// With the multiplier of logits in it, which the linear head leaves room for.
    let finalNorm: AlignedBuffer<Float>
    /// The matrices of the layer that was loaded last, by site, (outputs, inputs).
    private let matrices: [Matrix]
    private var loaded: Int?
    private let reader: WeightReader
    /// By layer and linear layer, where floats are rounded to NF4; else none.
    private let normalFloats: [NF4Tensor]
    private let pool: ThreadPool

    /// Reads a checkpoint.
    ///
    /// - Parameter quantizes: take the linear layers as NF4 in double quantization rounds them, which is how `--type nf4` serves
    ///   a checkpoint of floats.
    /// - Throws: for missing tensors, other shapes than the configuration's, and values that are not finite.
    public init(
        _ checkpoint: Checkpoint, quantizes: Bool = false, pool: ThreadPool
    ) throws(ModelError) {
        let configuration = checkpoint.configuration
        let reader = WeightReader(checkpoint)
        self.configuration = configuration
        self.reader = reader
        self.pool = pool
        shape = checkpoint.shape
        var layers: [FrozenLayer] = []
        for layer in 0..<configuration.layerCount {
            layers.append(try FrozenLayer(reader, configuration, layer: layer))
        }
        self.layers = layers
        let (vocabulary, hidden) = (configuration.vocabularySize, configuration.hiddenSize)
        embedding = Matrix(vocabulary, hidden, try reader.matrix(.embedding))
        head =
            configuration.isTied
            ? embedding : Matrix(vocabulary, hidden, try reader.matrix(.head))
        let norm = try reader.norm(.finalNorm) ?? AlignedBuffer(count: 0)
        let scale = configuration.multipliers.logits
        for index in 0..<norm.count where scale != 1 { norm[index] *= scale }
        finalNorm = norm
        matrices = LinearName.Site.allCases.map { site in
            let shapes = site.parts.compactMap { configuration.linearShapes[$0] }
            return Matrix(shapes.reduce(0) { $0 + $1.outputs }, shapes.first?.inputs ?? 0)
        }
        var normalFloats: [NF4Tensor] = []
        for layer in 0..<configuration.layerCount where quantizes {
            for linear in LinearName.allCases {
                normalFloats.append(
                    try Self.quantized(reader, linear, layer: layer, configuration))
            }
        }
        self.normalFloats = normalFloats
    }

    private static func quantized(
        _ reader: WeightReader, _ linear: LinearName, layer: Int,
        _ configuration: ModelConfiguration
    ) throws(ModelError) -> NF4Tensor {
        let values = try reader.matrix(.linear(linear), layer: layer)
        let shape = configuration.linearShapes[linear].map { [$0.outputs, $0.inputs] } ?? []
        do {
            return try NF4Tensor(quantizing: values, shape: shape, doubleQuantization: true)
        } catch {
            throw ModelError(.malformed, "\(linear.rawValue) of layer \(layer): \(error)")
        }
    }

    /// Whether linear layers are other than the checkpoint stores them.
    var isQuantizing: Bool { !normalFloats.isEmpty }

    /// The matrices of a layer by site; they stay until another layer is asked for.
    func matrices(layer: Int) throws(ModelError) -> [Matrix] {
        guard loaded != layer else { return matrices }
        loaded = nil
        let parts = LinearName.Site.allCases.flatMap { site in site.parts.map { (site, $0) } }
        let failure = Mutex<ModelError?>(nil)
        pool.run(parts.count) { index in
            let (site, linear) = parts[index]
            do throws(ModelError) {
                try part(site, linear).set(values(linear, layer: layer))
            } catch {
                failure.withLock { $0 = error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        loaded = layer
        return matrices
    }

    private func values(_ linear: LinearName, layer: Int) throws(ModelError) -> [Float] {
        guard isQuantizing else {
            return try reader.matrix(.linear(linear), layer: layer)
        }
        let place = LinearName.allCases.firstIndex(of: linear) ?? 0
        return normalFloats[layer * LinearName.allCases.count + place].floats()
    }

    /// The rows of a site's matrix that a linear layer has.
    private func part(_ site: LinearName.Site, _ linear: LinearName) -> Matrix {
        matrices[site.rawValue].rows(configuration.columns(of: linear, in: site))
    }
}

extension ModelConfiguration {
    /// The outputs of a site that are a linear layer's.
    func columns(of linear: LinearName, in site: LinearName.Site) -> Range<Int> {
        var first = 0
        for other in site.parts {
            let outputs = linearShapes[other]?.outputs ?? 0
            if other == linear { return first..<first + outputs }
            first += outputs
        }
        return 0..<0
    }
}
