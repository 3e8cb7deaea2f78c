internal import Adapters
internal import ArgumentParser
internal import Models
internal import Routing
internal import Tensors

/// `fusebox inspect`: what a file or folder is, and why it would be refused.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract:
            "Say what a model, an adapter, a folder of adapters, a router or a model image is, and why it would be refused.",
        discussion: "Shapes are checked, the values of weights are not read.")

    @Argument(
        help:
            "A model's or an adapter's directory or GGUF file, a folder of adapters, a router's directory or one of its files, a model image."
    )
    var path: String

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
        let (kind, path) = try Kind.recognize(path)
        var report: JSONObject = ["path": .string(path), "kind": .string(kind.rawValue)]
        if kind == .shelf { return try inspectShelf(at: path, report) }
        do {
            let details =
                switch kind {
                case .model: try Inspection.model(path)
                case .adapter: try Inspection.adapter(path)
                case .shelf: JSONObject()
                case .router: try Inspection.router(path)
                case .image: try Inspection.image(path)
                }
            for (key, value) in details { _ = report.append(key, value) }
        } catch {
            _ = report.append("refused", .string("\(error)"))
            if json { print(JSONValue.object(report).text) }
            throw error
        }
        if json {
            print(JSONValue.object(report).text)
        } else {
            for line in Self.lines(report) { print(line) }
        }
    }

    /// Every adapter of a folder, whether or not one before it is refused.
    private func inspectShelf(at path: String, _ report: JSONObject) throws {
        let adapters = try Inspection.shelf(path)
        let refusedCount = adapters.count { $0["refused"] != nil }
        if json {
            var report = report
            _ = report.append("adapters", .array(adapters.map { .object($0) }))
            print(JSONValue.object(report).text)
        } else {
            for adapter in adapters { print(Inspection.line(adapter)) }
        }
        guard refusedCount == 0 else {
            throw CommandError("\(path): \(refusedCount) of \(adapters.count) adapters are refused")
        }
    }

    private enum Kind: String {
        case model, adapter, shelf, router, image

        /// What lies at a path, and the path that it is known by: a router's is that of its folder.
        static func recognize(_ path: String) throws -> (Kind, String) {
            let files: [(Kind, String)] = [
                (.model, "config.json"), (.adapter, "adapter_config.json"),
                (.router, "router.json"),
            ]
            try PathGuess.check(path)
            let (folder, name) = PathGuess.split(path)
            if Checkpoint.isGGUF(path: path) {
                return (AdapterPlace.isAdapter(gguf: path) ? .adapter : .model, path)
            } else if path.hasSuffix(ImageFolder.suffix) {
                return (.image, path)
            } else if name == "router.json" || name == "router.safetensors" {
                return (.router, folder)
            } else if let (kind, _) = files.first(where: { exists("\(path)/\($0.1)") }) {
                return (kind, path)
            } else if Inspection.isShelf(path) {
                return (.shelf, path)
            }
            let names = files.map(\.1).joined(separator: ", ")
            throw CommandError(
                "\(path): is no GGUF file, has none of \(names), and holds no adapter"
            )
        }

        private static func exists(_ path: String) -> Bool {
            (try? FileBytes(path: path, loading: .mapped)) != nil
        }
    }

    /// A line a member; those of nested objects with their path.
    private static func lines(_ object: JSONObject, prefix: String = "") -> [String] {
        object.flatMap { key, value in
            switch value {
            case .object(let members): lines(members, prefix: "\(prefix)\(key).")
            case .string(let text): ["\(prefix)\(key): \(text)"]
            default: ["\(prefix)\(key): \(value.text)"]
            }
        }
    }
}
