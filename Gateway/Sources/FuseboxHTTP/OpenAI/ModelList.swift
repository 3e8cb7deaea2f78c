import FuseboxWire
import Tensors

/// What `/v1/models` lists: the base, `auto`, each adapter, each alias.
enum ModelList {
    static func json(_ catalog: Catalog) -> JSONValue {
        let names =
            [catalog.baseName, Catalog.auto] + catalog.adapters.map(\.name)
            + catalog.aliases.keys.sorted()
        return .object([
            "object": .string("list"), "data": .array(names.map { json($0, catalog) }),
        ])
    }

    /// One model; `root` is the digest of what it is, `parent` the base of an adapter.
    static func json(_ name: String, _ catalog: Catalog) -> JSONValue {
        let adapter = catalog.adapters.first { $0.name == name }
        let digest = adapter.map { Array($0.digest) } ?? catalog.baseDigest
        return .object([
            "id": .string(name), "object": .string("model"), "created": .integer(0),
            "owned_by": .string("fusebox"),
            "root": Digest(bytes: digest).map { .string($0.description) } ?? .null,
            "parent": name == catalog.baseName ? .null : .string(catalog.baseName),
            "max_model_len": catalog.contextLength.map { JSONValue($0) } ?? .null,
        ])
    }
}
