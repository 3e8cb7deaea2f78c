internal import Tensors

/// A text and the adapters that fit it; none means out of scope.
public struct RouterExample: Sendable, Equatable {
    public let text: String
    /// The adapters' names, without duplicates, without the name of the base.
    public let adapters: [String]

    /// The class of texts that no adapter fits.
    public static let baseName = "base"

    public init(text: String, adapters: [String]) {
        self.text = text
        var names: [String] = []
        for name in adapters where name != Self.baseName && !names.contains(name) {
            names.append(name)
        }
        self.adapters = names
    }

    /// Bytes of a file of examples.
    static let fileByteLimit = 1 << 30

    /// Reads a row `{"text": string, "adapter": string}` or `{"text": string, "adapters": [string]}`; other members are ignored.
    init(row: JSONValue) throws(RoutingError) {
        guard let text = row["text"]?.string else {
            throw RoutingError(.data, "\"text\" is missing or no string")
        }
        let names: [String]
        if let name = row["adapter"]?.string, row["adapters"] == nil {
            names = [name]
        } else if let list = row["adapters"]?.array, row["adapter"] == nil {
            names = list.compactMap(\.string)
            guard names.count == list.count, !names.isEmpty else {
                throw RoutingError(.data, "\"adapters\" is no list of names")
            }
        } else {
            throw RoutingError(
                .data, "one of \"adapter\" (a name) and \"adapters\" (a list of names) is needed")
        }
        guard names.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 256 }) else {
            throw RoutingError(.data, "an adapter's name is empty or longer than 256 bytes")
        }
        self.init(text: text, adapters: names)
    }

    /// Reads a file of JSON lines; empty lines are skipped.
    ///
    /// - Throws: with path and line for rows that are no examples, and for files without any.
    public static func read(path: String) throws(RoutingError) -> [RouterExample] {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.array(path: path, limit: fileByteLimit)
        } catch {
            throw RoutingError(.file, error.message)
        }
        var examples: [RouterExample] = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            .enumerated()
        {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            do throws(RoutingError) {
                examples.append(try RouterExample(row: parse(line)))
            } catch {
                throw error.at("\(path):\(index + 1)")
            }
        }
        guard !examples.isEmpty else { throw RoutingError(.data, "\(path): has no rows") }
        return examples
    }

    private static func parse(_ line: ArraySlice<UInt8>) throws(RoutingError) -> JSONValue {
        do {
            return try JSONValue(parsing: Array(line))
        } catch {
            throw RoutingError(.data, error.message)
        }
    }
}
