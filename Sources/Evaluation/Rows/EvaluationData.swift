internal import Tensors

/// A file of rows: JSON lines, perhaps compressed by gzip.
public struct EvaluationData: Sendable {
    public let rows: [EvaluationRow]
    /// The line of each row, from one.
    public let lines: [Int]
    public let path: String

    /// Bytes of a file, and of what is compressed in it.
    private static let byteLimit = 256 << 20
    private static let limits = JSONLimits(depth: 16, byteCount: 8 << 20, stringByteCount: 4 << 20)

    /// Reads the first rows of a file; empty lines are skipped.
    ///
    /// - Throws: with path and line for rows that are none, and for files without any.
    init(path: String, limit: Int?) throws(EvaluationError) {
        let text: TextLines
        do {
            text = try TextLines(path: path, limit: Self.byteLimit)
        } catch {
            throw EvaluationError(.data, error.message)
        }
        try self.init(text, limit: limit)
    }

    init(_ text: TextLines, limit: Int?) throws(EvaluationError) {
        var rows: [EvaluationRow] = []
        var lines: [Int] = []
        for line in text.lines {
            guard limit.map({ rows.count < $0 }) ?? true else { break }
            do throws(EvaluationError) {
                rows.append(try Self.row(line.bytes))
                lines.append(line.number)
            } catch {
                throw error.at("\(text.path):\(line.number)")
            }
        }
        guard !rows.isEmpty else {
            throw EvaluationError(
                .data,
                "\(text.path): has no rows; write one {\"prompt\": ..., \"answer\": ...} a line")
        }
        self.rows = rows
        self.lines = lines
        path = text.path
    }

    /// The same rows for these adapters, where they name none themselves.
    func defaulting(to adapters: [String]) -> EvaluationData {
        EvaluationData(
            rows: rows.map { $0.defaulting(to: adapters) }, lines: lines, path: path)
    }

    private init(rows: [EvaluationRow], lines: [Int], path: String) {
        self.rows = rows
        self.lines = lines
        self.path = path
    }

    private static func row(_ line: ArraySlice<UInt8>) throws(EvaluationError) -> EvaluationRow {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: Array(line), limits: limits)
        } catch {
            throw EvaluationError(.data, error.message)
        }
        return try EvaluationRow(json)
    }
}
