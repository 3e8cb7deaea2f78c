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
            "Say what a model, an adapter, a router or a model image is, and why it would be refused.",
        discussion: "Shapes are checked, the values of weights are not read.")

    @Argument(
        help:
            "A model's or an adapter's directory or GGUF file, a router's directory, a model image."
    )
    var path: String

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
        let kind = try Kind(of: path)
        var report: JSONObject = ["path": .string(path), "kind": .string(kind.rawValue)]
        do {
            let details =
                switch kind {
                case .model: try Inspection.model(path)
                case .adapter: try Inspection.adapter(path)
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

    private enum Kind: String {
        case model, adapter, router, image

        init(of path: String) throws {
            let files: [(Kind, String)] = [
                (.model, "config.json"), (.adapter, "adapter_config.json"),
                (.router, "router.json"),
            ]
            if Checkpoint.isGGUF(path: path) {
                self = AdapterPlace.isAdapter(gguf: path) ? .adapter : .model
            } else if path.hasSuffix(ImageFolder.suffix) {
                self = .image
            } else if let (kind, _) = files.first(where: { Self.exists("\(path)/\($0.1)") }) {
                self = kind
            } else {
                let names = files.map(\.1).joined(separator: ", ")
                throw CommandError("\(path): is no GGUF file and has none of \(names)")
            }
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
