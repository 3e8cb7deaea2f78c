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
        var layerCount = 0
        var linears: [LinearName: (outputs: Int, inputs: Int)] = [:]
        var vocabulary = (size: 0, hiddenSize: 0)
        for factor in files.factors where factor.shape.count == 2 {
            let shape = factor.shape
            switch factor.module {
            case .linear(let layer, let linear):
                guard layer < Self.layerLimit else { continue }
                layerCount = max(layerCount, layer + 1)
                let known = linears[linear] ?? (0, 0)
                linears[linear] = factor.isA ? (known.outputs, shape[1]) : (shape[0], known.inputs)
            case .head:
                if factor.isA {
                    vocabulary.hiddenSize = shape[1]
                } else {
                    vocabulary.size = shape[0]
                }
            case .embedding:
                if factor.isA {
                    vocabulary.size = shape[1]
                } else {
                    vocabulary.hiddenSize = shape[0]
                }
            }
        }
        base = BaseShape(
            name: baseName ?? "", digest: baseDigest ?? Digest(of: [UInt8]()),
            layerCount: layerCount, linears: linears,
            vocabulary: BaseShape.Vocabulary(
                size: vocabulary.size, hiddenSize: vocabulary.hiddenSize, isTied: false))
    }

    /// The modules that get low-rank factors and their shapes (outputs, inputs), by the last part of their names.
    public var targets: [(name: String, outputs: Int, inputs: Int)] {
        var targets: [(name: String, outputs: Int, inputs: Int)] = []
        for linear in LinearName.allCases {
            guard let shape = base.linears[linear] else { continue }
            targets.append((linear.rawValue, shape.outputs, shape.inputs))
        }
        return targets
    }
}
