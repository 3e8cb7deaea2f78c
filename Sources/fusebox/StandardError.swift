internal import SystemPackage

/// Lines for people; standard output is kept for results.
enum StandardError {
    /// Writes one line.
    ///
    /// Control characters, which names from files may bring along, become spaces.
    ///
    /// - Parameter colour: a number of SGR, for a terminal that is asked for colour.
    static func write(_ message: String, colour: Int? = nil) {
        var line = String.UnicodeScalarView()
        for scalar in message.unicodeScalars {
            line.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        var text = String(line)
        if let colour, Terminal.wantsColour(FileDescriptor.standardError.rawValue) {
            text = "\u{1B}[\(colour)m\(text)\u{1B}[0m"
        }
        _ = try? FileDescriptor.standardError.writeAll((text + "\n").utf8)
    }
}
