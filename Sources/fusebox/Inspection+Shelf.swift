internal import Adapters
internal import Models
internal import Tensors

extension Inspection {
    /// Whether a folder holds adapters: folders, or GGUF files that say so.
    static func isShelf(_ path: String) -> Bool {
        let places = (try? AdapterPlace.all(in: path)) ?? []
        return places.contains { place in
            !Checkpoint.isGGUF(path: place.path) || AdapterPlace.isAdapter(gguf: place.path)
        }
    }

    /// The adapters of a folder: what `adapter` reports of each, or under "refused" why it would not be served.
    static func shelf(_ path: String) throws -> [JSONObject] {
        try AdapterPlace.all(in: path).map { place in
            var report: JSONObject = ["name": .string(place.name)]
            do {
                guard AdapterShelf.isValid(name: place.name) else {
                    throw CommandError("its name is not allowed; \(AdapterShelf.nameRule)")
                }
                for (key, value) in try adapter(place.path) { _ = report.append(key, value) }
            } catch {
                _ = report.append("refused", .string("\(error)"))
            }
            return report
        }
    }

    /// One line of a shelf's report.
    static func line(_ adapter: JSONObject) -> String {
        let name = adapter["name"]?.string ?? ""
        if let reason = adapter["refused"]?.string { return "\(name): refused: \(reason)" }
        let targets = adapter["targets"]?.object?.keys.joined(separator: ", ") ?? ""
        let warnings = (adapter["warnings"]?.array ?? []).compactMap(\.string)
        let note = warnings.map { "; warning: \($0)" }.joined()
        return
            "\(name): rank \(adapter["rank"]?.int ?? 0), \(adapter["layers"]?.int ?? 0) layers, \(targets)\(note)"
    }
}
