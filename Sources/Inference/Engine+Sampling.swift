internal import Kernels
internal import Models

/// From a step's logits to tokens and scores.
extension Engine {
    func sample(into events: inout [EngineEvent]) {
        for first in stride(from: 0, to: uses.count, by: workspace.logitCapacity) {
            computeLogits(from: first)
            let rows = first..<min(first + workspace.logitCapacity, uses.count)
            read(rows)
            for index in rows {
                switch uses[index] {
                case .score(let place): finishScore(place, into: &events)
                case .draw(let sequence):
                    workspace.logits.withRow(index - first) { logits in
                        onLogits?(sequence.id, sequence.replyCount, logits)
                    }
                    finishToken(sequence, into: &events)
                }
            }
        }
    }

    /// Draws and scores tokens by the logits that are there; threads take the rows in turn.
    private func read(_ rows: Range<Int>) {
        compute.pool.run(min(samplers.count, rows.count)) { thread in
            for row in stride(from: thread, to: rows.count, by: samplers.count) {
                let use = uses[rows.lowerBound + row]
                workspace.logits.withRow(row) { use.read($0, sampler: samplers[thread]) }
            }
        }
    }

    private func computeLogits(from first: Int) {
        let rows = RowList(capacity: workspace.logitCapacity)
        for index in first..<min(first + workspace.logitCapacity, step.wanted.count) {
            rows.append(step.wanted[index])
        }
        model.computeLogits(of: rows, in: workspace, on: compute)
    }

    /// Tells of a score.
    private func finishScore(_ place: PromptPlace, into events: inout [EngineEvent]) {
        let sequence = place.sequence
        guard sequences[sequence.id] != nil else { return }
        guard let score = place.score else { return fail(sequence, .notFinite, &events) }
        sequence.noteScores(upTo: place.position + 1)
        events.append(score, of: place)
    }

    private func finishToken(_ sequence: TokenSequence, into events: inout [EngineEvent]) {
        let id = sequence.drawn
        guard sequences[sequence.id] != nil else { return }
        guard sequence.replyCount < sequence.request.maxTokens else { return }
        tokenCount += 1
        if sequence.request.endOfTextIDs.contains(id) {
            cancelAfterSealing.append(sequence.id)
            events.append(sequence.finished(.endOfText))
            return
        }
        if sequence.request.scores?.ofReply == true, sequence.drawnScore == nil {
            return fail(sequence, .notFinite, &events)
        }
        events.append(
            .token(
                sequence: sequence.id, index: sequence.replyCount, id: id,
                score: sequence.drawnScore))
        sequence.append(id)
        if sequence.replyCount >= sequence.request.maxTokens {
            cancelAfterSealing.append(sequence.id)
            events.append(sequence.finished(.length))
        }
    }
}
