internal import Adapters
public import Inference
internal import Kernels
internal import Models
public import Routing
internal import Tensors
public import Tokenization

/// What a worker serves: the base, its adapters, its tokenizer and the router of their replies.
public struct ServedModel: Sendable {
    public internal(set) var loaded: LoadedModel
    public let tokenizer: Tokenizer
    /// Bound to the adapters, if there are any yet; nil: explicit mixes only.
    public let router: AdapterRouter?
    /// The scope below which a router abstains; nil leaves its own.
    let threshold: Float?
    /// Folders of the shelf that hold no adapter for this base, and why.
    public let refusedAdapters: [(name: String, reason: String)]
    /// An image that was not used, adapters that were refused, what the router could not bind.
    public let warnings: [String]

    /// Loads everything.
    ///
    /// - Parameters:
    ///   - adapters: a folder of adapters (`AdapterPlace`). One that is refused is reported, so that it does not take
    ///     the others with it.
    ///   - adapterByteLimit: what the adapters' weights may take; if it is less than they do, they are loaded when they are used.
    ///   - router: a folder that `fusebox router train` wrote.
    ///   - threshold: the scope below which it abstains; nil leaves its own.
    ///   - bindsLater: adapters come later, and the router is bound to them then.
    public init(
        loaded: LoadedModel, adapters: String? = nil, adapterByteLimit: Int = .max,
        router: String? = nil, threshold: Float? = nil, bindsLater: Bool = false
    ) throws(LoadError) {
        self.threshold = threshold
        var loaded = loaded
        var warnings = loaded.warnings
        let refused =
            try adapters.map { folder throws(LoadError) in
                try loaded.addAdapters(in: folder, byteLimit: adapterByteLimit)
            } ?? []
        warnings += refused.map { "adapter refused: \($0.reason)" }
        do {
            tokenizer = try Tokenizer(path: loaded.checkpointPath)
            if let router {
                let trained = try AdapterRouter(directory: router).abstaining(below: threshold)
                if bindsLater {
                    self.router = trained
                } else {
                    let binding = try trained.bound(to: loaded.shelf.named.mapValues(\.digest))
                    self.router = binding.router
                    warnings += binding.warnings
                }
            } else {
                self.router = nil
            }
        } catch {
            throw LoadError("\(error)")
        }
        self.loaded = loaded
        refusedAdapters = refused
        self.warnings = warnings
    }

    /// Ids that end a reply.
    var endOfTextIDs: Set<Int32> {
        tokenizer.endOfTextIDs.union(loaded.transformer.configuration.endOfTextIDs)
    }
}
