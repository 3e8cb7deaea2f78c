public import Tensors

/// The trained router: text in, calibrated distribution over adapters and the base out.
///
/// An immutable value; any number of threads may ask it at once, without locks.
public struct AdapterRouter: Sendable {
    /// The adapters' classes; the base comes after them in all results.
    public let classes: [RouterClass]
    /// What each class stands for on the shelf that the router is bound to; nil is masked.
    public let adapters: [Digest?]
    /// SHA-256 of the artefact: `router.json`, then `router.safetensors`; of nothing before it is written.
    public let digest: Digest
    public let calibration: RouterCalibration
    public let recipe: FeatureRecipe
    /// The seed of the training.
    public let seed: UInt64
    let network: RouterNetwork
    let statistics: ClassStatistics

    init(
        classes: [RouterClass], adapters: [Digest?]? = nil, digest: Digest,
        calibration: RouterCalibration, recipe: FeatureRecipe, seed: UInt64, network: RouterNetwork,
        statistics: ClassStatistics
    ) {
        precondition(
            network.output.outputCount == classes.count + 1, "a logit a class and one for the base")
        self.classes = classes
        self.adapters = adapters ?? classes.map(\.adapter)
        self.digest = digest
        self.calibration = calibration
        self.recipe = recipe
        self.seed = seed
        self.network = network
        self.statistics = statistics
    }

    /// The place of the base in all results.
    public var base: Int { classes.count }

    /// The classes' names, the base last.
    public var labels: [String] { classes.map(\.name) + [RouterExample.baseName] }

    /// Trained numbers of the network.
    public var parameterCount: Int { network.parameterCount }

    /// Scores every class, bound to an adapter or not.
    public func scores(of text: some StringProtocol) -> RouterScores {
        scores(of: text, allowed: [Bool](repeating: true, count: classes.count))
    }

    /// Scores the classes that are bound to an adapter and, if a set is given, whose adapter is in it.
    ///
    /// The mask is applied before the softmax, and abstention is judged on the allowed logits alone.
    public func scores(of text: some StringProtocol, allowing allowed: Set<Digest>?) -> RouterScores
    {
        scores(of: text, allowed: mask(allowing: allowed))
    }

    private func mask(allowing allowed: Set<Digest>?) -> [Bool] {
        adapters.map { adapter in
            guard let adapter else { return false }
            return allowed?.contains(adapter) ?? true
        }
    }

    private func scores(of text: some StringProtocol, allowed: [Bool]) -> RouterScores {
        RouterScores(
            logits: network.logits(of: features(of: text)), allowed: allowed,
            calibration: calibration)
    }

    /// What the network reads of a text.
    func features(of text: some StringProtocol) -> TextFeatures {
        TextFeatures(of: text, recipe: recipe, vocabulary: network.meanings?.table.pieces)
    }
}
