internal import SystemPackage

/// Lines for people; standard output is kept for results.
enum StandardError {
    /// Writes one line.
    ///
    /// Control characters, which names from files may bring along, become spaces.
    static func write(_ message: String) {
        var line = String.UnicodeScalarView()
        for scalar in message.unicodeScalars {
            line.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        _ = try? FileDescriptor.standardError.writeAll((String(line) + "\n").utf8)
    }
}
