import Foundation

/// The Swift files under a folder of targets, but not what the protobuf compiler wrote.
struct SourceTree {
    struct File: Sendable {
        /// From the package's root on.
        let path: String
        let target: String
        let lines: [String]
        /// The lines without comments and without the content of string literals.
        let code: [String]
    }

    let files: [File]
    let targets: Set<String>

    static func root(test: String = #filePath) -> URL {
        URL(filePath: test).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    /// - Parameter folder: whose folders are the targets.
    init(folder: String) throws {
        let sources = Self.root().appending(path: folder)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: sources.path).sorted()
            .filter { $0.hasSuffix(".swift") && !$0.contains("/Generated/") }
        targets = Set(paths.map { String($0.prefix { $0 != "/" }) })
        files = try paths.map { path in
            let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(
                String.init)
            return File(
                path: "\(folder)/\(path)", target: String(path.prefix { $0 != "/" }), lines: lines,
                code: Self.code(of: lines))
        }
    }

    /// Blanks comments and literals, multi-line literals included; interpolations go with their literal.
    static func code(of lines: [String]) -> [String] {
        var isInText = false
        return lines.map { line in
            let fences = line.components(separatedBy: "\"\"\"").count - 1
            if fences > 0 || isInText {
                if !fences.isMultiple(of: 2) { isInText.toggle() }
                return ""
            }
            var code = ""
            var isInLiteral = false
            var characters = line[...]
            while let character = characters.popFirst() {
                if isInLiteral {
                    if character == "\\" { characters = characters.dropFirst() }
                    if character == "\"" { isInLiteral = false }
                } else if character == "\"" {
                    isInLiteral = true
                } else if character == "/", characters.first == "/" {
                    break
                } else {
                    code.append(character)
                }
            }
            return code
        }
    }
}
