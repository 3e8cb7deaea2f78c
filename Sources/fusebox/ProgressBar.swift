internal import Glibc
internal import SystemPackage

/// A bar on standard error that shows how far long work is; silent where standard error is no terminal.
struct ProgressBar {
    private let title: String
    private let isShown = isatty(STDERR_FILENO) == 1
    private var shown = -1
    private static let width = 40

    init(_ title: String) {
        self.title = title
    }

    /// Draws the bar anew when another step of it is done.
    mutating func show(_ fraction: Double, note: String = "") {
        let done = Int((max(0, min(1, fraction)) * Double(Self.width)).rounded(.down))
        guard isShown, done != shown else { return }
        shown = done
        let bar =
            String(repeating: "█", count: done) + String(repeating: "░", count: Self.width - done)
        write("\r\(title) \(bar) \(Int(100 * fraction)) % \(note)\u{1B}[K")
    }

    /// Leaves the terminal's line empty.
    func clear() {
        if isShown { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }
}
