internal import Tensors

/// A file of labelled texts: JSON lines, or CSV with a header, either of them perhaps compressed by gzip.
///
/// CSV is what is called `.csv` or `.tsv`, and what does not begin as JSON does. A byte order mark is skipped, and lines may
/// end with a carriage return.
struct RowFile {
    private let path: String
    private let bytes: [UInt8]

    /// Bytes of a file, and of what is compressed in it.
    private static let byteLimit = 1 << 30

    init(path: String) throws(RoutingError) {
        let stored: [UInt8]
        do {
            stored = try FileBytes.array(path: path, limit: Self.byteLimit)
        } catch {
            throw RoutingError(.file, error.message)
        }
        try self.init(bytes: stored, path: path)
    }

    /// - Parameter path: what errors say, and what tells tables by its ending.
    init(bytes stored: [UInt8], path: String) throws(RoutingError) {
        self.path = path
        do {
            bytes =
                GzipFile.recognizes(stored)
                ? try GzipFile.content(of: stored, limit: Self.byteLimit) : stored
        } catch {
            throw RoutingError(.file, "\(path): \(error.message)")
        }
        guard !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]) else {
            throw RoutingError(.data, "\(path): is UTF-16; save it as UTF-8")
        }
    }

    /// The rows in order; empty lines are skipped.
    func examples() throws(RoutingError) -> [RouterExample] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = bytes.starts(with: mark) ? bytes[mark.count...] : bytes[...]
        let examples = isCSV(content) ? try csv(content) : try jsonLines(content)
        guard !examples.isEmpty else { throw RoutingError(.data, "\(path): has no rows") }
        return examples
    }

    private func isCSV(_ content: ArraySlice<UInt8>) -> Bool {
        let name = path.lowercased()
        let plain = name.hasSuffix(".gz") ? name.dropLast(3) : name[...]
        if plain.hasSuffix(".csv") || plain.hasSuffix(".tsv") { return true }
        if plain.hasSuffix(".jsonl") || plain.hasSuffix(".json") { return false }
        let first = content.first { $0 > 0x20 }
        return first != nil && first != UInt8(ascii: "{") && first != UInt8(ascii: "[")
    }

    private func jsonLines(_ content: ArraySlice<UInt8>) throws(RoutingError) -> [RouterExample] {
        var examples: [RouterExample] = []
        for (index, line) in content.split(separator: 0x0A, omittingEmptySubsequences: false)
            .enumerated()
        {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            do throws(RoutingError) {
                examples.append(try RouterExample(row: Self.parse(line)))
            } catch {
                throw error.at("\(path):\(index + 1)")
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

    private func csv(_ content: ArraySlice<UInt8>) throws(RoutingError) -> [RouterExample] {
        var reader = CSVReader(content)
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
