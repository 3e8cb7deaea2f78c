import ArgumentParser
import FoundationEssentials
import FuseboxClient
import FuseboxWire
import Tensors
import Wire

/// The commands that change the adapters of a running service.
///
/// Requests that run keep what they began with; new ones get the change once every worker holds it.
extension AdaptersCommand {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve one more adapter.", discussion: AdapterChange.discussion)

        @OptionGroup var change: AdapterChange
        @Argument(help: "The name that requests select it by.")
        var name: String
        @Argument(help: "A PEFT directory or a .gguf file.")
        var path: String
        @Option(help: AdapterChange.examplesHelp)
        var examples: String?

        func run() async throws {
            try await change.make(.add, name) {
                $0.path = try AdapterChange.absolute(path)
                $0.examples = try examples.map(AdapterChange.absolute) ?? ""
            }
        }
    }

    struct Replace: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve other bytes under an adapter's name.",
            discussion: AdapterChange.discussion)

        @OptionGroup var change: AdapterChange
        @Argument(help: "The adapter's name.")
        var name: String
        @Argument(help: "A PEFT directory or a .gguf file.")
        var path: String
        @Option(help: AdapterChange.examplesHelp)
        var examples: String?

        func run() async throws {
            try await change.make(.replace, name) {
                $0.path = try AdapterChange.absolute(path)
                $0.examples = try examples.map(AdapterChange.absolute) ?? ""
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve an adapter no more; `rollback` brings it back.")

        @OptionGroup var change: AdapterChange
        @Argument(help: "The adapter's name.")
        var name: String

        func run() async throws { try await change.make(.remove, name) }
    }

    struct Rollback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Go back to the generation before, to another one, or, with a canary, to all requests without it."
        )

        @OptionGroup var change: AdapterChange
        @Argument(help: "The adapter's name.")
        var name: String
        @Option(help: "The generation to go to; else the one that served before.")
        var generation: UInt32?

        func run() async throws {
            try await change.make(.rollback, name) { $0.generation = generation ?? 0 }
        }
    }

    struct Canary: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Let other bytes answer a share of the requests, until `promote` or `rollback`.",
            discussion: "`fusebox adapters list` shows how the requests of both fare.")

        @OptionGroup var change: AdapterChange
        @Argument(help: "The adapter's name.")
        var name: String
        @Argument(help: "A PEFT directory or a .gguf file.")
        var path: String
        @Option(help: "The share of the requests, 0.001 to 0.999.")
        var share: Float = 0.1

        func validate() throws {
            guard (0.001...0.999).contains(share) else {
                throw ValidationError("--share must be from 0.001 to 0.999")
            }
        }

        func run() async throws {
            try await change.make(.canary, name) {
                $0.path = try AdapterChange.absolute(path)
                $0.share = share
            }
        }
    }

    struct Promote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let an adapter's canary answer all requests.")

        @OptionGroup var change: AdapterChange
        @Argument(help: "The adapter's name.")
        var name: String

        func run() async throws { try await change.make(.promote, name) }
    }

    struct Rescan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Take over what is new, changed or gone in the folder that the service was started with, as SIGHUP does."
        )

        @OptionGroup var change: AdapterChange

        func run() async throws { try await change.make(.rescan, "") }
    }
}

/// A change of a running service's shelf, and how it is told.
struct AdapterChange: ParsableArguments {
    static let discussion =
        "The service copies the adapter, tries it in a process of its own, and serves it once every worker holds it. Whatever fails leaves what was."
    static let examplesHelp: ArgumentHelp =
        "Rows of requests that it fits, for a router that has no class for the name, as `router add` takes them; else examples.jsonl in its folder."

    @Option(help: "The service's endpoint: ipc://PATH or tcp://HOST:PORT.")
    var connect = FuseboxClient.defaultEndpoint

    @Flag(help: "Print one JSON document.")
    var json = false

    func make(
        _ verb: WireAdapterVerb, _ name: String,
        _ fill: (inout WireChangeAdapter) throws -> Void = { _ in }
    ) async throws {
        let client = try FuseboxClient(endpoint: connect)
        defer { client.shutDown() }
        var change = WireChangeAdapter()
        change.verb = verb
        change.name = name
        try fill(&change)
        let reply = try await client.changeAdapter(change)
        if json {
            Terminal.write(JSONValue.object(AdaptersDocument.json(reply)).text + "\n")
        } else {
            for warning in reply.warnings { StandardError.write("warning: \(warning)") }
            Terminal.write("revision \(reply.revision)\n")
        }
        for adapter in reply.refused where !json {
            StandardError.write("refused: \(adapter.name): \(adapter.reason)")
        }
    }

    /// The service has another working directory.
    static func absolute(_ path: String) throws -> String {
        try PathGuess.check(path)
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandError("\(path): there is no such file or folder")
        }
        return path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    }
}
