import Wire

/// All that a client is waiting for, over one connection that may be lost and come back.
///
/// A pure state machine: commands, events and the time go in, actions come out; the socket and
/// the clock are the caller's.
struct Session {
    typealias Instant = ContinuousClock.Instant

    enum Action: Equatable {
        case send(ClientVerb)
        case deliver(RequestID, ClientEvent)
        /// Ends the request's stream, with an error where its answer did not come.
        case finish(RequestID, ClientError?)
    }

    private enum Connection {
        case connecting(since: Instant)
        case connected
        case lost(since: Instant)
    }

    private struct Conversation {
        var opening: ClientVerb
        let started: Instant
        var progress: ReplyProgress
        var lastHeard: Instant
        /// The service has accepted it, and has not forgotten it since as far as is known.
        var isAccepted = false
        /// What was sent last was an Attach, and nothing was heard since.
        var isAttaching = false
        var isCancelled = false
        /// Since when the service has had no room for it.
        var busySince: Instant?
        var retryAt: Instant?
        /// Chunks that the service may still send; nil: any number.
        var credit: Int?

        /// Whether the service may be silent about it as long as it answers others: it waits its turn, or has workers try an
        /// adapter.
        var mayTakeLong: Bool {
            if case .changeAdapter = opening { true } else { isAccepted }
        }
    }

    private let endpoint: String
    private let configuration: ClientConfiguration
    private var connection: Connection
    private var conversations: [RequestID: Conversation] = [:]
    /// When the service last said anything; a queue may be silent about one request for long.
    private var lastHeard: Instant
    /// A Status whose only use is to be answered.
    private let probe = RequestID.random()

    init(endpoint: String, configuration: ClientConfiguration, now: Instant) {
        self.endpoint = endpoint
        self.configuration = configuration
        connection = .connecting(since: now)
        lastHeard = now
    }

    var isIdle: Bool { conversations.isEmpty }

    private var isConnected: Bool {
        if case .connected = connection { true } else { false }
    }

    // MARK: - From the program

    /// Begins a conversation with a Submit, an Attach or a question.
    mutating func start(_ id: RequestID, _ opening: ClientVerb, now: Instant) -> [Action] {
        guard conversations[id] == nil else {
            return [
                .finish(id, ClientError(.invalidRequest, "the request \(id) is running already"))
            ]
        }
        var offsets: [UInt32] = []
        if case .attach(let attach) = opening { offsets = attach.fromOffsets }
        conversations[id] = Conversation(
            opening: opening, started: now, progress: ReplyProgress(from: offsets), lastHeard: now,
            credit: window)
        return isConnected ? [.send(opening)] : []
    }

    /// Asks the service to stop; the stream still ends by what the service says.
    mutating func cancel(_ id: RequestID) -> [Action] {
        conversations[id]?.isCancelled = true
        return isConnected ? [.send(.cancel(WireCancel { $0.requestID = id }))] : []
    }

    /// Nobody listens any more: forgets the request, and stops it unless it is to be kept.
    mutating func abandon(_ id: RequestID) -> [Action] {
        guard let conversation = conversations.removeValue(forKey: id), isConnected else {
            return []
        }
        switch conversation.opening {
        case .submit(let submit) where !submit.keep:
            return [.send(.cancel(WireCancel { $0.requestID = id }))]
        default: return []
        }
    }

    mutating func grant(_ chunks: UInt32, to id: RequestID, now: Instant) -> [Action] {
        guard isConnected, let conversation = conversations[id] else { return [] }
        if let credit = conversation.credit, credit <= 0 {
            // Until now the service had nothing to say.
            conversations[id]?.lastHeard = now
            lastHeard = now
        }
        conversations[id]?.credit? += Int(chunks)
        return [
            .send(
                .credit(
                    WireCredit {
                        $0.requestID = id
                        $0.chunks = chunks
                    }))
        ]
    }

    func close(_ id: RequestID) -> [Action] {
        isConnected ? [.send(.close(WireClose { $0.requestID = id }))] : []
    }

    // MARK: - From the connection

    /// Says everything that the service may not know, or may have forgotten.
    mutating func connected(now: Instant) -> [Action] {
        connection = .connected
        lastHeard = now
        return conversations.keys.sorted { $0.description < $1.description }.flatMap { id in
            resume(id, now: now)
        }
    }

    mutating func disconnected(now: Instant) {
        if isConnected { connection = .lost(since: now) }
    }

    /// The other side does not speak the protocol: nothing will come of any request.
    mutating func failed(_ message: String) -> [Action] {
        finishAll(ClientError(.protocolMismatch, "\(endpoint): \(message)"))
    }

    mutating func shutDown() -> [Action] {
        finishAll(ClientError(.shutDown, "the client was shut down"))
    }

    private mutating func finishAll(_ error: ClientError) -> [Action] {
        defer { conversations = [:] }
        return conversations.keys.map { .finish($0, error) }
    }

    mutating func receive(_ event: ClientEvent, now: Instant) -> [Action] {
        lastHeard = now
        guard let id = (event.message as? any RequestMessage)?.requestID else { return [] }
        if case .failed(let failure) = event, failure.code == .unsupportedVersion {
            return failed(failure.message)
        }
        if case .failed(let failure) = event, id == .none { return refuseUnknown(failure) }
        guard let wasAttaching = conversations[id]?.isAttaching else { return [] }
        conversations[id]?.lastHeard = now
        conversations[id]?.isAttaching = false

        // A reply grows in its place: a copy of what has come, made for every token, would cost the square of its length.
        switch event {
        case .accepted(let event): return receive(event, id, now: now)
        case .routed(let event):
            return act(on: conversations[id]?.progress.receive(event), of: id, now: now)
        case .chunk(let event):
            conversations[id]?.credit? -= 1
            let verdict = conversations[id]?.progress.receive(event)
            // What is ignored came on the credit of a reader who will not see it.
            return verdict == .ignore && configuration.window != nil
                ? grant(1, to: id, now: now) : act(on: verdict, of: id, now: now)
        case .done(let event):
            return act(on: conversations[id]?.progress.receive(event), of: id, now: now)
        case .failed(let failure):
            return receive(failure, id, wasAttaching: wasAttaching, now: now)
        case .routeReply, .adapters, .statusReply, .requests, .adapterChanged:
            conversations[id] = nil
            return [.deliver(id, event), .finish(id, nil)]
        }
    }

    private mutating func receive(
        _ event: WireAccepted, _ id: RequestID, now: Instant
    ) -> [Action] {
        conversations[id]?.isAccepted = true
        conversations[id]?.busySince = nil
        let actions = act(on: conversations[id]?.progress.receive(event), of: id, now: now)
        guard case .attach = conversations[id]?.opening else { return actions }
        // How much the request was submitted with is not known.
        return actions + grant(configuration.window ?? .max, to: id, now: now)
    }

    private mutating func receive(
        _ failure: WireFailed, _ id: RequestID, wasAttaching: Bool, now: Instant
    ) -> [Action] {
        guard let conversation = conversations[id] else { return [] }
        if wasAttaching, failure.code == .notFound, let again = submitAgain(conversation) {
            conversations[id]?.opening = again
            conversations[id]?.isAccepted = false
            return [.send(again)]
        }
        if waits(conversation, after: failure, now: now) {
            if conversation.isAccepted, let again = submitAgain(conversation) {
                conversations[id]?.opening = again
                conversations[id]?.isAccepted = false
            }
            conversations[id]?.busySince = conversation.busySince ?? now
            conversations[id]?.retryAt = now + .milliseconds(Int64(failure.retryAfterMs))
            return []
        }
        return act(on: conversations[id]?.progress.receive(failure), of: id, now: now)
    }

    /// A service that is too old for a verb cannot say whose it was; of these it has to be one.
    private mutating func refuseUnknown(_ failure: WireFailed) -> [Action] {
        let refused = conversations.filter { _, conversation in
            if case .changeAdapter = conversation.opening { true } else { false }
        }
        for id in refused.keys { conversations[id] = nil }
        return refused.keys.map { .finish($0, ClientError(failure)) }
    }

    /// Whether a failure only means that the request is to be sent again later: there was no room, or the service is
    /// leaving, with what it had accepted.
    private func waits(
        _ conversation: Conversation, after failure: WireFailed, now: Instant
    ) -> Bool {
        guard failure.retryAfterMs > 0, case .submit = conversation.opening else { return false }
        let isLeaving = failure.code == .unavailable
        guard isLeaving || !conversation.isAccepted else { return false }
        let patience = isLeaving ? configuration.successorTimeout : configuration.busyTimeout
        return now < (conversation.busySince ?? now) + patience
    }

    private mutating func act(
        on verdict: ReplyProgress.Verdict?, of id: RequestID, now: Instant
    ) -> [Action] {
        switch verdict {
        case .ignore, nil: return []
        case .resume: return resume(id, now: now)
        case .diverged:
            conversations[id] = nil
            return [
                .finish(
                    id,
                    ClientError(
                        .diverged, "the service began another reply to \(id); submit it anew"))
            ]
        case .deliver(let event):
            guard conversations[id]?.progress.isFinished == true,
                let conversation = conversations.removeValue(forKey: id)
            else { return [.deliver(id, event)] }
            var actions: [Action] = [.deliver(id, event), .finish(id, nil)]
            if case .submit = conversation.opening, !configuration.keepsReplies {
                actions += close(id)
            }
            return actions
        }
    }

    // MARK: - From the clock

    /// When to call `tick` at the latest; nil when nothing is waited for.
    var nextDeadline: Instant? {
        conversations.values.compactMap { conversation in
            switch connection {
            case .connecting(let since):
                max(since, conversation.started) + configuration.connectTimeout
            case .lost(let since):
                max(since, conversation.started) + configuration.reconnectTimeout
            case .connected:
                conversation.retryAt ?? deadline(of: conversation)
            }
        }.min()
    }

    /// When silence about a conversation means something; nil: the service waits for its reader.
    private func deadline(of conversation: Conversation) -> Instant? {
        guard conversation.mayTakeLong else {
            return conversation.lastHeard + configuration.answerTimeout
        }
        if let credit = conversation.credit, credit <= 0 { return nil }
        return conversation.lastHeard + configuration.silence
    }

    private var window: Int? { configuration.window.map { Int(max(1, $0)) } }

    mutating func tick(now: Instant) -> [Action] {
        var actions: [Action] = []
        var probes = false
        for (id, conversation) in conversations {
            switch connection {
            case .connecting(let since):
                guard max(since, conversation.started) + configuration.connectTimeout <= now else {
                    continue
                }
                actions.append(finishUnreachable(id))
            case .lost(let since):
                guard max(since, conversation.started) + configuration.reconnectTimeout <= now
                else {
                    continue
                }
                actions.append(finishUnreachable(id))
            case .connected:
                if let retryAt = conversation.retryAt {
                    guard retryAt <= now else { continue }
                    actions += resume(id, now: now)
                } else if let deadline = deadline(of: conversation), deadline <= now {
                    let isDead = lastHeard + configuration.answerTimeout <= now
                    if !conversation.mayTakeLong || isDead {
                        conversations[id] = nil
                        actions.append(
                            .finish(id, ClientError(.noAnswer, "\(endpoint) does not answer")))
                    } else {
                        probes = true
                        actions += resume(id, now: now)
                    }
                }
            }
        }
        if probes { actions.append(.send(.status(WireStatus { $0.requestID = probe }))) }
        return actions
    }

    private mutating func finishUnreachable(_ id: RequestID) -> Action {
        let conversation = conversations.removeValue(forKey: id)
        let message =
            if let progress = conversation?.progress, progress.accepted != nil {
                "the service at \(endpoint) had accepted the request, went away after "
                    + "\(progress.tokenCount) tokens and did not come back within "
                    + "\(configuration.reconnectTimeout); start it again and send the request anew"
            } else {
                "no service answers at \(endpoint); start one with `fusebox serve` or name its endpoint"
            }
        return .finish(id, ClientError(.unreachable, message))
    }

    // MARK: - Going on

    /// Sends what makes the service go on with a request: the opening, or an Attach from where the
    /// reply stopped.
    private mutating func resume(_ id: RequestID, now: Instant) -> [Action] {
        guard var conversation = conversations[id] else { return [] }
        conversation.retryAt = nil
        conversation.lastHeard = now
        conversation.credit = window
        var actions: [Action]
        if !conversation.isAccepted {
            actions = [.send(conversation.opening)]
        } else {
            conversation.isAttaching = true
            let offsets = conversation.progress.offsets
            actions = [
                .send(
                    .attach(
                        WireAttach {
                            $0.requestID = id
                            $0.fromOffsets = offsets
                        }))
            ]
        }
        if conversation.isCancelled { actions += cancel(id) }
        conversations[id] = conversation
        return actions
    }

    /// The Submit of a request that the service has forgotten, with the seed that it drew, so that
    /// the reply goes on where it stopped.
    private func submitAgain(_ conversation: Conversation) -> ClientVerb? {
        guard case .submit(var submit) = conversation.opening,
            let seed = conversation.progress.accepted?.seed
        else { return nil }
        submit.sampling.seed = seed
        return .submit(submit)
    }
}
