internal import Tensors

/// The files of an adapter as they are at one moment: every write and every replacement makes another one.
public struct AdapterStamp: Sendable, Equatable {
    private let files: [FileIdentity]

    /// nil: some file is missing.
    public init?(of source: AdapterSource) {
        let paths = AdapterFiles.paths(of: source.path)
        files = paths.compactMap { FileIdentity(path: $0) }
        guard files.count == paths.count else { return nil }
    }

    var text: String { files.map(\.text).joined(separator: "; ") }

    /// Whether a later write is sure to make another stamp.
    var isSettled: Bool { files.allSatisfy(\.isSettled) }
}
