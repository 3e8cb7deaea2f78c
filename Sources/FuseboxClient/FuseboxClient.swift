import Messaging
public import Wire

/// A connection to the service, for any number of requests at once.
///
/// It connects in the background and again when the connection is lost, and brings every running
/// request over a restart of the service: the events of a request come once and in order whatever
/// happens in between.
///
///     let client = try FuseboxClient()
///     for try await event in client.submit(WireSubmit { $0.prompt.text = "Hello." }) {
///         if case .chunk(let chunk) = event { print(chunk.text, terminator: "") }
///     }
public final class FuseboxClient: Sendable {
    /// Where the service listens unless it is told otherwise.
    public static var defaultEndpoint: String { Endpoint.default.description }

    private let mailbox: Mailbox
    private let configuration: ClientConfiguration
    private let thread: OwnerThread

    /// Starts to connect.
    ///
    /// - Parameter endpoint: `ipc://PATH` or `tcp://HOST:PORT`.
    /// - Throws: `.setup`, `.untrusted`; that nobody answers shows in the requests.
    public init(
        endpoint: String = FuseboxClient.defaultEndpoint,
        configuration: ClientConfiguration = ClientConfiguration()
    ) throws(ClientError) {
        do throws(MessagingError) {
            let target = try Endpoint(endpoint)
            try target.checkTrusted()
            let mailbox = try Mailbox()
            self.mailbox = mailbox
            self.configuration = configuration
            thread = try OwnerThread("fusebox-client") {
                do throws(MessagingError) {
                    var loop = try ConnectionLoop(target, configuration, mailbox, Context())
                    try loop.run()
                    mailbox.close(ClientError(.shutDown, "the client was shut down"))
                } catch {
                    mailbox.close(ClientError(.setup, error.message))
                }
            }
        } catch {
            throw ClientError(error.code == .untrusted ? .untrusted : .setup, error.message)
        }
    }

    deinit { mailbox.post(.shutDown) }

    /// Ends every stream and waits, at most half a second, until what was said is sent.
    ///
    /// It blocks: a program calls it once, before it exits.
    public func shutDown() {
        mailbox.post(.shutDown)
        thread.join()
    }

    /// Sends a request; one without an id gets one.
    public func submit(_ request: WireSubmit) -> ReplyStream {
        var submit = request
        if submit.request.isEmpty { submit.requestID = .random() }
        if let window = configuration.window { submit.credit = max(1, window) }
        return reply(to: .submit(submit), submit.requestID)
    }

    /// Reads a running or finished request again, or goes on with one that another process began.
    ///
    /// - Parameter offsets: by part, the tokens that are known already; each the end of a chunk.
    public func attach(_ id: RequestID, from offsets: [UInt32] = []) -> ReplyStream {
        let attach = WireAttach {
            $0.requestID = id
            $0.fromOffsets = offsets
        }
        return reply(to: .attach(attach), id)
    }

    /// Asks the service to stop a request, whose stream then ends with what was made until then.
    public func cancel(_ id: RequestID) {
        mailbox.post(.cancel(id))
    }

    /// Lets the service forget a reply that was kept.
    public func close(_ id: RequestID) {
        mailbox.post(.close(id))
    }

    /// Tells how a prompt would be routed; nothing runs.
    public func route(
        _ prompt: WirePrompt, _ selection: WireSelection = WireSelection()
    ) async throws(ClientError) -> WireRouteReply {
        let id = RequestID.random()
        let question = WireRoute {
            $0.requestID = id
            $0.prompt = prompt
            $0.selection = selection
        }
        guard case .routeReply(let reply) = try await answer(to: .route(question), id) else {
            throw Self.wrongAnswer
        }
        return reply
    }

    /// The ids that a prompt comes to; nothing runs.
    ///
    /// - Parameter addSpecialTokens: whether a raw or plain text gets what the tokenizer puts around it.
    public func encode(
        _ prompt: WirePrompt, addSpecialTokens: Bool = true
    ) async throws -> [UInt32] {
        try await encoded(prompt, addSpecialTokens: addSpecialTokens).promptTokens
    }

    /// The text of ids, markers and all.
    public func decode(_ ids: [UInt32]) async throws -> String {
        ids.isEmpty ? "" : try await encoded(WirePrompt { $0.tokens.ids = ids }).text
    }

    private func encoded(
        _ prompt: WirePrompt, addSpecialTokens: Bool = true
    ) async throws -> (promptTokens: [UInt32], text: String) {
        let question = WireSubmit {
            $0.prompt = prompt
            $0.encodeOnly = true
            $0.noSpecialTokens = !addSpecialTokens
        }
        var text = ""
        var promptTokens: [UInt32] = []
        for try await event in submit(question) {
            switch event {
            case .accepted, .routed: break
            case .chunk(let chunk): text += chunk.text
            case .done(let done): promptTokens = done.provenance.promptTokens
            case .failed(let failure): throw ClientError(failure)
            }
        }
        return (promptTokens, text)
    }

    /// The adapters that requests may select, and those of the folder that were refused.
    public func listAdapters() async throws(ClientError) -> WireAdapters {
        let id = RequestID.random()
        let question = ClientVerb.listAdapters(WireListAdapters { $0.requestID = id })
        guard case .adapters(let reply) = try await answer(to: question, id) else {
            throw Self.wrongAnswer
        }
        return reply
    }

    /// Changes the service's adapters; returns when the change is in force everywhere.
    ///
    /// It takes as long as the adapter takes to be copied, tried and loaded by every worker, which the service bounds. A change
    /// with the id of an earlier one is that one. One that nobody waits for any more is made all the same.
    public func changeAdapter(
        _ change: WireChangeAdapter
    ) async throws(ClientError) -> WireAdapterChanged {
        var change = change
        if change.request.isEmpty { change.requestID = .random() }
        let question = ClientVerb.changeAdapter(change)
        guard case .adapterChanged(let reply) = try await answer(to: question, change.requestID)
        else { throw Self.wrongAnswer }
        return reply
    }

    /// What the service is doing.
    public func status() async throws(ClientError) -> WireStatusReply {
        let id = RequestID.random()
        let question = ClientVerb.status(WireStatus { $0.requestID = id })
        guard case .statusReply(let reply) = try await answer(to: question, id) else {
            throw Self.wrongAnswer
        }
        return reply
    }

    static let wrongAnswer = ClientError(
        .protocolMismatch, "the service answered another question")

    private func reply(to opening: ClientVerb, _ id: RequestID) -> ReplyStream {
        ReplyStream(
            id: id, events: converse(opening, id), mailbox: mailbox, window: configuration.window)
    }

    private func converse(
        _ opening: ClientVerb, _ id: RequestID
    ) -> AsyncThrowingStream<ClientEvent, any Error> {
        let (stream, sink) = AsyncThrowingStream<ClientEvent, any Error>.makeStream()
        do throws(WireError) {
            try opening.message.validate()
            _ = try Frames.encode(opening)
        } catch {
            sink.finish(throwing: ClientError(.invalidRequest, error.message))
            return stream
        }
        let mailbox = mailbox
        sink.onTermination = { reason in
            if case .cancelled = reason { mailbox.post(.abandon(id)) }
        }
        mailbox.post(.start(id, opening, sink))
        return stream
    }

    func answer(
        to question: ClientVerb, _ id: RequestID
    ) async throws(ClientError) -> ClientEvent {
        do {
            for try await event in converse(question, id) {
                if case .failed(let failure) = event {
                    throw ClientError(failure)
                }
                return event
            }
        } catch let error as ClientError {
            throw error
        } catch {
            throw ClientError(.shutDown, "\(error)")
        }
        throw ClientError(.shutDown, "the question was cancelled")
    }
}
