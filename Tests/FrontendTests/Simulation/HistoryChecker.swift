import FoundationEssentials
import Frontend
import Wire

/// Judges a run by what its clients and workers saw, without a look into the broker.
struct HistoryChecker {
    /// More dispatches of one part than this are an endless retry.
    static let dispatchLimit = 8
    /// Workers that may die with a part as their only one: one more than the broker allows, because
    /// with messages under way a death can look lonelier from outside than it was.
    static let deathLimit = 3
    /// When a front has heard of a worker's death: its silence is noticed after 400 ms.
    static let hearingTime: Duration = .milliseconds(500)

    private struct Stream: Hashable {
        let client: Address
        let request: RequestID
    }

    private struct Part: Hashable {
        let request: RequestID
        let part: Int
    }

    private struct View {
        var next: [Int]
        var segments: [[WireSegment]]
        var hasEnded: [Bool]
        var text: [String]
        /// Tokens of the prompt whose scores have come.
        var scored: [Int]
        let base: [Int]
    }

    private var bases: [Stream: [Int]] = [:]
    private var views: [Stream: View] = [:]
    private var decoders: [Part: FakeDecoder] = [:]
    private var terminals: [Part: ClientEvent] = [:]
    private var flushed: Set<Part> = []
    private var dispatches: [Part: [UInt32]] = [:]
    private var deaths: [Part: Int] = [:]
    /// When workers died last; who dies soon after another one is not taken for the reason.
    private var lastDeaths: (this: Duration, before: Duration) = (.seconds(-60), .seconds(-60))
    /// The latest of each part in this front's life.
    private var diedAt: [Part: Duration] = [:]
    private var ordered: [Part: UInt32] = [:]
    private var editions: [RequestID: Data] = [:]
    /// Tokens of a part when its losses were last forgiven.
    private var forgivenAt: [Part: Int] = [:]
    private var deadlines: [RequestID: Duration] = [:]
    private var abandoned: [RequestID: Duration] = [:]
    /// Tokens that clients have may be lost: what was stopped then ends with fewer.
    private var hasLostPower = false
    private(set) var violations: [Violation] = []

    init(_ history: History) {
        for record in history.records { check(record) }
    }

    private mutating func check(_ record: History.Record) {
        switch record {
        case .asked(let client, let request, let offsets):
            bases[Stream(client: client, request: request)] = offsets
        case .received(let client, let event): check(event, at: client)
        case .dispatched(let pid, let dispatch, let running, let slots, let now):
            if running > slots { report(.slots, "\(running) parts at worker \(pid) of \(slots)") }
            check(dispatch, now: now)
        case .ordered(let request, let part, let epoch):
            let part = Part(request: request, part: Int(part))
            if let last = ordered[part], epoch <= last {
                report(.attempts, "epoch \(epoch) after \(last)")
            }
            ordered[part] = epoch
        case .died(let now): lastDeaths = (now, lastDeaths.this)
        case .diedAlone(let request, let part, let epoch, let now):
            let part = Part(request: request, part: Int(part))
            guard ordered[part] == epoch else { break }
            guard now - lastDeaths.before > Self.hearingTime else { break }
            deaths[part, default: 0] += 1
            diedAt[part] = now
        case .accepted(let request, let deadline):
            deadlines[request] = deadlines[request] ?? deadline
        case .dismissed(let pid): report(.patience, "worker \(pid) did nothing wrong")
        case .abandoned(let request, let end): abandoned[request] = end
        // The next front counts its attempts anew, but not its epochs.
        case .restarted(let hasLostPower, let now):
            dispatches = dispatches.mapValues { $0.suffix(1) }
            // The next front waits for clients anew.
            abandoned = [:]
            // It finds what its mixes name, and may name the whole shelf otherwise.
            editions = [:]
            // A front that dies before it hears of a death takes the worker's for its own doing.
            for (part, time) in diedAt where now - time < Self.hearingTime {
                deaths[part, default: 1] -= 1
            }
            diedAt = [:]
            // Blame is noted, but not forced to disk.
            if hasLostPower {
                deaths = [:]
                self.hasLostPower = true
            }
        case .blamed(let request, let why): report(.blame, "\(request): \(why)")
        case .lost(let request): report(.everTerminal, "\(request) was accepted and is lost")
        case .waiting(let request): report(.everTerminal, "\(request) was never answered")
        case .open(let request): report(.everTerminal, "\(request) never ended")
        case .shelf(let rule, let what): report(rule, what)
        }
    }

    private mutating func check(_ dispatch: WireDispatch, now: Duration) {
        let part = Part(request: dispatch.requestID, part: Int(dispatch.part))
        forgive(part, tokenCount: dispatch.emitted.count)
        dispatches[part, default: []].append(dispatch.epoch)
        if (dispatches[part]?.count ?? 0) > Self.dispatchLimit {
            report(.attempts, "\(dispatch.requestID) was dispatched too often")
        }
        if deaths[part, default: 0] >= Self.deathLimit {
            report(.attempts, "\(dispatch.requestID) killed its workers and was tried again")
        }
        if let deadline = deadlines[dispatch.requestID], now > deadline {
            report(.deadline, "\(dispatch.requestID) was dispatched \(now - deadline) too late")
        }
        if let end = abandoned[dispatch.requestID], now > end {
            report(.abandoned, "\(dispatch.requestID) was dispatched \(now - end) too late")
        }
        let edition = editions[dispatch.requestID] ?? dispatch.edition
        editions[dispatch.requestID] = edition
        if dispatch.edition != edition {
            report(.generation, "\(dispatch.requestID) went on under another edition")
        }
        let decoder = decoders[part] ?? FakeDecoder(dispatch)
        decoders[part] = decoder
        let count = dispatch.emitted.count
        if dispatch.emitted != Array(decoder.tokens.prefix(count)) {
            report(.sameTokens, "forced tokens are not those of a fault-free run")
        }
        if dispatch.segments != Array(decoder.segments.prefix(dispatch.segments.count))
            || decoder.segments.dropFirst(dispatch.segments.count).contains(where: {
                Int($0.fromToken) < count
            })
        {
            report(.routedFirst, "a dispatch has other segments than a fault-free run")
        }
        let scored = Int(dispatch.promptScored)
        if scored > decoder.promptScores.count || count > 0 && scored < decoder.promptScores.count {
            report(.sameTokens, "\(scored) scores of the prompt at token \(count)")
        }
        let text = [decoder.visibleText(count), decoder.text(count)]
        if !text.contains(where: { $0.utf8.count == Int(dispatch.emittedTextBytes) }) {
            report(.sameTokens, "\(dispatch.emittedTextBytes) bytes of text at token \(count)")
        }
    }

    /// A part that got on is no suspect any more.
    private mutating func forgive(_ part: Part, tokenCount: Int) {
        let progress = BrokerConfiguration().probationTokens
        guard tokenCount >= forgivenAt[part, default: 0] + progress else { return }
        forgivenAt[part] = tokenCount
        deaths[part] = 0
        dispatches[part] = dispatches[part]?.suffix(1)
    }

    private mutating func check(_ event: ClientEvent, at client: Address) {
        switch event {
        case .accepted(let accepted):
            let stream = Stream(client: client, request: accepted.requestID)
            let count = Int(accepted.parts)
            let base = (0..<count).map { bases[stream]?.dropFirst($0).first ?? 0 }
            views[stream] = View(
                next: base, segments: Array(repeating: [], count: count),
                hasEnded: Array(repeating: false, count: count),
                text: Array(repeating: "", count: count),
                scored: Array(repeating: 0, count: count), base: base)
        case .routed(let routed):
            with(client, routed.requestID, Int(routed.part)) { view, part in
                view.segments[part].append(routed.segment)
                return nil
            }
        case .chunk(let chunk): check(chunk, at: client)
        case .done(let done): check(done, event, at: client)
        case .failed(let failed): check(failed, event, at: client)
        case .routeReply, .adapters, .statusReply, .requests, .adapterChanged: break
        }
    }

    private mutating func check(_ chunk: WireChunk, at client: Address) {
        let key = Part(request: chunk.requestID, part: Int(chunk.part))
        guard let decoder = decoders[key] else {
            return report(.sameTokens, "a chunk of a part that no worker ever had")
        }
        if !chunk.promptScores.isEmpty {
            return with(client, chunk.requestID, Int(chunk.part)) { view, part in
                let first = Int(chunk.promptOffset)
                guard first == view.scored[part], view.next[part] == 0 else {
                    return (.contiguous, "scores at \(first), expected \(view.scored[part])")
                }
                view.scored[part] = first + chunk.promptScores.count
                let expected = decoder.promptScores.prefix(view.scored[part]).dropFirst(first)
                return chunk.promptScores == Array(expected)
                    ? nil
                    : (.sameTokens, "scores of the prompt from \(first) on are not the right ones")
            }
        }
        let isKnownFlush = chunk.ids.isEmpty && flushed.contains(key)
        if chunk.ids.isEmpty { flushed.insert(key) }
        with(client, chunk.requestID, Int(chunk.part)) { view, part in
            if view.hasEnded[part] { return (.nothingAfterTerminal, "a chunk after the end") }
            let first = Int(chunk.offset)
            guard first == view.next[part] else {
                return (.contiguous, "a chunk at \(first), expected \(view.next[part])")
            }
            let next = first + chunk.ids.count
            view.next[part] = next
            if !isKnownFlush { view.text[part] += chunk.text }
            guard next <= decoder.tokens.count, chunk.ids == Array(decoder.tokens[first..<next])
            else { return (.sameTokens, "tokens \(first)..<\(next) are not the right ones") }
            guard chunk.scores == Array(decoder.scores.prefix(next).dropFirst(first)) else {
                return (.sameTokens, "scores of tokens \(first)..<\(next) are not the right ones")
            }
            let governing = decoder.segments.filter { Int($0.fromToken) < max(next, 1) }
            guard view.segments[part].starts(with: governing) else {
                return (.routedFirst, "tokens \(first)..<\(next) came before their mix")
            }
            return nil
        }
    }

    private mutating func check(_ done: WireDone, _ event: ClientEvent, at client: Address) {
        let key = Part(request: done.requestID, part: Int(done.part))
        let decoder = decoders[key]
        let isFlushed = flushed.contains(key)
        let mayLackTokens = hasLostPower
        end(event, key: key, at: client)
        with(client, done.requestID, Int(done.part)) { view, part in
            let isStopped = [.cancelled, .deadline].contains(done.reason)
            guard done.provenance.tokens.count == view.next[part] || mayLackTokens && isStopped
            else {
                return (.contiguous, "the end came before token \(done.provenance.tokens.count)")
            }
            guard let decoder, [.end, .length].contains(done.reason) else { return nil }
            guard done.provenance.tokens == decoder.tokens, done.reason == decoder.reason,
                done.provenance.segments == decoder.segments
            else { return (.sameTokens, "a whole reply is not that of a fault-free run") }
            guard view.base[part] > 0 || view.scored[part] == decoder.promptScores.count else {
                return (.contiguous, "the end came before all scores of the prompt")
            }
            let before = decoder.visibleText(view.base[part]).utf8.count
            let text = String(decoding: decoder.text(.max).utf8.dropFirst(before), as: UTF8.self)
            guard view.text[part] == text || isFlushed && text.hasPrefix(view.text[part]) else {
                return (.sameTokens, "the text \"\(view.text[part])\" should be \"\(text)\"")
            }
            return nil
        }
    }

    private mutating func check(
        _ failed: WireFailed, _ event: ClientEvent, at client: Address
    ) {
        // Before `Accepted` it is a refusal, and NOT_FOUND answers a question.
        guard views[Stream(client: client, request: failed.requestID)] != nil,
            failed.code != .notFound
        else { return }
        end(event, key: Part(request: failed.requestID, part: Int(failed.part)), at: client)
    }

    private mutating func end(_ event: ClientEvent, key: Part, at client: Address) {
        let known = terminals[key]
        terminals[key] = event
        with(client, key.request, key.part) { view, part in
            defer { view.hasEnded[part] = true }
            if view.hasEnded[part] { return (.oneTerminal, "a second end in one stream") }
            if let known, known != event { return (.oneTerminal, "another end than before") }
            return nil
        }
    }

    private mutating func with(
        _ client: Address, _ request: RequestID, _ part: Int,
        _ body: (inout View, Int) -> (Violation.Rule, String)?
    ) {
        let stream = Stream(client: client, request: request)
        guard var view = views[stream], view.next.indices.contains(part) else {
            return report(.contiguous, "something before the acceptance")
        }
        if let (rule, what) = body(&view, part) { report(rule, "\(request) \(part): \(what)") }
        views[stream] = view
    }

    private mutating func report(_ rule: Violation.Rule, _ what: String) {
        violations.append(Violation(rule: rule, what: what))
    }
}
