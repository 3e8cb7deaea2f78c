internal import Tensors

/// A file of labelled texts: JSON lines, or CSV with a header, either of them perhaps compressed by gzip.
///
/// CSV is what is called `.csv` or `.tsv`, and what does not begin as JSON does. A byte order mark is skipped, and lines may
/// end with a carriage return.
struct RowFile {
    private let text: TextLines
    private var path: String { text.path }

    /// Bytes of a file, and of what is compressed in it.
    private static let byteLimit = 1 << 30

    init(path: String) throws(RoutingError) {
        do {
            text = try TextLines(path: path, limit: Self.byteLimit)
        } catch {
            throw RoutingError(error.code == .unreadable ? .file : .data, error.message)
        }
    }

    /// - Parameter path: what errors say, and what tells tables by its ending.
    init(bytes: [UInt8], path: String) throws(RoutingError) {
        do {
            text = try TextLines(bytes: bytes, path: path, limit: Self.byteLimit)
        } catch {
            throw RoutingError(.data, error.message)
        }
    }

    /// The rows in order; empty lines are skipped.
    func examples() throws(RoutingError) -> [RouterExample] {
        let examples = isCSV ? try csv() : try jsonLines()
        guard !examples.isEmpty else { throw RoutingError(.data, "\(path): has no rows") }
        return examples
    }

    private var isCSV: Bool {
        let name = path.lowercased()
        let plain = name.hasSuffix(".gz") ? name.dropLast(3) : name[...]
        if plain.hasSuffix(".csv") || plain.hasSuffix(".tsv") { return true }
        if plain.hasSuffix(".jsonl") || plain.hasSuffix(".json") { return false }
        let first = text.content.first { $0 > 0x20 }
        return first != nil && first != UInt8(ascii: "{") && first != UInt8(ascii: "[")
    }

    private func jsonLines() throws(RoutingError) -> [RouterExample] {
        var examples: [RouterExample] = []
        for line in text.lines {
            do throws(RoutingError) {
                examples.append(try RouterExample(row: Self.parse(line.bytes)))
            } catch {
                throw error.at("\(path):\(line.number)")
            }
        }
        return examples
    }

    private static func parse(_ line: ArraySlice<UInt8>) throws(RoutingError) -> JSONValue {
        do {
            return try JSONValue(parsing: Array(line))
        } catch {
            throw RoutingError(.data, error.message)
        }
    }

    private func csv() throws(RoutingError) -> [RouterExample] {
        var reader = CSVReader(text.content)
        var line = 1
        do throws(RoutingError) {
            guard let header = try reader.record() else { return [] }
            let columns = try CSVColumns(header: header)
            var examples: [RouterExample] = []
            line = reader.line
            while let record = try reader.record() {
                examples.append(try columns.example(record))
                line = reader.line
            }
            return examples
        } catch {
            throw error.at("\(path):\(line)")
        }
    }
}
