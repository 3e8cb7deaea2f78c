import ArgumentParser
import FuseboxClient
import Glibc
import Wire

/// `fusebox top`: what a running service is doing, as it does it.
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watch a running service: workers and the mixes in their slots, rates, adapters.",
        discussion: """
            Asks the service once a second; q or Ctrl-C ends. A letter is a mix, and each slot has that of its reply. First \
            tokens and times between tokens are of the last five minutes, all else counts since the service started. Where \
            standard output is no terminal, or TERM is dumb, frames follow each other.
            """)

    @Option(help: "The service's endpoint: ipc://PATH or tcp://HOST:PORT.")
    var connect = FuseboxClient.defaultEndpoint

    @Flag(help: "Print one frame, after a second.")
    var once = false

    private static let interval: Duration = .seconds(1)

    private enum Event: Sendable {
        case status(WireStatusReply, at: ContinuousClock.Instant)
        case noAnswer(String)
        case resized
        case end
    }

    func run() async throws {
        var configuration = ClientConfiguration()
        // Who looks on wants to see that nobody answers.
        configuration.reconnectTimeout = .seconds(2)
        let client = try FuseboxClient(endpoint: connect, configuration: configuration)
        defer { client.shutDown() }
        var history = TopHistory()
        history.note(try await client.status(), at: .now)
        if !once, Terminal.isScreen { return await watch(client, history) }
        repeat {
            try await Task.sleep(for: Self.interval)
            history.note(try await client.status(), at: .now)
            let lines = frame(history).text()
            Terminal.write(lines.joined(separator: "\n") + (once ? "\n" : "\n\n"))
        } while !once
    }

    private func frame(_ history: TopHistory) -> TopFrame {
        TopFrame(
            history: history, width: Terminal.size.columns, isColoured: Terminal.wantsColour)
    }

    private func watch(_ client: FuseboxClient, _ first: TopHistory) async {
        let (events, sink) = AsyncStream.makeStream(of: Event.self)
        let signals = SignalWatch([SIGINT, SIGTERM, SIGHUP, SIGWINCH]) {
            sink.yield($0 == SIGWINCH ? .resized : .end)
        }
        let keys = KeyWatch { if $0 == UInt8(ascii: "q") || $0 == nil { sink.yield(.end) } }
        let screen = Screen()
        defer {
            screen.close()
            withExtendedLifetime((signals, keys)) {}
        }
        let polling = Task { await Self.poll(client, sink) }
        defer { polling.cancel() }
        var history = first
        screen.draw(frame(history).text(height: Terminal.size.rows))
        for await event in events {
            switch event {
            case .status(let status, let now): history.note(status, at: now)
            case .noAnswer(let problem): history.note(problem: problem)
            case .resized: break
            case .end: return
            }
            screen.draw(frame(history).text(height: Terminal.size.rows))
        }
    }

    private static func poll(
        _ client: FuseboxClient, _ sink: AsyncStream<Event>.Continuation
    ) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            do throws(ClientError) {
                let status = try await client.status()
                sink.yield(.status(status, at: .now))
            } catch {
                sink.yield(.noAnswer(error.message))
            }
        }
    }
}
