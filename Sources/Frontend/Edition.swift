import FoundationEssentials
import Tensors
import Wire

/// The adapters that a request was accepted under, by name, and the router bound to them.
///
/// It never changes: a shelf that changes has another one from then on, and requests keep theirs until they end.
struct Edition: Sendable {
    let outline: EditionOutline
    /// Sorted by name.
    let adapters: [RegisteredAdapter]
    /// nil: there is none, or it can choose none of the adapters.
    let router: (any PromptRouter)?
    /// What does not fit the router, in words.
    let warnings: [String]

    var id: Digest { outline.id }

    /// - Throws: what binding the router throws.
    init(
        _ adapters: [RegisteredAdapter], router: (any PromptRouter)?
    ) throws(Refusal) {
        var router = router
        warnings = try router?.bind(to: adapters) ?? []
        self.router = router
        self.adapters = adapters
        outline = EditionOutline(adapters, router: router?.digest)
    }

    /// The same for a shelf that changes: a router that can choose nothing of it is none.
    init(_ adapters: [RegisteredAdapter], routerIfFit router: (any PromptRouter)?) {
        var bound = router
        do throws(Refusal) {
            warnings = try bound?.bind(to: adapters) ?? []
        } catch {
            warnings = adapters.isEmpty ? [] : [error.message]
            bound = nil
        }
        self.router = bound
        self.adapters = adapters
        outline = EditionOutline(adapters, router: router?.digest)
    }

    func adapter(named name: String) -> RegisteredAdapter? {
        adapters.first { $0.name == name }
    }

    func adapter(_ digest: Digest) -> RegisteredAdapter? {
        adapters.first { $0.digest == digest }
    }

    /// The known names, for a message.
    var names: String {
        adapters.isEmpty ? "none" : adapters.map(\.name).joined(separator: ", ")
    }
}

/// What an edition holds, as workers are told of it.
struct EditionOutline: Equatable, Sendable {
    /// Of all names and digests, and the router.
    let id: Digest
    let shelf: [String: Digest]
    let router: Digest?

    init(_ shelf: [String: Digest], router: Digest?) {
        self.shelf = shelf
        self.router = router
        // No name has a space.
        let lines = shelf.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }
        let last = router.map { "\($0)\n" } ?? ""
        id = Digest(of: Array((lines.joined() + last).utf8))
    }

    fileprivate init(_ adapters: [RegisteredAdapter], router: Digest?) {
        self.init(
            Dictionary(adapters.map { ($0.name, $0.digest) }) { first, _ in first },
            router: router)
    }

    /// The order to hold it.
    func order(store: String, routers: String, offer: UInt64) -> WorkerOrder {
        .edition(
            WireEdition {
                $0.edition = Data(id.bytes)
                $0.store = store
                $0.routers = routers
                $0.offer = offer
                $0.router = Data(router?.bytes ?? [])
                $0.adapters = shelf.sorted { $0.key < $1.key }.map { name, digest in
                    WireEditionAdapter {
                        $0.name = name
                        $0.digest = Data(digest.bytes)
                    }
                }
            })
    }
}
