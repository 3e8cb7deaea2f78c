import FuseboxClient
import FuseboxWire
import Hummingbird

/// Texts as token ids and back, in vLLM's words.
struct TokenEndpoints: Sendable {
    let client: FuseboxClient
    let feed: SnapshotFeed

    /// `POST /tokenize`: the ids of `prompt`, or of `messages` under the chat template.
    func tokenize(_ request: EndpointRequest) async throws -> Response {
        var body = try FieldReader(try await request.body(), at: "")
        let prompt: WirePrompt
        let addSpecialTokens = try body.bool("add_special_tokens") ?? true
        if let text = try body.string("prompt") {
            // A text of nothing has no ids, and the wire no word for it.
            if text.isEmpty { return response(ids: []) }
            prompt = WirePrompt { $0.raw = text }
        } else {
            prompt = try PromptFields.chat(&body)
        }
        return response(
            ids: try await ask {
                try await client.encode(prompt, addSpecialTokens: addSpecialTokens)
            })
    }

    private func response(ids: [UInt32]) -> Response {
        Response(
            json: .object([
                "count": JSONValue(ids.count),
                "max_model_len": feed.latest.catalog.contextLength.map { JSONValue($0) } ?? .null,
                "tokens": JSONValue(ids),
            ]))
    }

    /// `POST /detokenize`: the text of `tokens`.
    func detokenize(_ request: EndpointRequest) async throws -> Response {
        var body = try FieldReader(try await request.body(), at: "")
        let values = try body.array("tokens") ?? []
        let ids = values.compactMap { $0.int.flatMap { UInt32(exactly: $0) } }
        guard ids.count == values.count else {
            throw APIError.invalid("tokens must hold token ids", param: "tokens")
        }
        let text = try await Self.text(ids, client)
        return Response(json: .object(["prompt": .string(text)]))
    }

    /// `GET /tokenizer_info`.
    func information() throws(APIError) -> Response {
        let snapshot = feed.latest
        guard let status = snapshot.status else {
            throw snapshot.refusal ?? APIError.invalid("the service does not answer", param: nil)
        }
        return Response(
            json: .object([
                "tokenizer_class": .string("Fusebox"),
                "vocab_size": JSONValue(status.vocabulary),
                "model_max_length": JSONValue(status.context),
                "bos_token": status.beginToken.isEmpty ? .null : .string(status.beginToken),
                "eos_token": status.endToken.isEmpty ? .null : .string(status.endToken),
            ]))
    }

    static func text(_ ids: [UInt32], _ client: FuseboxClient) async throws -> String {
        do {
            return try await client.decode(ids)
        } catch let error as ClientError {
            throw APIError(error)
        }
    }

    private func ask<Answer>(_ question: () async throws -> Answer) async throws -> Answer {
        do {
            return try await question()
        } catch let error as ClientError {
            throw APIError(error)
        }
    }
}
