import FuseboxClient
import FuseboxWire

/// What a choice has said so far: a state machine over the events of its request.
///
/// The parts of a split request run side by side; their texts come out one after the other, with a line's end between them.
struct ChoiceProgress {
    /// What an event adds for the reader.
    struct Delta: Equatable {
        var text = ""
        /// Of the text's tokens, and before those of the prompt's where it is echoed.
        var scores: [WireTokenScore] = []
        /// Routes that govern from this text on.
        var routes: [JSONValue] = []
        var finish: WireFinishReason?
    }

    private struct Part {
        var waiting = ""
        var waitingScores: [WireTokenScore] = []
        var done: WireDone?
    }

    /// Whether what was said is kept for a reply in one piece.
    private let isCollected: Bool
    /// The prompt's text, where it begins the reply.
    private var echo: String
    private var parts: [Part] = []
    /// The part whose text comes out now.
    private var current = 0
    private var waitingRoutes: [JSONValue] = []
    private(set) var text = ""
    private(set) var scores: [WireTokenScore] = []
    /// Characters of the text whose tokens' scores were told.
    var scoredLength = 0
    private(set) var routes: [JSONValue] = []
    /// Tokens that have come, of all parts.
    private(set) var tokenCount: UInt64 = 0
    /// The mix that the first part began with.
    private(set) var firstMix: WireMix?
    private(set) var finish: WireFinishReason?
    private(set) var hasSpoken = false

    init(echo: String = "", isCollected: Bool = true) {
        self.echo = echo
        self.isCollected = isCollected
    }

    /// Tokens of the whole choice; known once it has ended.
    var usage: TokenUsage {
        var usage = TokenUsage()
        for part in parts {
            if let done = part.done { usage += TokenUsage(done.usage) }
        }
        return usage
    }

    var dones: [WireDone] { parts.compactMap(\.done) }

    /// Takes an event.
    ///
    /// - Returns: what the reader shall see; nil: nothing yet.
    /// - Throws: what ended the choice instead of its reply.
    mutating func receive(_ event: ReplyEvent) throws(APIError) -> Delta? {
        switch event {
        case .accepted(let accepted): grow(to: accepted.parts)
        case .routed(let routed):
            if firstMix == nil { firstMix = routed.segment.mix }
            let route = JSONValue.object(RouteDocument.json(routed))
            waitingRoutes.append(route)
        case .chunk(let chunk):
            grow(to: chunk.part + 1)
            parts[Int(chunk.part)].waiting += chunk.text
            parts[Int(chunk.part)].waitingScores += chunk.promptScores + chunk.scores
            tokenCount += UInt64(chunk.ids.count)
        case .done(let done):
            grow(to: done.part + 1)
            parts[Int(done.part)].done = done
        case .failed(let failure): throw APIError(failure)
        }
        return advance()
    }

    private mutating func advance() -> Delta? {
        var delta = Delta()
        while current < parts.count {
            delta.text += parts[current].waiting
            parts[current].waiting = ""
            delta.scores += parts[current].waitingScores
            parts[current].waitingScores = []
            guard let done = parts[current].done else { break }
            current += 1
            if current == parts.count {
                finish = done.reason
                delta.finish = done.reason
            } else {
                delta.text += "\n"
            }
        }
        guard !delta.text.isEmpty || delta.finish != nil else {
            // Half a character: its scores go with the whole one.
            if current < parts.count { parts[current].waitingScores = delta.scores }
            return nil
        }
        delta.text = echo + delta.text
        echo = ""
        delta.routes = waitingRoutes
        waitingRoutes = []
        if isCollected {
            text += delta.text
            scores += delta.scores
            routes += delta.routes
        }
        return delta
    }

    /// Whether nothing was said before; the role goes with what is said now.
    mutating func speak() -> Bool {
        defer { hasSpoken = true }
        return !hasSpoken
    }

    /// Makes room for parts; the wire has 16 at most.
    private mutating func grow(to count: UInt32) {
        while parts.count < Int(count) { parts.append(Part()) }
    }
}
