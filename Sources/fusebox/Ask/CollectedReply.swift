import FuseboxClient
import FuseboxWire
import Tensors
import Wire

/// A reply gathered from its events.
struct CollectedReply {
    struct Part {
        var ids: [UInt32] = []
        var text = ""
        var scores: [WireTokenScore] = []
        var done: WireDone?
        var failure: WireFailed?
    }

    private(set) var parts: [Part] = []

    mutating func receive(_ event: ReplyEvent) {
        switch event {
        case .accepted(let accepted): grow(to: accepted.parts)
        case .routed: break
        case .chunk(let chunk):
            grow(to: chunk.part + 1)
            parts[Int(chunk.part)].ids += chunk.ids
            parts[Int(chunk.part)].text += chunk.text
            parts[Int(chunk.part)].scores += chunk.scores
        case .done(let done):
            grow(to: done.part + 1)
            parts[Int(done.part)].done = done
        case .failed(let failure):
            grow(to: failure.part + 1)
            parts[Int(failure.part)].failure = failure
        }
    }

    private mutating func grow(to count: UInt32) {
        while parts.count < Int(count) { parts.append(Part()) }
    }

    /// The first part's failure, if any failed.
    var failure: WireFailed? { parts.lazy.compactMap(\.failure).first }

    /// `{"text", "ids", "finish_reason", "usage", "provenance"}`, and "logprobs" where they were asked for; of a split request the parts
    /// joined, and each under "parts".
    var json: JSONObject {
        guard parts.count > 1 else { return Self.json(parts.first ?? Part()) }
        let usage = parts.compactMap { $0.done?.usage }
        return [
            "text": .string(parts.map(\.text).joined(separator: "\n")),
            "ids": JSONValue(parts.flatMap(\.ids)),
            "finish_reason": parts.last.map(Self.finishReason) ?? .null,
            "usage": Self.usage(
                prompt: usage.reduce(0) { $0 + Int64($1.promptTokens) },
                completion: usage.reduce(0) { $0 + Int64($1.completionTokens) }),
            "parts": .array(parts.map { .object(Self.json($0)) }),
        ]
    }

    private static func json(_ part: Part) -> JSONObject {
        let usage = part.done?.usage ?? WireUsage()
        var json: JSONObject = [
            "text": .string(part.text),
            "ids": JSONValue(part.ids),
            "finish_reason": finishReason(part),
            "usage": Self.usage(
                prompt: Int64(usage.promptTokens), completion: Int64(usage.completionTokens)),
            "provenance": part.done.map { ProvenanceDocument.json($0.provenance) } ?? .null,
        ]
        if !part.scores.isEmpty { json.append("logprobs", ScoreDocument.json(part.scores)) }
        if let failure = part.failure { _ = json.append("error", FailureDocument.json(failure)) }
        return json
    }

    private static func usage(prompt: Int64, completion: Int64) -> JSONValue {
        .object(["prompt_tokens": .integer(prompt), "completion_tokens": .integer(completion)])
    }

    private static func finishReason(_ part: Part) -> JSONValue {
        part.done.map { .string($0.reason.name) } ?? .null
    }
}
