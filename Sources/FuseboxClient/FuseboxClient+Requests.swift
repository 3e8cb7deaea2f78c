public import Wire

// Requests that go on without the program that sent them.
extension FuseboxClient {
    /// Hands a request over: it is answered whether or not anybody waits, and `attach` reads the reply.
    ///
    /// - Returns: its id, once the service has accepted it, and whether it outlives the service's own end too.
    /// - Throws: what the service refuses it with.
    public func detach(
        _ request: WireSubmit
    ) async throws -> (id: RequestID, isDurable: Bool) {
        var submit = request
        submit.keep = true
        let stream = self.submit(submit)
        for try await event in stream {
            switch event {
            case .accepted(let accepted): return (stream.id, accepted.durable)
            case .failed(let failure): throw ClientError(failure)
            case .routed, .chunk, .done: break
            }
        }
        throw ClientError(.shutDown, "the service ended the request without accepting it")
    }

    /// The service's requests, the youngest first, and how many it has.
    ///
    /// - Parameter limit: nil: a hundred.
    public func listRequests(limit: UInt32? = nil) async throws(ClientError) -> WireRequests {
        let id = RequestID.random()
        let question = WireListRequests {
            $0.requestID = id
            $0.limit = limit ?? 0
        }
        return try await requests(.listRequests(question), id)
    }

    /// What the service has of one request.
    public func request(_ id: RequestID) async throws(ClientError) -> WireRequestSummary {
        let question = WireListRequests {
            $0.requestID = .random()
            $0.only = id.data
        }
        return try await summary(.listRequests(question), question.requestID)
    }

    /// Has failed parts of a request tried again from where they stood.
    public func retry(_ id: RequestID) async throws(ClientError) -> WireRequestSummary {
        try await summary(.retry(WireRetry { $0.requestID = id }), id)
    }

    /// Stops a request wherever it is, and has all that it holds forgotten.
    public func drop(_ id: RequestID) async throws(ClientError) -> WireRequestSummary {
        try await summary(.drop(WireDrop { $0.requestID = id }), id)
    }

    private func summary(
        _ question: ClientVerb, _ id: RequestID
    ) async throws(ClientError) -> WireRequestSummary {
        guard let summary = try await requests(question, id).requests.first else {
            throw Self.wrongAnswer
        }
        return summary
    }

    private func requests(
        _ question: ClientVerb, _ id: RequestID
    ) async throws(ClientError) -> WireRequests {
        guard case .requests(let reply) = try await answer(to: question, id) else {
            throw Self.wrongAnswer
        }
        return reply
    }
}
