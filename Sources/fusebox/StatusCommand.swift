import ArgumentParser
import FuseboxClient
import FuseboxWire
import Tensors

/// `fusebox status`: what a running service is doing.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say what a running service is doing, and what its prefix caches spare it.")

    @Option(help: "The service's endpoint: ipc://PATH or tcp://HOST:PORT.")
    var connect = FuseboxClient.defaultEndpoint

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        let client = try FuseboxClient(endpoint: connect)
        defer { client.shutDown() }
        let status = try await client.status()
        Terminal.write(
            (json ? JSONValue.object(StatusDocument.json(status)).text : StatusReport(status).text)
                + "\n")
    }
}
