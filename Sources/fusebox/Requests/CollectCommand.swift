import ArgumentParser
import FuseboxClient
import FuseboxWire
import Tensors
import Wire

/// `fusebox collect`: the reply of a request that was handed over before.
struct CollectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract:
            "Read the reply of a request that `fusebox ask --detach` or another program handed over.",
        discussion: """
            A reply that is not finished is followed to its end. It can be collected again until it is forgotten, with --forget or \
            when the service's time for results is over.
            """)

    @Option(help: "The service's endpoint: ipc://PATH or tcp://HOST:PORT.")
    var connect = FuseboxClient.defaultEndpoint

    @Flag(help: "Print one JSON document with text, ids, usage and provenance.")
    var json = false

    @Flag(help: "Have the service forget the reply afterwards.")
    var forget = false

    @Argument(help: "The request's id.")
    var id: RequestID

    func run() async throws {
        let client = try FuseboxClient(endpoint: connect)
        defer { client.shutDown() }
        var reply = CollectedReply()
        var printer = ReplyPrinter(isColoured: Terminal.wantsColour, write: Terminal.write)
        for try await event in client.attach(id) {
            reply.receive(event)
            if !json { printer.receive(event) }
        }
        if let legend = printer.legend { Terminal.write(legend + "\n") }
        if json { Terminal.write(JSONValue.object(reply.json).text + "\n") }
        if let failure = reply.failure { throw CommandError(failure.message) }
        if forget { client.close(id) }
    }
}
