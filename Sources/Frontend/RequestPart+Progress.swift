import Wire

/// How a reply grows. Everything is changed in place: a reply is never copied to add to it.
extension RequestPart {
    /// What became of something that was to be added.
    enum Addition {
        case added
        /// It was there already.
        case known
        /// It does not fit what is there; the attempt that sent it is not to be trusted.
        case broken(String)
    }

    /// Adds a chunk that continues the reply, and clears a suspect that got far enough.
    ///
    /// - Parameters:
    ///   - limit: tokens that the reply may have.
    ///   - wanted: the scores that were asked for.
    ///   - context: tokens that the prompt may have.
    mutating func append(
        _ chunk: WireWorkerChunk, limit: Int, wanted: WireScoresWanted, context: Int, probation: Int
    ) -> Addition {
        if !chunk.promptScores.isEmpty {
            guard wanted.prompt else { return .broken("scores of the prompt, unasked") }
            return append(chunk.promptScores, at: Int(chunk.promptOffset), context: context)
        }
        let next = tokens.count
        let offset = Int(chunk.offset)
        let count = chunk.ids.count
        if offset + count <= next, offset < next || isRepeated(chunk) { return .known }
        guard offset == next else {
            return .broken("a chunk begins at token \(offset), expected \(next)")
        }
        guard next + count <= limit else { return .broken("more than \(limit) tokens") }
        guard chunk.text.utf8.count <= WireWorkerChunk.textByteLimit else {
            return .broken("a chunk has \(chunk.text.utf8.count) bytes of text")
        }
        guard chunk.scores.count == (wanted.reply ? count : 0) else {
            return .broken("\(chunk.scores.count) scores of \(count) tokens")
        }
        guard let scores = PackedScores(chunk.scores) else { return .broken("too many scores") }
        entries.append(.chunk(offset: next, count: count, text: chunk.text, scores: scores))
        tokens += chunk.ids
        textByteCount += chunk.text.utf8.count
        scoreByteCount += scores.byteCount
        if case .running(let attempt) = phase, next + count - attempt.firstToken >= probation {
            forgive()
        }
        return .added
    }

    private mutating func append(
        _ scores: [WireTokenScore], at offset: Int, context: Int
    ) -> Addition {
        guard offset + scores.count > promptScoreCount else { return .known }
        guard offset == promptScoreCount, tokens.isEmpty else {
            return .broken(
                "scores from token \(offset) of the prompt on, expected \(promptScoreCount)")
        }
        guard offset + scores.count <= context else {
            return .broken("scores of more than \(context) tokens")
        }
        guard let packed = PackedScores(scores) else { return .broken("too many scores") }
        entries.append(.promptScores(offset: offset, packed))
        promptScoreCount += scores.count
        scoreByteCount += packed.byteCount
        return .added
    }

    /// Forgets losses before it got further: whatever kills workers does so where it did before.
    private mutating func forgive() {
        if onProbation { isCleared = true }
        onProbation = false
        deaths = 0
        losses = 0
        progressEpoch = epoch
    }

    /// Text without ids comes at most once, after the last id.
    private func isRepeated(_ chunk: WireWorkerChunk) -> Bool {
        guard chunk.ids.isEmpty else { return false }
        if chunk.text.isEmpty { return true }
        if case .chunk(_, 0, _, _) = entries.last { return true }
        return false
    }

    /// Adds a mix that governs tokens which are still to come.
    mutating func append(_ routed: WireWorkerRouted) -> Addition {
        let segment = routed.segment
        if let known = segments.first(where: { $0.fromToken == segment.fromToken }) {
            return known.mix == segment.mix
                ? .known : .broken("another mix from token \(segment.fromToken) on than before")
        }
        let last = segments.last.map { Int($0.fromToken) } ?? 0
        guard Int(segment.fromToken) > last, Int(segment.fromToken) >= tokens.count,
            segments.count <= Self.segmentLimit
        else {
            return .broken(
                "a mix from token \(segment.fromToken) on, after \(tokens.count) tokens and "
                    + "\(segments.count) mixes")
        }
        segments.append(segment)
        entries.append(.routed(segment, routed.hasSentence ? [routed.sentence] : []))
        return .added
    }

    /// A reply switches every few tokens at most; the wire takes 16384.
    private static let segmentLimit = 8192
}
