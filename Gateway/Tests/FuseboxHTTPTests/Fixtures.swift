import FuseboxWire

@testable import FuseboxHTTP

extension Catalog {
    /// A base and three adapters.
    static var fixture: Catalog {
        var catalog = Catalog()
        catalog.baseName = "org/small:q8"
        catalog.adapters = ["hotels", "positive", "books"].map { name in
            WireAdapterDescription { $0.name = name }
        }
        catalog.aliases = ["helpdesk": "auto:hotels,books"]
        return catalog
    }
}

extension GenerationRequest {
    init(_ text: String, _ format: ReplyFormat = .chat) throws {
        try self.init(JSONValue(parsing: text), format: format, catalog: .fixture)
    }
}

extension WireSelection {
    static func mix(_ shares: [(String, Float)]) -> WireSelection {
        WireSelection { selection in
            for (name, weight) in shares {
                selection.fixed.shares.append(
                    WireNamedWeight {
                        $0.name = name
                        $0.weight = weight
                    })
            }
        }
    }
}
