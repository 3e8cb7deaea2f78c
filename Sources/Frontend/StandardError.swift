import SystemPackage

/// Where a service says what it is doing; standard output belongs to results.
public enum StandardError {
    /// Writes one line.
    ///
    /// A reader that has gone away is no reason to stop serving.
    public static func say(_ line: String) {
        _ = try? FileDescriptor.standardError.writeAll("\(line)\n".utf8)
    }
}
