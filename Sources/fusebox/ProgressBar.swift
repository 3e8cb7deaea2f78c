internal import Glibc
internal import SystemPackage

/// A line on the terminal that says how far long work is; nothing where standard error is no terminal.
final class ProgressBar {
    private let title: String
    private let isShown: Bool
    private var percent = -1

    private static let width = 40

    init(_ title: String) {
        self.title = title
        isShown = isatty(FileDescriptor.standardError.rawValue) == 1
    }

    /// - Parameter part: what is done, from 0 to 1.
    func show(_ part: Double) {
        let percent = Int(min(max(part, 0), 1) * 100)
        guard isShown, percent != self.percent else { return }
        self.percent = percent
        let filled = percent * Self.width / 100
        let bar =
            String(repeating: "=", count: filled)
            + String(repeating: " ", count: Self.width - filled)
        write("\r\(title) [\(bar)] \(percent)%")
    }

    /// Ends the line.
    func finish() {
        if isShown, percent >= 0 { write("\n") }
    }

    private func write(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }
}
