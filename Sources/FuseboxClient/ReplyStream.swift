public import Wire

/// The events of one request, to be read once.
///
/// Reading grants the service credit where the client has a window. A stream that is dropped, or
/// whose task is cancelled, before its end cancels the request, unless that is to be kept.
public struct ReplyStream: AsyncSequence, Sendable {
    public typealias Element = ReplyEvent

    /// The request's id, for `cancel` and `attach`.
    public let id: RequestID

    let events: AsyncThrowingStream<ClientEvent, any Error>
    let mailbox: Mailbox
    let window: UInt32?

    public func makeAsyncIterator() -> Iterator {
        Iterator(stream: self, base: events.makeAsyncIterator())
    }

    public struct Iterator: AsyncIteratorProtocol {
        let stream: ReplyStream
        var base: AsyncThrowingStream<ClientEvent, any Error>.Iterator
        var ungranted: UInt32 = 0

        /// The next event; nil after the last part's end.
        ///
        /// - Throws: `ClientError` where the conversation ended without the reply.
        public mutating func next() async throws -> ReplyEvent? {
            while let event = try await base.next(isolation: #isolation) {
                if case .chunk = event { grant() }
                if let event = ReplyEvent(event) { return event }
            }
            return nil
        }

        private mutating func grant() {
            guard let window = stream.window else { return }
            ungranted += 1
            // Half a window at a time: a message a chunk would double the traffic.
            guard ungranted >= Swift.max(1, window / 2) else { return }
            stream.mailbox.post(.grant(stream.id, chunks: ungranted))
            ungranted = 0
        }
    }
}

extension ReplyEvent {
    /// Nil for an answer that belongs to no reply.
    init?(_ event: ClientEvent) {
        switch event {
        case .accepted(let event): self = .accepted(event)
        case .routed(let event): self = .routed(event)
        case .chunk(let event): self = .chunk(event)
        case .done(let event): self = .done(event)
        case .failed(let event): self = .failed(event)
        case .routeReply, .adapters, .statusReply, .requests, .adapterChanged: return nil
        }
    }
}
