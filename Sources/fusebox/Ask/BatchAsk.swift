import FuseboxClient
import FuseboxWire
import Tensors
import Wire

/// Asks many requests at once and writes each reply as a JSON line when it is whole.
struct BatchAsk {
    /// Requests on their way: enough for a few workers' slots, and no more than the service's
    /// queue has room for.
    private static let concurrency = 64

    let client: FuseboxClient
    let defaults: RequestFields
    let write: (String) -> Void

    /// - Parameter report: told after each reply what part of all is done.
    /// - Returns: how many requests failed.
    func run(_ input: String, report: (Double) -> Void) async -> Int {
        // To Swift CR LF is one character, which is no LF; to JSON a CR at a line's end is white space.
        let lines = input.utf8.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        )
        .map { Substring($0) }.enumerated().filter { !$0.element.allSatisfy(\.isWhitespace) }
        var failures = 0
        var finished = 0
        await withTaskGroup(of: (line: JSONObject, isFailed: Bool).self) { group in
            var waiting = lines[...]
            func finish(_ result: (line: JSONObject, isFailed: Bool)) {
                write(JSONValue.object(result.line).text + "\n")
                finished += 1
                if result.isFailed { failures += 1 }
                report(Double(finished) / Double(lines.count))
            }
            var running = 0
            while !waiting.isEmpty || running > 0 {
                if running < Self.concurrency, let (index, text) = waiting.popFirst() {
                    do throws(RequestLine.Failure) {
                        let line = try RequestLine(text, number: index + 1, defaults: defaults)
                        group.addTask { [client] in await Self.ask(line, client) }
                        running += 1
                    } catch {
                        finish((Self.failed(error.id, "invalid_argument", error.message), true))
                    }
                } else if let result = await group.next() {
                    running -= 1
                    finish(result)
                }
            }
        }
        return failures
    }

    private static func ask(
        _ line: RequestLine, _ client: FuseboxClient
    ) async -> (line: JSONObject, isFailed: Bool) {
        var reply = CollectedReply()
        do {
            for try await event in client.submit(line.submit) { reply.receive(event) }
        } catch {
            return (failed(line.id, code(of: error), "\(error)"), true)
        }
        // A request that ended before it began has nothing to show but the reason.
        if let failure = reply.failure, reply.parts.allSatisfy({ $0.ids.isEmpty }) {
            return (["id": line.id, "error": FailureDocument.json(failure)], true)
        }
        var json: JSONObject = ["id": line.id]
        for (key, value) in reply.json { _ = json.append(key, value) }
        return (json, reply.failure != nil)
    }

    /// Why there is no reply, in the form of the service's own codes.
    private static func code(of error: any Error) -> String {
        switch (error as? ClientError)?.code {
        case .unreachable: "unreachable"
        case .untrusted: "untrusted"
        case .noAnswer: "no_answer"
        case .protocolMismatch: "protocol_mismatch"
        case .diverged: "diverged"
        case .invalidRequest: "invalid_argument"
        case .setup, .refused, .shutDown, nil: "failed"
        }
    }

    private static func failed(_ id: JSONValue, _ code: String, _ message: String) -> JSONObject {
        ["id": id, "error": FailureDocument.json(code: code, message: message)]
    }
}
