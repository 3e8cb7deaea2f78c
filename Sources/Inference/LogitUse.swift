/// What a row of logits is for.
enum LogitUse {
    /// The next token of a reply is drawn, and scored where that is wanted.
    case draw(TokenSequence)
    /// A token of a prompt is scored.
    case score(PromptPlace)

    func read(_ logits: Span<Float>, sampler: Sampler) {
        switch self {
        case .draw(let sequence): sequence.draw(from: logits, by: sampler)
        case .score(let place): place.read(logits)
        }
    }
}

/// A token of a prompt that is scored, and its score once the logits before it were read; nil then: they are no distribution.
final class PromptPlace {
    let sequence: TokenSequence
    let position: Int
    private(set) var score: TokenScore?

    init(sequence: TokenSequence, position: Int) {
        self.sequence = sequence
        self.position = position
    }

    fileprivate func read(_ logits: Span<Float>) {
        score = TokenScore(
            of: sequence.tokens[position], logits,
            topCount: sequence.request.scores?.topCount ?? 0)
    }
}

extension TokenSequence {
    fileprivate func draw(from logits: Span<Float>, by sampler: Sampler) {
        drawn = sampler.sample(
            logits, parameters: request.sampling, counts: counts, index: replyCount)
        guard let wanted = request.scores, wanted.ofReply else { return }
        drawnScore = TokenScore(of: drawn, logits, topCount: wanted.topCount)
    }
}

extension [EngineEvent] {
    /// Scores of a prompt that are told at once, so that they fit a message.
    private static let scoreCount = 64

    /// Tells of a score, together with those before it where there are any.
    mutating func append(_ score: TokenScore, of place: PromptPlace) {
        let id = place.sequence.id
        guard case .promptScores(id, let start, var scores) = last, scores.count < Self.scoreCount
        else { return append(.promptScores(sequence: id, start: place.position, [score])) }
        scores.append(score)
        self[count - 1] = .promptScores(sequence: id, start: start, scores)
    }
}
