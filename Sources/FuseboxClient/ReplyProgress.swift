import Wire

/// What a client has received of one request: decides what is new in each event.
///
/// A pure state machine. The service may send again what the client has, from any chunk on, after
/// a lost connection or a restart; only what continues the reply passes.
struct ReplyProgress {
    /// What to do about an event.
    enum Verdict: Equatable {
        case deliver(ClientEvent)
        /// Known already.
        case ignore
        /// Something before it is missing: ask from the offsets on.
        case resume
        /// The service's reply is not the one it began with.
        case diverged
    }

    private struct Part {
        /// Tokens that a client had before it attached.
        let start: UInt32
        var ids: [UInt32] = []
        /// Tokens of the prompt whose scores have come.
        var promptScoreCount = 0
        /// Bytes of text that came before the token at an offset, for every offset where a chunk
        /// ended: text may lag behind ids, so nothing else aligns it.
        var textBytes: [UInt32: Int]
        /// Text that follows the last token has come.
        var hasTail = false
        var mixes: [UInt32: WireMix] = [:]
        var isFinished = false
        /// A part that ended with tokens missing is asked for once.
        var wasIncomplete = false
        var resumeOffset: UInt32

        init(start: UInt32) {
            self.start = start
            textBytes = [start: 0]
            resumeOffset = start
        }

        var next: UInt32 { start + UInt32(truncatingIfNeeded: ids.count) }

        /// Whether a chunk says again what has come, as far as it does.
        func agrees(with chunk: WireChunk) -> Bool {
            zip(ids[Int(chunk.offset - start)...], chunk.ids).allSatisfy(==)
        }
    }

    private(set) var accepted: WireAccepted?
    private var parts: [Part]

    /// - Parameter offsets: by part, where to begin; missing parts begin at 0.
    init(from offsets: [UInt32] = []) {
        parts = offsets.map(Part.init)
    }

    /// Where each part goes on, for an Attach.
    var offsets: [UInt32] { parts.map(\.resumeOffset) }

    /// Tokens that have come, of all parts.
    var tokenCount: Int { parts.reduce(0) { $0 + $1.ids.count } }

    /// Whether every part has ended.
    var isFinished: Bool { !parts.isEmpty && parts.allSatisfy(\.isFinished) }

    mutating func receive(_ event: WireAccepted) -> Verdict {
        guard accepted == nil else { return .ignore }
        accepted = event
        grow(to: event.parts)
        return .deliver(.accepted(event))
    }

    mutating func receive(_ event: WireRouted) -> Verdict {
        grow(to: event.part + 1)
        let index = Int(event.part)
        let offset = event.segment.fromToken
        guard !parts[index].isFinished else { return .ignore }
        if let known = parts[index].mixes[offset] {
            return known == event.segment.mix ? .ignore : .diverged
        }
        parts[index].mixes[offset] = event.segment.mix
        return .deliver(.routed(event))
    }

    mutating func receive(_ event: WireChunk) -> Verdict {
        grow(to: event.part + 1)
        let index = Int(event.part)
        let (start, next) = (parts[index].start, parts[index].next)
        guard !parts[index].isFinished else { return .ignore }
        if !event.promptScores.isEmpty { return receivePromptScores(event) }
        guard event.offset <= next else {
            parts[index].resumeOffset = next
            return .resume
        }
        guard event.offset >= start, let textStart = parts[index].textBytes[event.offset] else {
            parts[index].resumeOffset = start
            return .resume
        }
        guard parts[index].agrees(with: event) else { return .diverged }
        return event.ids.isEmpty ? receiveTail(event) : receiveTokens(event, textStart: textStart)
    }

    private mutating func receivePromptScores(_ event: WireChunk) -> Verdict {
        let index = Int(event.part)
        let (first, known) = (Int(event.promptOffset), parts[index].promptScoreCount)
        guard first <= known else {
            parts[index].resumeOffset = parts[index].start
            return .resume
        }
        guard first + event.promptScores.count > known else { return .ignore }
        var new = event
        new.promptOffset = UInt32(clamping: known)
        new.promptScores = Array(event.promptScores.dropFirst(known - first))
        parts[index].promptScoreCount = first + event.promptScores.count
        return .deliver(.chunk(new))
    }

    /// Takes text without a token of its own: what was held back until the end.
    private mutating func receiveTail(_ event: WireChunk) -> Verdict {
        let index = Int(event.part)
        guard event.offset == parts[index].next, !event.text.isEmpty, !parts[index].hasTail else {
            return .ignore
        }
        parts[index].hasTail = true
        return .deliver(.chunk(event))
    }

    private mutating func receiveTokens(_ event: WireChunk, textStart: Int) -> Verdict {
        let index = Int(event.part)
        let next = parts[index].next
        let end = event.offset + UInt32(truncatingIfNeeded: event.ids.count)
        if parts[index].textBytes[end] == nil {
            parts[index].textBytes[end] = textStart + event.text.utf8.count
        }
        guard end > next else { return .ignore }
        var new = event
        if event.offset < next {
            let knownText = (parts[index].textBytes[next] ?? textStart) - textStart
            new.offset = next
            new.ids = Array(event.ids.dropFirst(Int(next - event.offset)))
            new.scores = Array(event.scores.dropFirst(Int(next - event.offset)))
            new.text = String(
                decoding: event.text.utf8.dropFirst(max(0, knownText)), as: UTF8.self)
        }
        parts[index].ids += new.ids
        parts[index].resumeOffset = end
        return .deliver(.chunk(new))
    }

    mutating func receive(_ event: WireDone) -> Verdict {
        grow(to: event.part + 1)
        let index = Int(event.part)
        guard !parts[index].isFinished else { return .ignore }
        if event.usage.completionTokens > parts[index].next, !parts[index].wasIncomplete {
            parts[index].wasIncomplete = true
            return .resume
        }
        parts[index].isFinished = true
        return .deliver(.done(event))
    }

    /// Takes the end of a part, or of all parts where nothing was accepted.
    mutating func receive(_ event: WireFailed) -> Verdict {
        grow(to: event.part + 1)
        let index = Int(event.part)
        guard !parts[index].isFinished else { return .ignore }
        for other in parts.indices where other == index || accepted == nil {
            parts[other].isFinished = true
        }
        return .deliver(.failed(event))
    }

    /// Makes room for parts; events name parts below 16, so it is bounded.
    private mutating func grow(to count: UInt32) {
        while parts.count < Int(count) { parts.append(Part(start: 0)) }
    }
}
