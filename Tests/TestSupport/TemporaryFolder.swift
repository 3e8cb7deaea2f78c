internal import Foundation

/// A folder for one test, removed with all that is in it.
public final class TemporaryFolder: Sendable {
    private let url: URL

    public init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "fusebox-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    /// The path of a file in the folder.
    public func path(_ name: String) -> String {
        url.appending(path: name).path
    }
}
