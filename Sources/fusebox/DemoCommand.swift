import ArgumentParser
import Frontend
import FuseboxClient
import Glibc
import Logging
import Messaging
import Routing
import Wire

/// `fusebox demo`: a front, two workers and the router on one of the demos, and a few prompts.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run a service on the embedded demo and ask it a few prompts.")

    @Option(
        help: ArgumentHelp(
            "Run the demo of adapters for SmolLM2-135M-Instruct, of which this is a file or folder.",
            valueName: "model"))
    var real: String?

    @Flag(help: "Print one JSON line a reply.")
    var json = false

    /// One worker a core, as a service would have on the smallest machine.
    private static let workerCount = 2

    func run() async throws {
        let files =
            try real.map { try ServedFiles(realDemo: $0) }
            ?? ServedFiles(model: nil, adapters: nil, router: nil)
        guard let router = files.router, let adapters = files.adapters else {
            throw CommandError("the demo's router is missing; restore the folder Router")
        }
        if let real, let warning = try RealDemo(model: real, adapters: adapters).check() {
            StandardError.write("warning: \(warning)")
        }
        let started = ContinuousClock.now
        let service = try Service(
            bind: Self.endpoint, processID: getpid(),
            commands: Array(
                repeating: WorkerCommand(arguments: [
                    "worker", "--threads", "1", "--model", files.model, "--adapters", adapters,
                    "--router", router, "--type", real == nil ? "q8_0" : "stored",
                ]),
                count: Self.workerCount),
            configuration: BrokerConfiguration(),
            router: TrainedRouter(AdapterRouter(directory: router)),
            logger: Logger(label: "fusebox.demo"))
        let (stop, stopper) = AsyncStream<Void>.makeStream()
        let (ready, readiness) = AsyncStream<Service.Summary>.makeStream()
        try await withThrowingTaskGroup { group in
            group.addTask {
                defer { readiness.finish() }
                try await service.run(until: stop) { readiness.yield($0) }
            }
            for await summary in ready {
                if !json { report(summary, after: ContinuousClock.now - started) }
                try await ask()
                stopper.yield()
                stopper.yield()
                break
            }
            try await group.waitForAll()
        }
    }

    private static var endpoint: String {
        let path = Endpoint.default.description
        return (path.hasSuffix(".sock") ? String(path.dropLast(5)) : path)
            + "-demo-\(getpid()).sock"
    }

    private func report(_ summary: Service.Summary, after time: Duration) {
        Terminal.write(
            "\(summary.workerCount) workers with \(summary.adapterCount) adapters on one \(summary.type) base "
                + "were ready after \(time.formatted)\n")
    }

    private func ask() async throws {
        let client = try FuseboxClient(endpoint: Self.endpoint)
        defer { client.shutDown() }
        for prompt in real == nil ? DemoPrompt.embedded : DemoPrompt.real {
            var transcript = DemoTranscript(
                prompt, isColoured: Terminal.wantsColour, isSilent: json)
            for try await event in client.submit(prompt.submit) { transcript.receive(event) }
            if json { Terminal.write(transcript.json + "\n") }
            if let failure = transcript.failure { throw CommandError(failure.message) }
        }
    }
}

extension Duration {
    /// Seconds with two digits.
    var formatted: String {
        let hundredths = Int(self / .milliseconds(10))
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
    }
}
