internal import Adapters
internal import Inference
internal import Routing
internal import Tensors

/// What a part may be run with: a set of adapters that never changes, and the router bound to it.
struct HeldEdition {
    /// Names by digest, for people.
    let names: [Digest: String]
    /// nil: there is none, or it knows none of the adapters.
    let router: AdapterRouter?

    /// What a model came with.
    init(own model: ServedModel) {
        names = Self.names(of: model.loaded.shelf.named.mapValues(\.digest))
        router = model.router
    }

    /// The front's.
    init(_ shelf: [String: Digest], router: AdapterRouter?) {
        names = Self.names(of: shelf)
        self.router = router.flatMap { try? $0.bound(to: shelf).router }
    }

    /// Of names for the same bytes the first counts.
    private static func names(of shelf: [String: Digest]) -> [Digest: String] {
        Dictionary(shelf.map { ($0.value, $0.key) }, uniquingKeysWith: min)
    }
}
