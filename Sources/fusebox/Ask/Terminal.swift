import FoundationEssentials
import Glibc
import SystemPackage
import Tensors
import Wire

/// The standard streams of a command.
enum Terminal {
    /// Whether standard output is read by a person who wants colour (https://no-color.org).
    static var wantsColour: Bool {
        let environment = ProcessInfo.processInfo.environment
        let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return isatty(STDOUT_FILENO) == 1 && !isRefused && environment["TERM"] != "dumb"
    }

    /// Writes at once, so that a reply can be read while it comes.
    static func write(_ text: String) {
        _ = try? FileDescriptor.standardOutput.writeAll(text.utf8)
    }

    /// The whole of a file, or of standard input where the path is `-`.
    ///
    /// - Throws: a line that says what is wrong with it.
    static func read(_ path: String, byteLimit: Int) throws -> String {
        guard path == "-" else {
            return try text(FileBytes.array(path: path, limit: byteLimit), of: path)
        }
        var input = StandardInput()
        return try text(input.rest(byteLimit: byteLimit), of: "standard input")
    }

    /// The prompt that an option gives; `-` is standard input, whose last line may end.
    static func readPrompt(_ option: String) throws -> String {
        guard option == "-" else { return option }
        let text = try read("-", byteLimit: Frames.clientLimit)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    private static func text(_ bytes: [UInt8], of name: String) throws(CommandError) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
        throw CommandError("\(name): line \(bad + 1) is not valid UTF-8")
    }
}
