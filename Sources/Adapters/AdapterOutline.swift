public import Tensors

/// What an adapter's files say by themselves, without a base.
public struct AdapterOutline: Sendable {
    /// nil: factors are as they are.
    public let alpha: Double?
    public let isRankStabilized: Bool
    /// Whether it is DoRA.
    public let usesMagnitudes: Bool
    /// The base as the adapter's author named it, and its digest where a tool of ours wrote the adapter.
    public let baseName: String?
    public let baseDigest: Digest?
    public let tensorCount: Int
    public let tensorByteCount: Int
    /// Whole tensors of the base, under its names.
    public let copies: [String]
    /// The modules of a layer that get low-rank factors and their shapes (outputs, inputs), the head and the embedding, by
    /// the last part of their names.
    public let targets: [String: (outputs: Int, inputs: Int)]
    /// The layers that have factors.
    public let layers: Set<Int>
    /// A base of the shape that the tensors ask for.
    public let base: BaseShape

    /// Layers that a model may have.
    private static let layerLimit = 4096

    /// Reads an adapter's files; see `Adapter.init` for what that throws.
    public init(path: String) throws(AdapterError) {
        let files = try AdapterFiles(path: path)
        let configuration: AdapterConfiguration
        do throws(AdapterError) {
            configuration = try files.configuration()
        } catch {
            throw AdapterError(error.code, "\(path): \(error)")
        }
        alpha = configuration.alpha
        isRankStabilized = configuration.usesRankStabilization
        usesMagnitudes = configuration.usesMagnitudes
        baseName = configuration.baseName
        baseDigest = configuration.baseDigest
        tensorCount = files.tensors.count
        tensorByteCount = files.tensors.reduce(0) { $0 + $1.byteCount }
        copies = files.copies.sorted()
        var layers: Set<Int> = []
        var targets: [String: (outputs: Int, inputs: Int)] = [:]
        var fused: Set<LinearName.Site> = []
        for factor in files.factors where factor.shape.count == 2 {
            if let layer = factor.module.layer {
                guard layer < Self.layerLimit else { continue }
                layers.insert(layer)
            }
            if case .fused(_, let site) = factor.module { fused.insert(site) }
            let name = factor.module.name.split(separator: ".").last.map(String.init) ?? ""
            let known = targets[name] ?? (0, 0)
            targets[name] =
                factor.isA
                ? (known.outputs, factor.shape[1]) : (factor.shape[0], known.inputs)
        }
        self.targets = targets
        self.layers = layers
        let embedding = targets["embed_tokens"].map { (size: $0.inputs, hidden: $0.outputs) }
        let head = targets["lm_head"].map { (size: $0.outputs, hidden: $0.inputs) }
        base = BaseShape(
            name: baseName ?? "", digest: baseDigest ?? Digest(of: [UInt8]()),
            layerCount: layers.max().map { $0 + 1 } ?? 0,
            linears: Self.linears(targets, fused: fused), fused: fused,
            vocabulary: (head ?? embedding).map {
                BaseShape.Vocabulary(size: $0.size, hiddenSize: $0.hidden, isTied: false)
            })
    }

    /// The linear layers of a block; how a fused matrix is shared out is not known, so its first part has nearly all.
    private static func linears(
        _ targets: [String: (outputs: Int, inputs: Int)], fused: Set<LinearName.Site>
    ) -> [LinearName: (outputs: Int, inputs: Int)] {
        var linears: [LinearName: (outputs: Int, inputs: Int)] = [:]
        for linear in LinearName.allCases { linears[linear] = targets[linear.rawValue] }
        for site in fused {
            guard let name = site.fusedName, let whole = targets[name] else { continue }
            for linear in site.parts { linears[linear] = (1, whole.inputs) }
            linears[site.parts[0]] = (max(1, whole.outputs - site.parts.count + 1), whole.inputs)
        }
        return linears
    }
}
