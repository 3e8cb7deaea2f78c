import FuseboxWire
import HTTPTypes

/// The models that can be asked for by name, as the service last told them.
struct Catalog: Sendable, Equatable {
    /// The word for the base alone, whatever its name is.
    static let base = "base"
    static let auto = "auto"

    /// What the base is called.
    var baseName = Catalog.base
    /// SHA-256 of the base and of the adapter router; empty where there is none.
    var baseDigest: [UInt8] = []
    var routerDigest: [UInt8] = []
    /// Adapters, in the order in which `lora` counts them.
    var adapters: [WireAdapterDescription] = []
    /// Names that stand for a selection.
    var aliases: [String: String] = [:]
    /// Positions of a prompt and its reply; nil where the service did not say.
    var contextLength: UInt32?

    init() {}

    init(_ status: WireStatusReply, _ adapters: WireAdapters, aliases: [String: String]) {
        self.aliases = aliases
        if !status.model.isEmpty { baseName = status.model }
        if status.context > 0 { contextLength = status.context }
        self.adapters = adapters.adapters
        baseDigest = Array(status.base)
        routerDigest = Array(status.router)
    }

    /// Reads what `model` may say: an alias, the base's name, `auto`, `auto:NAME,NAME`, an adapter, a mix of adapters, or one of
    /// these behind the base's name and a colon.
    ///
    /// - Throws: 404 for a name that nothing has, 400 for what is no name.
    func selection(model: String) throws(APIError) -> WireSelection {
        if let alias = aliases[model] { return try selection(text: alias, param: "model") }
        return try selection(text: model, param: "model")
    }

    /// Reads a selection, and looks that all adapters in it exist.
    func selection(text: String, param: String) throws(APIError) -> WireSelection {
        var text = text
        // A base may have a colon in its name, so it is not looked for in the text.
        if text.hasPrefix(baseName + ":") { text.removeFirst(baseName.count + 1) }
        if text == baseName || text == Self.base { return WireSelection { $0.base = .init() } }
        let selection: WireSelection
        do throws(WireError) {
            selection = try WireSelection(text: text)
        } catch {
            throw APIError(error, param: param)
        }
        try check(selection, param: param)
        return selection
    }

    /// Refuses adapters that there are not.
    func check(_ selection: WireSelection, param: String) throws(APIError) {
        let names: [String] =
            switch selection.kind {
            case .fixed(let fixed): fixed.shares.map(\.name)
            case .auto(let auto): auto.allowed
            case .base, nil: []
            }
        for name in names where !adapters.contains(where: { $0.name == name }) {
            throw APIError(
                .notFound, "not_found",
                "there is no model or adapter \"\(name.prefix(64))\"; GET /v1/models lists them",
                param: param)
        }
    }

    /// The adapter that llama.cpp's `lora` means: a name, or its number in the list.
    func adapter(id: JSONValue, param: String) throws(APIError) -> String {
        if let name = id.string { return name }
        guard let index = id.int, adapters.indices.contains(index) else {
            throw .invalid(
                "\(param) must be the name of an adapter or its number in GET /fusebox/v1/adapters",
                param: param)
        }
        return adapters[index].name
    }
}
