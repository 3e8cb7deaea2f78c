internal import Inference
internal import Routing
internal import Tokenization

/// From the tokens of a reply to its text, its sentences and its routes.
///
/// A pure function of the tokens and the segments:
/// fed with a lost worker's tokens, it goes on as that worker would have.
struct ReplyText {
    private var decoder: StreamingDecoder
    private var matcher: StopMatcher
    private var splitter = StreamingSentenceSplitter()
    private let router: ReplyRouter?
    private(set) var segments: [MixSegment]
    private(set) var isStopped = false
    /// Bytes of text still to be dropped because the client has them.
    private var knownByteCount: Int

    init(_ job: Job, tokenizer: Tokenizer, router: ReplyRouter?) {
        decoder = StreamingDecoder(tokenizer)
        matcher = StopMatcher(job.stop)
        self.router = router
        segments = job.request.segments
        knownByteCount = job.emittedTextByteCount
    }

    /// Takes a token that a lost worker emitted and returns what text of it the client lacks.
    ///
    /// - Parameter isLast: whether the next token is this worker's: only then may the router be asked, since the routes of
    ///   all earlier tokens are in the segments.
    mutating func replay(_ id: Int32, index: Int, isLast: Bool) -> (text: String, route: Route?) {
        let piece = decoder.push(id)
        let text = emit(piece)
        let sentences = splitter.push(piece)
        return (text, isLast ? route(after: sentences, nextToken: index + 1) : nil)
    }

    /// Takes a new token.
    mutating func push(_ id: Int32, index: Int) -> (text: String, route: Route?) {
        replay(id, index: index, isLast: true)
    }

    /// What is left when no token follows.
    mutating func finish() -> String {
        guard !isStopped else { return "" }
        let rest = emit(decoder.finish())
        return isStopped ? rest : rest + dropKnown(matcher.finish())
    }

    /// A decision that changes the mix.
    struct Route {
        let segment: MixSegment
        let sentence: SentenceRoute
    }

    private mutating func emit(_ piece: String) -> String {
        let outcome = matcher.push(piece)
        isStopped = outcome.stop != nil
        return dropKnown(outcome.text)
    }

    private mutating func dropKnown(_ text: String) -> String {
        guard knownByteCount > 0 else { return text }
        let bytes = text.utf8
        let dropped = min(knownByteCount, bytes.count)
        knownByteCount -= dropped
        return String(decoding: bytes.dropFirst(dropped), as: UTF8.self)
    }

    private mutating func route(after sentences: [String], nextToken: Int) -> Route? {
        guard let router, let sentence = sentences.last, !isStopped else { return nil }
        let known = segments.map { RouteSegment(fromToken: $0.fromToken, mix: $0.mix) }
        let decision = router.decide(after: sentence, nextToken: nextToken, segments: known)
        guard decision.outcome == .switched, let route = decision.proposal.sentences.first else {
            return nil
        }
        let segment = MixSegment(fromToken: nextToken, mix: decision.mix)
        segments.append(segment)
        return Route(segment: segment, sentence: route)
    }
}
