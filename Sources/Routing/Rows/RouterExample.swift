internal import Tensors

/// A text and the adapters that fit it; none means out of scope.
public struct RouterExample: Sendable, Equatable {
    public let text: String
    /// The adapters' names, without duplicates, without the name of the base.
    public let adapters: [String]

    /// The class of texts that no adapter fits.
    public static let baseName = "base"

    /// The names that the adapter of a row goes by.
    static let nameKeys = ["adapter", "label", "intent"]

    private static let nameByteLimit = 256

    public init(text: String, adapters: [String]) {
        self.text = text
        var names: [String] = []
        for name in adapters where name != Self.baseName && !names.contains(name) {
            names.append(name)
        }
        self.adapters = names
    }

    /// Checks the names.
    init(text: String, named names: [String]) throws(RoutingError) {
        guard names.allSatisfy({ !$0.isEmpty && $0.utf8.count <= Self.nameByteLimit }) else {
            throw RoutingError(
                .data, "an adapter's name is empty or longer than \(Self.nameByteLimit) bytes")
        }
        self.init(text: text, adapters: names)
    }

    /// Reads a row `{"text": string, "adapter": string}` or `{"text": string, "adapters": [string]}`; `label` and `intent`
    /// are other words for `adapter`, other members are ignored.
    init(row: JSONValue) throws(RoutingError) {
        guard let text = row["text"]?.string else {
            throw RoutingError(.data, "\"text\" is missing or no string")
        }
        let keys = Self.nameKeys.filter { row[$0] != nil }
        guard keys.count + (row["adapters"] == nil ? 0 : 1) == 1 else {
            throw RoutingError(
                .data,
                "one of \"adapter\", \"label\", \"intent\" (a name) and \"adapters\" (a list of names) is needed"
            )
        }
        if let key = keys.first {
            guard let name = row[key]?.string else {
                throw RoutingError(
                    .data, "\"\(key)\" is no string; it has to be the adapter's name on the shelf")
            }
            try self.init(text: text, named: [name])
        } else {
            let list = row["adapters"]?.array ?? []
            let names = list.compactMap(\.string)
            guard names.count == list.count, !names.isEmpty else {
                throw RoutingError(.data, "\"adapters\" is no list of names")
            }
            try self.init(text: text, named: names)
        }
    }

    /// Reads a file of rows, as `RowFile` has it.
    ///
    /// - Throws: with path and line for rows that are no examples, and for files without any.
    public static func read(path: String) throws(RoutingError) -> [RouterExample] {
        try RowFile(path: path).examples()
    }
}
