import CSystemShims
import Glibc

/// The alternate screen of a terminal, on which frames follow each other in place; what was there before comes back at the end.
final class Screen {
    private var shown: [String] = []
    private var size = Terminal.size

    init() {
        fusebox_terminal_take_keys(STDIN_FILENO)
        // No cursor, and what is too wide is cut instead of broken.
        Terminal.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[2J")
    }

    /// Shows a frame: what changed is written in one piece, which terminals that can do so show at once.
    func draw(_ lines: [String]) {
        var text = ""
        if Terminal.size != size {
            size = Terminal.size
            shown = []
            text = "\u{1B}[2J"
        }
        for row in 0..<max(lines.count, shown.count) {
            let line = row < lines.count ? lines[row] : ""
            if row < shown.count, shown[row] == line { continue }
            // Erased first: behind a full line the cursor stays on its last character.
            text += "\u{1B}[\(row + 1);1H\u{1B}[K\(line)"
        }
        shown = lines
        if !text.isEmpty { Terminal.write("\u{1B}[?2026h\(text)\u{1B}[?2026l") }
    }

    /// Gives the terminal back as it was.
    func close() {
        Terminal.write("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l")
        fusebox_terminal_restore(STDIN_FILENO)
    }
}
