import ArgumentParser
import FuseboxClient
import Tensors
import Wire

/// `fusebox adapters`: the adapters of a running service, and new ones.
struct AdaptersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adapters",
        abstract: "Say which adapters a running service has; train adapters and combine them.",
        subcommands: [List.self, Train.self, Combine.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the adapters of a running service, and those that it refused.")

        @Option(help: "The service's endpoint: ipc://PATH or tcp://HOST:PORT.")
        var connect = FuseboxClient.defaultEndpoint

        @Flag(help: "Print one JSON document.")
        var json = false

        func run() async throws {
            let client = try FuseboxClient(endpoint: connect)
            defer { client.shutDown() }
            let report = AdapterReport(try await client.listAdapters())
            Terminal.write((json ? JSONValue.object(report.json).text : report.text) + "\n")
        }
    }
}

/// What `fusebox adapters list` prints.
struct AdapterReport {
    private let reply: WireAdapters

    init(_ reply: WireAdapters) {
        self.reply = reply
    }

    /// A line an adapter, those that were refused last.
    var text: String {
        let width = reply.adapters.map { $0.name.count }.max() ?? 0
        let adapters = reply.adapters.flatMap { adapter in
            let note = adapter.routable ? "" : ", by name only"
            let line =
                "\(adapter.name.padding(to: width + 2))rank \(adapter.rank), \(adapter.byteCount) bytes\(note)"
            return [line] + adapter.warnings.map { "\(adapter.name): warning: \($0)" }
        }
        let refused = reply.refused.map { "refused: \($0.name): \($0.reason)" }
        let lines = adapters + refused
        return lines.isEmpty ? "no adapters" : lines.joined(separator: "\n")
    }

    var json: JSONObject {
        [
            "adapters": .array(reply.adapters.map { .object(Self.json($0)) }),
            "refused": Self.json(reply.refused),
        ]
    }

    private static func json(_ adapter: WireAdapterDescription) -> JSONObject {
        [
            "name": .string(adapter.name),
            "digest": Digest(bytes: adapter.digest).map { .string($0.description) } ?? .null,
            "rank": .integer(Int64(adapter.rank)),
            "bytes": .integer(Int64(clamping: adapter.byteCount)),
            "routable": .bool(adapter.routable),
            "warnings": .array(adapter.warnings.map { .string($0) }),
        ]
    }

    /// Adapters that were refused, with the reasons.
    static func json(_ refused: [WireRefusedAdapter]) -> JSONValue {
        .array(
            refused.map {
                .object(["name": .string($0.name), "reason": .string($0.reason)])
            })
    }
}
