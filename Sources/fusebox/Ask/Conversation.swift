import FuseboxClient
import Synchronization
import SystemPackage
import Tensors
import Wire

/// A conversation on a terminal: a line is a message, and every answer is given all that was said before it.
struct Conversation {
    private static let sign = "> "
    private static let hint = "/clear begins anew, /exit or Ctrl-D ends the conversation"

    let client: FuseboxClient
    /// What every request says beside its messages.
    let fields: RequestFields

    /// What was said, without what the service refused.
    struct History {
        private let system: String?
        private(set) var messages: [WireChatMessage] = []

        init(system: String?) {
            self.system = system
            clear()
        }

        mutating func clear() {
            messages = system.map { [WireChatMessage(role: "system", content: $0)] } ?? []
        }

        /// The prompt that a message makes of it.
        func prompt(_ text: String) -> WirePrompt {
            WirePrompt {
                $0.chat.messages = messages + [WireChatMessage(role: "user", content: text)]
            }
        }

        /// Keeps a message and its answer; one without a word is no turn.
        mutating func keep(_ text: String, answer: String) {
            guard !answer.isEmpty else { return }
            messages.append(WireChatMessage(role: "user", content: text))
            messages.append(WireChatMessage(role: "assistant", content: answer))
        }
    }

    /// What Ctrl-C has to do with.
    private final class Answering: Sendable {
        enum State {
            case typing
            case answering(RequestID)
            case cancelling
        }

        let state = Mutex(State.typing)
    }

    /// Talks until the person ends it.
    func run() async throws {
        var history = History(system: fields.system)
        var input = StandardInput()
        let answering = Answering()
        let interrupt = Interrupt(repeating: { [client] in
            answering.state.withLock { state in
                switch state {
                case .typing: Self.show("\n\(Self.hint)\n\(Self.sign)")
                case .answering(let id):
                    client.cancel(id)
                    state = .cancelling
                case .cancelling: return false
                }
                return true
            }
        })
        defer { withExtendedLifetime(interrupt) {} }
        Self.show("\(Self.hint)\n")
        while true {
            Self.show(Self.sign)
            guard let line = try input.line(byteLimit: Frames.clientLimit) else { break }
            switch try Terminal.text(line, of: "standard input") {
            case "": continue
            case "/exit": return
            case "/clear": history.clear()
            case let text:
                do {
                    let answer = try await self.answer(history.prompt(text), answering)
                    history.keep(text, answer: answer)
                } catch {
                    StandardError.write("fusebox: \(error)")
                }
                answering.state.withLock { $0 = .typing }
            }
        }
        Self.show("\n")
    }

    /// What belongs to no answer goes beside the output.
    private static func show(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }

    private func answer(
        _ prompt: WirePrompt, _ answering: Answering
    ) async throws -> String {
        var reply = CollectedReply()
        var printer = ReplyPrinter(isColoured: Terminal.wantsColour, write: Terminal.write)
        let stream = client.submit(try fields.submit(prompt))
        answering.state.withLock { $0 = .answering(stream.id) }
        for try await event in stream {
            reply.receive(event)
            printer.receive(event)
        }
        if let legend = printer.legend { Terminal.write(legend + "\n") }
        if let failure = reply.failure { throw CommandError(failure.message) }
        return reply.parts.map(\.text).joined()
    }
}
