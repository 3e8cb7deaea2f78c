import Adapters
import Evaluation
import FoundationEssentials
import Inference
import Merging
import Tensors

/// The adapters that a suite has made of others: made once, and kept with its results.
struct MergedAdapters {
    private let merges: [MergedMix]
    /// Paths by name.
    private let places: [String: String]
    private let results: String

    init(_ suite: Suite, results: String) {
        merges = suite.merges
        places = Dictionary(suite.adapters.map { ($0.name, $0.path) }) { first, _ in first }
        self.results = results
    }

    /// Makes what is not there yet and loads all.
    ///
    /// - Returns: the digests of what was loaded.
    func load(into model: inout LoadedModel) throws -> [MergedMix: Digest] {
        guard !merges.isEmpty else { return [:] }
        let folder = results + "/merges"
        for path in [results, folder] { try FileBytes.makeFolder(path: path) }
        let parts = model.shelf.named.mapValues(\.digest)
        let bar = ProgressBar("merging")
        defer { bar.finish() }
        var digests: [MergedMix: Digest] = [:]
        var loaded: [String: Digest] = [:]
        for (index, merged) in merges.enumerated() {
            let name = Self.name(of: merged, parts: parts)
            let path = "\(folder)/\(name)"
            if loaded[name] == nil {
                if !FileManager.default.fileExists(atPath: path + "/adapter_config.json") {
                    try make(merged, of: model.base, at: path) {
                        bar.show((Double(index) + $0) / Double(merges.count))
                    }
                }
                loaded[name] = try model.addAdapter(path: path, name: name).digest
            }
            digests[merged] = loaded[name]
        }
        return digests
    }

    private func make(
        _ merged: MergedMix, of base: BaseShape, at path: String, progress: (Double) -> Void
    ) throws {
        let names = merged.weights.keys.sorted()
        do {
            let parts = try names.map { name in
                Merge.Part(
                    name: name, adapter: try AdapterFile(path: places[name] ?? name, base: base),
                    weight: merged.weights[name] ?? 0)
            }
            try Merge(parts, settings: merged.settings).merged(progress: progress).write(to: path)
        } catch {
            throw CommandError(
                "\(merged.settings.method.rawValue) of \(names.joined(separator: ", ")): \(error)")
        }
    }

    /// Of all that the result depends on, so that nothing old is taken for it.
    private static func name(of merged: MergedMix, parts: [String: Digest]) -> String {
        let settings = merged.settings
        var words = [
            settings.method.rawValue, "\(settings.density ?? 0)", "\(settings.rank ?? 0)",
            "\(settings.seed)", settings.election.rawValue,
        ]
        for (name, weight) in merged.weights.sorted(by: { $0.key < $1.key }) {
            words.append("\(parts[name]?.description ?? name)=\(weight)")
        }
        let digest = Digest(of: Array(words.joined(separator: " ").utf8))
        return "merge-\(digest.description.prefix(16))"
    }
}
