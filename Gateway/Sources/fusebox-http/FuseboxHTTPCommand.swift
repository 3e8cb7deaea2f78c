import ArgumentParser
import FuseboxClient
import FuseboxHTTP
import Glibc
import Logging

/// `fusebox-http`: OpenAI's API in front of a running service.
@main
struct FuseboxHTTPCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fusebox-http",
        abstract: "Serve OpenAI's API in front of a running service.",
        discussion: """
            `fusebox serve --http` starts it and keeps it running. SIGTERM or Ctrl-C lets running replies end.
            """)

    @Option(help: "The service's endpoint: ipc://PATH or tcp://HOST:PORT.")
    var connect = FuseboxClient.defaultEndpoint

    @Option(help: "Where to listen: HOST:PORT or PORT.")
    var address = "127.0.0.1:8000"

    @Option(
        help: ArgumentHelp(
            "Ask for keys, made by `fusebox keys new`; needed where others reach the address.",
            valueName: "file"))
    var apiKeys: String?

    @Option(
        help: ArgumentHelp(
            "A JSON file with \"aliases\" of models and \"hosts\" that browsers may use.",
            valueName: "file"))
    var config: String?

    @Flag(
        help:
            "Let whoever reaches the address, or has a key where keys are asked for, change the service's adapters."
    )
    var allowAdapterChanges = false

    @Option(help: ArgumentHelp("End when this process has.", visibility: .hidden))
    var parent: Int32?

    func run() async throws {
        var settings = GatewaySettings(service: connect)
        let address = try ListenAddress(address)
        settings.host = address.host
        settings.port = address.port
        settings.keyFile = apiKeys
        settings.allowsAdapterChanges = allowAdapterChanges
        if let config { try settings.read(path: config) }
        // A client that is gone shows in the write.
        signal(SIGPIPE, SIG_IGN)
        let logger = Logger(label: "fusebox.http") { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .notice
            return handler
        }
        if let parent { Self.endWith(parent) }
        let gateway = try Gateway(settings, logger: logger)
        let host = address.host.contains(":") ? "[\(address.host)]" : address.host
        try await gateway.run { port in
            logger.notice("serving at http://\(host):\(port)")
        }
    }

    /// Ends this process as SIGTERM does once its parent is gone, whatever ended that.
    private static func endWith(_ parent: Int32) {
        Task {
            while getppid() == parent { try await Task.sleep(for: .seconds(1)) }
            kill(getpid(), SIGTERM)
        }
    }
}
