import ArgumentParser
import FuseboxClient
import Tensors
import Wire

/// `fusebox ask`: sends prompts to a running service.
struct AskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Ask a running service.",
        discussion: """
            Without a prompt it is read from a pipe; on a terminal a conversation begins, which keeps its turns: /clear begins \
            anew, /exit or Ctrl-D ends it, Ctrl-C ends the answer.

            On a terminal each sentence of the reply wears the colour of its adapters, and a line of weights follows; \
            otherwise the plain text is printed. A line of a --jsonl file is an object with "prompt" and, each optional, \
            "id", "system", "select", "weighting", "kv_rule", "split", "raw", "text", "max_tokens", "temperature", "top_k", "top_p", \
            "min_p", "repetition_penalty", "presence_penalty", "frequency_penalty", "stop", "ignore_eos", "seed", "deadline_ms", "priority", "logprobs"; what it \
            leaves out is taken from the options. Replies are JSON lines in the order in which they are finished.
            """)

    @Option(help: "The service's endpoint: ipc://PATH or tcp://HOST:PORT.")
    var connect = FuseboxClient.defaultEndpoint

    @Option(help: "auto, auto:NAME,NAME, base or NAME=WEIGHT,NAME; a weight left out is 1.")
    var select = "auto"

    @Option(help: "How auto makes weights of probabilities.")
    var weighting: WireWeighting?

    @Option(help: "What happens to earlier keys and values when the reply is routed again.")
    var kvRule: WireKVRule?

    @Flag(help: "Answer each sentence of the prompt as a part of its own, all at once.")
    var split = false

    @Flag(exclusivity: .exclusive)
    var form = PromptForm.chat

    @Option(help: "A system message before the prompt.")
    var system: String?

    @OptionGroup var sampling: SamplingOptions

    @Option(help: "Milliseconds until the reply ends with what there is.")
    var deadline: UInt32?

    @Option(help: "Whether it goes before others that wait or after them.")
    var priority: WirePriority?

    @Option(
        help:
            "With --json or --jsonl: the log probability of each token, and so many likeliest tokens beside it, 20 at most."
    )
    var logprobs: UInt32?

    @Flag(help: "Print one JSON document with text, ids, usage and provenance.")
    var json = false

    @Flag(
        help:
            "Hand the prompt over and leave: its id is printed once the service has it, and `fusebox collect` reads the reply."
    )
    var detach = false

    @Option(help: ArgumentHelp("A file of requests, or - for standard input.", valueName: "file"))
    var jsonl: String?

    @Argument(help: "The prompt, or - for standard input; without one see above.")
    var prompt: String?

    private var fields: RequestFields {
        RequestFields(
            select: select, weighting: weighting, kvRule: kvRule, split: split, form: form,
            system: system, settings: sampling.settings, deadline: deadline,
            priority: priority, logprobs: logprobs)
    }

    func validate() throws {
        guard prompt == nil || jsonl == nil else {
            throw ValidationError("give either a prompt or --jsonl with a file")
        }
        guard !isConversation || form == .chat && !(split || json) else {
            throw ValidationError(
                "a conversation goes without --raw, --text, --split and --json; give a prompt")
        }
        guard !detach || jsonl == nil && !isConversation && !json else {
            throw ValidationError("--detach goes with one prompt, and without --json")
        }
        guard logprobs == nil || json || jsonl != nil else {
            throw ValidationError("--logprobs goes with --json or --jsonl")
        }
        do throws(ClientError) {
            // Whatever the prompt will be: the options must make sense with it.
            _ = try fields.submit(prompt: "prompt")
        } catch {
            throw ValidationError(error.message)
        }
    }

    private var isConversation: Bool { prompt == nil && jsonl == nil && Terminal.isTyped }

    func run() async throws {
        if let jsonl {
            try await askAll(try Terminal.read(jsonl, byteLimit: 256 << 20))
        } else if isConversation {
            let client = try FuseboxClient(endpoint: connect)
            defer { client.shutDown() }
            try await Conversation(client: client, fields: fields).run()
        } else {
            let submit = try fields.submit(prompt: try Terminal.readPrompt(prompt))
            if detach { try await handOver(submit) } else { try await ask(submit) }
        }
    }

    private func handOver(_ submit: WireSubmit) async throws {
        let client = try FuseboxClient(endpoint: connect)
        defer { client.shutDown() }
        let (id, isDurable) = try await client.detach(submit)
        if !isDurable {
            StandardError.write("the service keeps no journal: the request ends with it")
        }
        Terminal.write("\(id)\n")
    }

    private func ask(_ submit: WireSubmit) async throws {
        let client = try FuseboxClient(endpoint: connect)
        defer { client.shutDown() }
        var reply = CollectedReply()
        var printer = ReplyPrinter(isColoured: Terminal.wantsColour, write: Terminal.write)
        let stream = client.submit(submit)
        let interrupt = Interrupt { client.cancel(stream.id) }
        for try await event in stream {
            reply.receive(event)
            if !json { printer.receive(event) }
        }
        withExtendedLifetime(interrupt) {}
        if let legend = printer.legend { Terminal.write(legend + "\n") }
        if let failure = reply.failure { throw CommandError(failure.message) }
        if json { Terminal.write(JSONValue.object(reply.json).text + "\n") }
    }

    private func askAll(_ input: String) async throws {
        var configuration = ClientConfiguration()
        // A batch has time, and fills the service's queue itself.
        configuration.busyTimeout = .seconds(3600)
        let client = try FuseboxClient(endpoint: connect, configuration: configuration)
        defer { client.shutDown() }
        let progress = ProgressBar("Asking")
        let batch = BatchAsk(client: client, defaults: fields, write: Terminal.write)
        let failureCount = await batch.run(input) { progress.show($0) }
        progress.finish()
        guard failureCount == 0 else {
            throw CommandError(
                "\(failureCount) requests failed; their lines have an \"error\" that says why")
        }
    }
}
