internal import Adapters
public import Inference
internal import Kernels
internal import Models
public import Routing
internal import Tensors
public import Tokenization

/// What a worker serves: the base, its adapters, its tokenizer and the router of their replies.
public struct ServedModel: Sendable {
    public private(set) var loaded: LoadedModel
    public let tokenizer: Tokenizer
    /// Bound to the adapters; nil: explicit mixes only.
    public let router: AdapterRouter?
    /// Folders of the shelf that hold no adapter for this base, and why.
    public let refusedAdapters: [(name: String, reason: String)]
    /// An image that was not used, adapters that were refused, what the router could not bind.
    public let warnings: [String]

    /// Loads everything.
    ///
    /// - Parameters:
    ///   - adapters: a folder of adapters (`AdapterPlace`). One that is refused is reported, so that it does not take
    ///     the others with it.
    ///   - router: a folder that `fusebox router train` wrote.
    ///   - threshold: the scope below which it abstains; nil leaves its own.
    public init(
        loaded: LoadedModel, adapters: String? = nil, router: String? = nil, threshold: Float? = nil
    ) throws(LoadError) {
        var loaded = loaded
        var warnings = loaded.warnings
        var refused: [(name: String, reason: String)] = []
        for place in try Self.places(adapters) {
            do throws(LoadError) {
                try loaded.addAdapter(path: place.path, name: place.name)
            } catch {
                refused.append((place.name, "\(error)"))
                warnings.append("adapter refused: \(error)")
            }
        }
        do {
            tokenizer = try Tokenizer(path: loaded.checkpointPath)
            if let router {
                let shelf = loaded.shelf.named.mapValues(\.digest)
                let binding = try AdapterRouter(directory: router).abstaining(below: threshold)
                    .bound(to: shelf)
                self.router = binding.router
                warnings += binding.warnings
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

    private static func places(_ path: String?) throws(LoadError) -> [AdapterPlace] {
        do {
            return try path.map { path throws(AdapterError) in try AdapterPlace.all(in: path) }
                ?? []
        } catch {
            throw LoadError("\(error)")
        }
    }
}
