import FoundationEssentials
import Glibc
import SystemPackage
import Tensors

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
            let bytes = try FileBytes.array(path: path, limit: byteLimit)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CommandError("\(path) is not valid UTF-8")
            }
            return text
        }
        var text = ""
        while let line = readLine(strippingNewline: false) {
            text += line
            guard text.utf8.count <= byteLimit else {
                throw CommandError("standard input has more than \(byteLimit) bytes")
            }
        }
        return text
    }
}
