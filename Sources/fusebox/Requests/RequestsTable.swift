import FoundationEssentials
import Tensors
import Wire

/// Requests as people and programs read them.
struct RequestsTable {
    private let requests: [WireRequestSummary]

    init(_ requests: [WireRequestSummary]) {
        self.requests = requests
    }

    /// A line a request: id, state, when, tokens, attempts, and why it failed.
    var text: String {
        guard !requests.isEmpty else { return "no requests" }
        return requests.map { request in
            let id = RequestID(bytes: request.request)?.description ?? "?"
            let words = [
                id, request.state, Self.time(request), "\(request.tokens) tokens",
                request.attempts > 1 ? "\(request.attempts) attempts" : "",
                request.kept ? "kept" : "", request.problem,
            ]
            return words.filter { !$0.isEmpty }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    var json: [JSONValue] {
        requests.map { request in
            .object([
                "id": .string(RequestID(bytes: request.request)?.description ?? ""),
                "state": .string(request.state),
                "accepted": .string(Self.time(request)),
                "parts": .integer(Int64(request.parts)),
                "tokens": .integer(Int64(clamping: request.tokens)),
                "attempts": .integer(Int64(request.attempts)),
                "kept": .bool(request.kept),
                "attached": .bool(request.attached),
                "problem": .string(request.problem),
            ])
        }
    }

    private static func time(_ request: WireRequestSummary) -> String {
        guard request.acceptedMs > 0 else { return "" }
        let date = Date(timeIntervalSince1970: Double(request.acceptedMs) / 1000)
        return date.formatted(.iso8601)
    }
}
