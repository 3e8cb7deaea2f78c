internal import Glibc
internal import SystemPackage

/// A line on the terminal that says how far long work is; nothing where standard error is no terminal.
final class ProgressBar {
    private let title: String
    private let isShown: Bool
    private var shown = ""

    private static let width = 40

    init(_ title: String) {
        self.title = title
        isShown = isatty(FileDescriptor.standardError.rawValue) == 1
    }

    /// - Parameters:
    ///   - part: what is done, from 0 to 1.
    ///   - note: what else there is to say.
    func show(_ part: Double, note: String = "") {
        let percent = Int(min(max(part, 0), 1) * 100)
        let filled = percent * Self.width / 100
        let bar =
            String(repeating: "=", count: filled)
            + String(repeating: " ", count: Self.width - filled)
        let line = "\r\(title) [\(bar)] \(percent) % \(note)\u{1B}[K"
        guard isShown, line != shown else { return }
        shown = line
        write(line)
    }

    /// Ends the line.
    func finish() {
        if isShown, !shown.isEmpty { write("\n") }
    }

    /// Leaves the line empty.
    func clear() {
        if isShown { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }
}
