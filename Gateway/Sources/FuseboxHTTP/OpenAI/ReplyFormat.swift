import FuseboxWire

/// How a reply is written: as a chat's or as a completion's.
enum ReplyFormat: Sendable {
    case chat, completion

    /// What OpenTelemetry calls the operation.
    var operation: String {
        switch self {
        case .chat: "chat"
        case .completion: "text_completion"
        }
    }

    /// The name of a reply, from the request's.
    func id(_ request: RequestID) -> String {
        switch self {
        case .chat: "chatcmpl-\(request)"
        case .completion: "cmpl-\(request)"
        }
    }

    var object: String {
        switch self {
        case .chat: "chat.completion"
        case .completion: "text_completion"
        }
    }

    var chunkObject: String {
        switch self {
        case .chat: "chat.completion.chunk"
        case .completion: "text_completion"
        }
    }

    /// A whole choice.
    func choice(
        _ index: Int, text: String, logprobs: JSONValue, finish: WireFinishReason
    ) -> JSONValue {
        switch self {
        case .chat:
            let content = JSONValue.object([
                "role": .string("assistant"), "content": .string(text), "refusal": .null,
            ])
            return .object([
                "index": JSONValue(index), "message": content, "logprobs": logprobs,
                "finish_reason": .string(finish.openAIName),
            ])
        case .completion:
            return .object([
                "index": JSONValue(index), "text": .string(text), "logprobs": logprobs,
                "finish_reason": .string(finish.openAIName),
            ])
        }
    }

    /// Log probabilities of tokens.
    ///
    /// - Parameter offset: characters of the choice's text before them; moved behind them.
    func logprobs(_ scores: [WireTokenScore], offset: inout Int) -> JSONValue {
        switch self {
        case .chat: .object(["content": ScoreDocument.json(scores), "refusal": .null])
        case .completion: ScoreColumns.json(scores, offset: &offset)
        }
    }

    /// A choice of a chunk.
    ///
    /// - Parameters:
    ///   - isFirst: the role comes with the first text.
    ///   - finish: nil where the reply goes on.
    func chunkChoice(
        _ index: Int, text: String, logprobs: JSONValue, isFirst: Bool, finish: WireFinishReason?
    ) -> JSONValue {
        let reason = finish.map { JSONValue.string($0.openAIName) } ?? .null
        switch self {
        case .chat:
            var delta = JSONObject()
            if isFirst { delta.append("role", .string("assistant")) }
            if isFirst || !text.isEmpty { delta.append("content", .string(text)) }
            return .object([
                "index": JSONValue(index), "delta": .object(delta), "logprobs": logprobs,
                "finish_reason": reason,
            ])
        case .completion:
            return .object([
                "index": JSONValue(index), "text": .string(text), "logprobs": logprobs,
                "finish_reason": reason,
            ])
        }
    }
}

extension WireFinishReason {
    /// The nearest of OpenAI's words; `fusebox.finish_reason` has our own.
    var openAIName: String {
        switch self {
        case .length, .deadline: "length"
        case .end, .stop, .cancelled, .unspecified, .UNRECOGNIZED: "stop"
        }
    }
}
