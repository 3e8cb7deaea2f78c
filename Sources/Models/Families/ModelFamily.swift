internal import Adapters
internal import Kernels
internal import Tensors

/// What a family of models computes: variations of one decoder (RMS norm, rotary embedding, grouped heads, gated
/// feed-forward network), described by what they can do.
///
/// `ModelFamily+Table.swift` has them all; nothing else knows a family by its name.
public struct ModelFamily: Sendable {
    /// `model_type` of `config.json`.
    public let name: String
    /// `general.architecture` of a GGUF file.
    let architecture: String
    /// Whether llama.cpp stores the rows of q and k as pairs of a head's two halves.
    var isPermuted = false

    var activation = Activation.silu
    /// The key of `config.json` that names the activation.
    var activationKey = "hidden_act"
    /// Whether `gelu` means the one by a hyperbolic tangent.
    var readsGeluAsTanh = false
    var norms = NormPlacement.before
    /// What is added to the norms' weights as a Hugging Face checkpoint has them; GGUF has the sums.
    var normOffset: Float = 0
    public internal(set) var headNorms: HeadNormKind?
    /// Linear layers that always have a bias.
    var biases: Set<LinearName> = []
    /// Those that have one when a key of `config.json` says so.
    var optionalBiases: [String: Set<LinearName>] = [:]
    /// Projections that checkpoints hold as one matrix.
    var fused: Set<LinearName.Site> = []
    var windows = WindowRule.never
    /// One layer in so many has no rotary embedding; nil: all have.
    var unrotatedInterval: Int?
    /// The theta of layers with a window, where they have one of their own.
    var localTheta: Double?
    /// Names of rope scalings that mean another one.
    var ropeAliases: [String: String] = [:]
    /// Whether embeddings are multiplied by the square root of their size.
    var scalesEmbeddings = false
    /// Layers of the sizes whose attention scale is 1 / sqrt(hidden size / heads), which GGUF does not say.
    var hiddenScaledLayers: Set<Int> = []
    /// Keys of `config.json` beyond those that all families have.
    var keys: Set<String> = []
    /// Keys of GGUF's metadata, after the architecture, beyond those that all families have.
    var ggufKeys: Set<String> = []
    /// What transformers takes where `config.json` has no such key.
    var defaults: JSONObject = [:]
    /// The same for GGUF and llama.cpp.
    var ggufDefaults: [String: Double] = [:]
    /// Keys of `config.json` that look as if they changed something and do not, with the reason.
    var harmlessKeys: [String: String] = [:]

    init(_ name: String, architecture: String? = nil) {
        self.name = name
        self.architecture = architecture ?? name
    }
}

/// Where a layer normalizes.
public enum NormPlacement: Sendable, Hashable {
    /// What goes into attention and into the feed-forward network (Llama).
    case before
    /// What comes out of them (OLMo 2).
    case after
    /// Both (Gemma 2).
    case both

    var isBefore: Bool { self != .after }
    var isAfter: Bool { self != .before }
}

/// What of queries and keys is normalized together.
public enum HeadNormKind: Sendable, Hashable {
    case eachHead, allHeads
}

/// Which layers see a window of positions.
enum WindowRule: Sendable, Hashable {
    case never
    /// All, where `sliding_window` is set.
    case always
    /// Those from `max_window_layers` on, if `use_sliding_window` says so.
    case late
    /// All but one in so many.
    case allButOne(in: Int)
    /// Those without rotary embedding, if `use_sliding_window` says so.
    case unrotated
}

extension ModelFamily: Hashable {
    public static func == (left: ModelFamily, right: ModelFamily) -> Bool {
        left.name == right.name
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }
}
