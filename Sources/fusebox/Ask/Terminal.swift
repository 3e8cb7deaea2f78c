import ArgumentParser
import CSystemShims
import FoundationEssentials
import Glibc
import SystemPackage
import Tensors
import Wire

/// The standard streams of a command.
enum Terminal {
    /// Whether standard output is read by a person who wants colour (https://no-color.org).
    static var wantsColour: Bool { wantsColour(STDOUT_FILENO) }

    static func wantsColour(_ descriptor: Int32) -> Bool {
        let refusal = ProcessInfo.processInfo.environment["NO_COLOR"] ?? ""
        return refusal.isEmpty && isScreen(descriptor)
    }

    /// Whether standard output is a screen on which a cursor can be moved.
    static var isScreen: Bool { isScreen(STDOUT_FILENO) }

    private static func isScreen(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// What fits standard output; of what is no terminal COLUMNS says the width, and there is no last row.
    static var size: Size {
        let size = fusebox_terminal_size(STDOUT_FILENO)
        let named = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }
        let columns = size.columns > 0 ? Int(size.columns) : named ?? 80
        return Size(
            columns: min(max(columns, 20), 1000), rows: size.rows > 0 ? Int(size.rows) : nil)
    }

    struct Size: Equatable {
        let columns: Int
        let rows: Int?
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

    /// The prompt that an option gives; `-`, or nothing where there is a pipe, is standard input, whose last line may end.
    ///
    /// - Throws: where nothing is given and standard input is a person's.
    static func readPrompt(_ option: String?) throws -> String {
        if let option, option != "-" { return option }
        guard option != nil || !isTyped else {
            throw ValidationError("give a prompt, or pipe one into standard input")
        }
        return withoutLineEnd(try read("-", byteLimit: Frames.clientLimit))
    }

    /// Whether a person types standard input.
    static var isTyped: Bool { isatty(STDIN_FILENO) == 1 }

    /// Bytes decide: to Swift CR LF is one character, which is no LF.
    static func withoutLineEnd(_ text: String) -> String {
        var bytes = text.utf8[...]
        if bytes.last == UInt8(ascii: "\n") {
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        return String(Substring(bytes))
    }

    /// The text that bytes are, without the byte order mark that some editors put before it.
    static func text(_ bytes: [UInt8], of name: String) throws(CommandError) -> String {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = bytes.starts(with: mark) ? bytes[mark.count...] : bytes[...]
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
        throw CommandError("\(name): line \(bad + 1) is not valid UTF-8")
    }
}
