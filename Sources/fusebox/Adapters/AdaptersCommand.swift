import ArgumentParser
import FuseboxClient
import FuseboxWire
import Tensors
import Wire

/// `fusebox adapters`: the adapters of a running service, and new ones.
struct AdaptersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adapters",
        abstract:
            "Say which adapters a running service has and change them; train adapters and combine them.",
        subcommands: [
            List.self, Add.self, Replace.self, Remove.self, Rollback.self, Canary.self,
            Promote.self, Rescan.self, Check.self, Train.self, Combine.self,
        ])

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
            let reply = try await client.listAdapters()
            Terminal.write(
                (json
                    ? JSONValue.object(AdaptersDocument.json(reply)).text
                    : AdapterReport(reply).text)
                    + "\n")
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
            let loads =
                adapter.loads == 0
                ? "" : ", \(adapter.loads) loads of \(Int(adapter.loadMs.rounded())) ms"
            let uses =
                adapter.uses == 0
                ? "" : ", \(adapter.uses) uses\(loads), \(adapter.evictions) evictions"
            let generation = adapter.generation == 0 ? "" : "generation \(adapter.generation), "
            let line =
                "\(adapter.name.padding(to: width + 2))\(generation)rank \(adapter.rank), \(adapter.byteCount) bytes\(note)\(uses)"
            return [line] + trial(adapter)
                + adapter.warnings.map { "\(adapter.name): warning: \($0)" }
        }
        let refused = reply.refused.map { "refused: \($0.name): \($0.reason)" }
        let lines = adapters + refused
        return lines.isEmpty ? "no adapters" : lines.joined(separator: "\n")
    }

    /// The two generations of a canary, side by side.
    private func trial(_ adapter: WireAdapterDescription) -> [String] {
        let generations = adapter.generations.filter { $0.state != "retired" }
        guard generations.contains(where: { $0.state == "canary" }) else { return [] }
        return generations.map { generation in
            let rate = generation.seconds > 0 ? Double(generation.tokens) / generation.seconds : 0
            let share = generation.state == "canary" ? " \(generation.share)" : ""
            return "  generation \(generation.number), \(generation.state)\(share): "
                + "\(generation.requests) requests, \(generation.failures) failed, "
                + "\(generation.tokens) tokens, \(Int(rate.rounded())) a second, "
                + "mean weight \((generation.weight * 100).rounded() / 100)"
        }
    }
}
