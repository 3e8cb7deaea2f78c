import Foundation
import Testing

/// The committed table of what users see of bad inputs, `BadInput.md`.
enum BadInputTable {
    /// A line of the table.
    struct Row {
        let input: String
        let given: String
        let seen: String

        fileprivate var line: String {
            let cells = [input, given, seen].map { $0.replacingOccurrences(of: "|", with: "\\|") }
            return "| \(cells[0]) | \(cells[1]) | \(cells[2]) |"
        }
    }

    private static let path = BuiltProgram.root + "/Tests/EndToEndTests/BadInput.md"

    /// Holds a section of the table to what was seen; with `FUSEBOX_RECORD` set, writes it instead.
    static func check(_ rows: [Row], section: String) throws {
        var lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
        let heading = try #require(lines.firstIndex(of: "## \(section)"), "section \(section)")
        let head = try #require(lines[heading...].firstIndex { $0.hasPrefix("|---") })
        let end = lines[head...].firstIndex { !$0.hasPrefix("|") } ?? lines.endIndex
        let seen = rows.map(\.line)
        guard ProcessInfo.processInfo.environment["FUSEBOX_RECORD"] == nil else {
            lines.replaceSubrange(head + 1..<end, with: seen)
            return try lines.joined(separator: "\n").write(
                toFile: path, atomically: true, encoding: .utf8)
        }
        let committed = Array(lines[head + 1..<end])
        #expect(committed.count == seen.count, "rows of \(section)")
        for (old, new) in zip(committed, seen) { #expect(old == new) }
    }

    /// A message as it stands in the table: on one line, without what differs from run to run.
    static func normalized(_ message: String, folder: String) -> String {
        message.replacingOccurrences(of: folder, with: "FOLDER")
            .replacing(/\b[0-9a-f]{64}\b/, with: "DIGEST")
    }
}
