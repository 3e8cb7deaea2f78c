import ArgumentParser
import FuseboxClient
import FuseboxWire
import Tensors
import Wire

/// `fusebox requests`: what a running service has accepted, and what became of it.
struct RequestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests",
        abstract: "Look after the requests that a running service has.",
        subcommands: [
            RequestsListCommand.self, RequestsShowCommand.self, RequestsRetryCommand.self,
            RequestsDropCommand.self,
        ], defaultSubcommand: RequestsListCommand.self)
}

/// Where the service is, and how it is told of.
struct RequestsOptions: ParsableArguments {
    @Option(help: "The service's endpoint: ipc://PATH or tcp://HOST:PORT.")
    var connect = FuseboxClient.defaultEndpoint

    @Flag(help: "Print JSON.")
    var json = false

    /// Asks the service, and prints what it says.
    func ask(
        _ question: (FuseboxClient) async throws -> [WireRequestSummary]
    ) async throws {
        let client = try FuseboxClient(endpoint: connect)
        defer { client.shutDown() }
        let requests = try await question(client)
        let table = RequestsTable(requests)
        Terminal.write((json ? JSONValue.array(table.json).text : table.text) + "\n")
    }
}

/// `fusebox requests list`.
struct RequestsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List requests, the youngest first.")

    @OptionGroup var options: RequestsOptions

    @Option(help: "How many at most.")
    var limit: UInt32 = 100

    @Flag(help: "Only those that are not tried again unless somebody asks for it.")
    var quarantined = false

    func validate() throws {
        guard (1...WireListRequests.mostRequests).contains(limit) else {
            throw ValidationError("--limit must be from 1 to \(WireListRequests.mostRequests)")
        }
    }

    func run() async throws {
        try await options.ask { client in
            let requests = try await client.listRequests(limit: limit).requests
            return quarantined ? requests.filter { $0.state == "quarantined" } : requests
        }
    }
}

/// `fusebox requests show`.
struct RequestsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Tell of one request.")

    @OptionGroup var options: RequestsOptions

    @Argument(help: "The request's id.")
    var id: RequestID

    func run() async throws {
        try await options.ask { [try await $0.request(id)] }
    }
}

/// `fusebox requests retry`.
struct RequestsRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Have a failed or quarantined request go on from where it stood.")

    @OptionGroup var options: RequestsOptions

    @Argument(help: "The request's id.")
    var id: RequestID

    func run() async throws {
        try await options.ask { [try await $0.retry(id)] }
    }
}

/// `fusebox requests drop`.
struct RequestsDropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Stop a request and forget what it holds.")

    @OptionGroup var options: RequestsOptions

    @Argument(help: "The request's id.")
    var id: RequestID

    func run() async throws {
        try await options.ask { [try await $0.drop(id)] }
    }
}
