internal import Tensors

/// What is known of the adapters of a folder, kept from run to run: a long shelf is read whole only once.
///
/// A summary is believed as long as inode, size and times of the adapter's files are the same, for the base and the format that
/// it was made for. A catalog that is damaged, or cannot be written, is as good as none: adapters are read instead.
public struct AdapterCatalog: Sendable {
    /// How the names of catalogs end.
    public static let suffix = ".shelf"
    private static let byteLimit = 64 << 20
    /// Another one where summaries mean something else.
    private static let version = 1

    private let path: String
    /// By path of the adapter, with the stamp of its files.
    private var entries: [String: (stamp: String, summary: AdapterSummary)] = [:]
    private var hasNews = false

    /// Opens the catalog of a folder of adapters.
    ///
    /// - Parameters:
    ///   - memory: the folder that catalogs are in.
    ///   - example: any adapter of the folder: those for another base or format have another catalog.
    public init(of folder: String, in memory: String, for example: AdapterSource) {
        let topic = "\(folder.resolvedPath)\n\(example.purpose)\n\(Self.version)"
        path = "\(memory)/\(Digest(of: Array(topic.utf8)))\(Self.suffix)"
        guard let bytes = try? FileBytes.array(path: path, limit: Self.byteLimit),
            let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
        else { return }
        let body = Array(bytes[(end + 1)...])
        guard Digest(String(decoding: bytes[..<end], as: UTF8.self)) == Digest(of: body),
            let document = try? JSONValue(parsing: body)
        else { return }
        for (path, entry) in document.object ?? [:] {
            guard let stamp = entry["stamp"]?.string, let summary = AdapterSummary(json: entry)
            else { continue }
            entries[path] = (stamp, summary)
        }
    }

    /// What is known of an adapter; nil where its files are not what they were.
    public func summary(of source: AdapterSource) -> AdapterSummary? {
        guard let (stamp, summary) = entries[source.path],
            stamp == AdapterStamp(of: source)?.text
        else { return nil }
        return summary
    }

    /// Notes what was read of an adapter, unless its files changed meanwhile, or so lately that a further change might not show.
    ///
    /// - Parameter stamp: from before it was read.
    public mutating func note(_ adapter: ShelvedAdapter, stamp: AdapterStamp?) {
        guard let stamp, stamp.isSettled, stamp == AdapterStamp(of: adapter.source) else { return }
        entries[adapter.source.path] = (stamp.text, adapter.summary)
        hasNews = true
    }

    /// Writes what is new; of adapters that are not named nothing is kept.
    public func save(keeping sources: [AdapterSource]) {
        guard hasNews else { return }
        var document = JSONObject()
        for source in sources {
            guard let (stamp, summary) = entries[source.path] else { continue }
            var entry = summary.json
            entry.append("stamp", .string(stamp))
            document.append(source.path, .object(entry))
        }
        let body = Array(JSONValue.object(document).text.utf8)
        guard let file = try? AtomicFile(path: path, isPrivate: true),
            (try? file.write(Array("\(Digest(of: body))\n".utf8) + body)) != nil
        else { return }
        try? file.commit()
    }
}
