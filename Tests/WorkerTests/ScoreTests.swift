import Adapters
import Foundation
import Testing
import Tokenization
import Wire

@testable import Inference
@testable import Worker

/// Scores and encodings as a worker reports them.
@Suite struct ScoreTests {
    private let model: ServedModel
    private let runner: JobRunner
    private let session: WorkerSession

    init() throws {
        model = try DemoWorker.model()
        runner = try JobRunner(model: model)
        session = WorkerSession(runner)
    }

    private func chunks(of dispatch: WireDispatch) throws -> [WireWorkerChunk] {
        var chunks: [WireWorkerChunk] = []
        var reports = session.receive(.dispatch(dispatch), now: .now)
        for _ in 0..<1000 {
            for report in reports {
                switch report {
                case .chunk(let chunk):
                    try chunk.validate()
                    chunks.append(chunk)
                case .finished(let finished):
                    #expect(finished.failure == .unspecified, "\(finished.message)")
                    return chunks
                case .ready, .heartbeat, .editionHeld, .routed: continue
                }
            }
            reports = session.runStep(now: .now)
        }
        throw CocoaError(.executableNotLoadable)
    }

    /// What `fusebox score` says of the same ids under the same mix.
    @Test func promptsAreScoredAsByTheScorer() throws {
        let mix = DemoWorker.mix("hotels", of: model)
        var dispatch = DemoWorker.dispatch(promptCount: 150)
        dispatch.segments = [
            WireSegment(MixSegment(fromToken: 0, mix: mix), names: [:], reason: .requested)
        ]
        dispatch.scores.prompt = true
        dispatch.scores.top = 2
        dispatch.limits = WireLimits { $0.noReply = true }
        let chunks = try chunks(of: dispatch)
        #expect(chunks.allSatisfy { $0.ids.isEmpty && $0.promptScores.count <= 64 })
        let scores = chunks.flatMap(\.promptScores)
        let prompt = dispatch.prompt.tokens.ids
        #expect(scores.map(\.id) == prompt)
        #expect(!scores[0].hasLogProbability && scores[1].top.count == 2)
        let scorer = try Scorer(
            model: model.loaded.transformer, shelf: model.loaded.shelf, mix: mix,
            kernels: model.loaded.kernels, pool: model.loaded.pool)
        try scorer.score(prompt.map { Int32($0) }) { position, logits in
            guard position + 1 < prompt.count else { return }
            let value = Scorer.logProbability(of: Int32(prompt[position + 1]), logits)
            #expect(scores[position + 1].logProbability == Float(value))
        }
        for score in scores {
            #expect(Array(score.text) == model.tokenizer.bytes(of: Int32(score.id)))
        }
    }

    /// A worker that takes over says what is missing, to the bit.
    @Test func scoresGoOnWhereAnotherWorkerStopped() throws {
        var dispatch = DemoWorker.dispatch()
        dispatch.scores.reply = true
        dispatch.scores.prompt = true
        dispatch.scores.top = 3
        dispatch.sampling.temperature = 1
        let whole = try chunks(of: dispatch)
        let tokens = whole.flatMap(\.ids)
        #expect(tokens.count == 12 && whole.flatMap(\.scores).map(\.id) == tokens)
        dispatch.epoch = 2
        dispatch.emitted = Array(tokens.prefix(5))
        dispatch.promptScored = 20
        dispatch.emittedTextBytes = UInt32(
            whole.prefix { $0.offset < 5 }.map(\.text).joined().utf8.count)
        let rest = try chunks(of: dispatch)
        #expect(rest.flatMap(\.promptScores).isEmpty)
        #expect(rest.flatMap(\.scores) == Array(whole.flatMap(\.scores).dropFirst(5)))
        dispatch.epoch = 3
        dispatch.emitted = []
        dispatch.emittedTextBytes = 0
        dispatch.promptScored = 7
        let half = try chunks(of: dispatch)
        #expect(half.first?.promptOffset == 7)
        #expect(
            half.flatMap(\.promptScores) == Array(whole.flatMap(\.promptScores).dropFirst(7)))
        #expect(half.flatMap(\.scores) == whole.flatMap(\.scores))
    }

    @Test func whatIsOnlyEncodedIsAnsweredAtOnce() throws {
        var dispatch = DemoWorker.dispatch()
        dispatch.encodeOnly = true
        dispatch.prompt.plain = "Größe und Maß."
        let reports = session.receive(.dispatch(dispatch), now: .now)
        guard case .finished(let finished) = reports.first, reports.count == 1 else {
            Issue.record("\(reports)")
            return
        }
        #expect(finished.reason == .length && finished.maxTokens == 0)
        #expect(finished.usage.promptTokens == UInt32(finished.promptTokens.count))
        #expect(session.isIdle && !runner.engine.hasWork)
        dispatch.prompt.tokens.ids = finished.promptTokens
        #expect(try chunks(of: dispatch).map(\.text).joined().hasSuffix("Größe und Maß."))
        dispatch.prompt.tokens.ids = [1 << 20]
        let refused = session.receive(.dispatch(dispatch), now: .now)
        guard case .finished(let finished) = refused.first else { return }
        #expect(finished.failure == .invalidArgument)
        #expect(finished.message.contains("not in the vocabulary"))
        let longest = (0..<Int32(model.tokenizer.vocabularySize)).max {
            model.tokenizer.bytes(of: $0).count < model.tokenizer.bytes(of: $1).count
        }
        dispatch.prompt.tokens.ids = Array(
            repeating: UInt32(try #require(longest)), count: 1 << 17)
        guard case .finished(let long) = session.receive(.dispatch(dispatch), now: .now).first
        else { return }
        #expect(long.failure == .invalidArgument && long.message.contains("bytes of text"))
    }
}
