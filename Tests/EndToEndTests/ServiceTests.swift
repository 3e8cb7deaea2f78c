import Adapters
import Foundation
import FuseboxClient
import Inference
import Kernels
import Models
import Tensors
import TestSupport
import Testing
import Wire
import Worker

/// The service as its users meet it: processes, sockets, the demo's files.
@Suite(.serialized) struct ServiceTests {
    /// A finished reply.
    struct Answer {
        var ids: [UInt32] = []
        var text = ""
        var scores: [WireTokenScore] = []
        var promptScores: [WireTokenScore] = []
        var done = WireDone()
    }

    static let prompts = [
        "Past tense: Lena opens the window.", "Write a cheerful review of a hotel.",
        "Write 4823 in words.", "Which number is bigger, 318 or 381?", "Tell me about a movie.",
        "Who are you? Tell me something bad about a phone.", "Make it negative: Tom likes tea.",
        "Say a few admiring words.",
    ]

    static let mixes: [[(String, Float)]] = [
        [], [("past_tense", 1)], [("positive", 0.5), ("hotels", 0.5)],
        [("negative", 1), ("phones", 1)],
        [("movies", 0.75)], [("number_words", 1), ("question", -0.25)],
    ]

    @Test func fixedMixesAnswerAsGenerateDoesThoughAWorkerIsKilled() async throws {
        let submits = (0..<32).map { index in
            submit(index) { submit in
                let mix = Self.mixes[index % Self.mixes.count]
                guard !mix.isEmpty else {
                    submit.selection.base = WireBaseSelection()
                    return
                }
                submit.selection.fixed.shares = mix.map {
                    name, weight in
                    WireNamedWeight {
                        $0.name = name
                        $0.weight = weight
                    }
                }
            }
        }
        try await compareWithLocalReplies(submits)
    }

    @Test func routedRepliesAreRepeatedByReplayThoughAWorkerIsKilled() async throws {
        try await compareWithLocalReplies((0..<32).map { submit($0) { _ in } })
    }

    /// Neither tokens nor scores show that a worker was killed, and scores of prompts are those of `fusebox score`.
    @Test func scoresAreTheSameThoughAWorkerIsKilled() async throws {
        let service = try RunningService()
        defer { _ = service.stop() }
        let client = try FuseboxClient(endpoint: service.endpoint)
        defer { client.shutDown() }
        _ = try await service.workers(client)
        let submits = (0..<16).map { index in
            submit(index) {
                // So hot that no end is drawn early.
                $0.limits.maxTokens = 200
                $0.sampling.temperature = 20
                $0.scores.reply = true
                $0.scores.prompt = index.isMultiple(of: 2)
                $0.scores.top = UInt32(index)
                $0.selection.base = WireBaseSelection()
            }
        }
        func answers(_ disturb: @escaping @Sendable () -> Void) async throws -> [Int: Answer] {
            try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
                for (index, submit) in submits.enumerated() {
                    var again = submit
                    again.requestID = .random()
                    group.addTask { [again] in
                        (index, try await Self.answer(again, from: client, halfway: disturb))
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
        }
        let calm = try await answers {}
        // A busy machine may hear of the first tokens only when the replies have ended, so that nothing is resumed.
        var disturbed: [Int: Answer] = [:]
        for _ in 0..<20 where try await client.status().resumed == 0 {
            let first = try await service.workers(client)[0]
            disturbed = try await answers { kill(first, SIGKILL) }
        }
        #expect(try await client.status().resumed > 0)
        for (index, answer) in calm {
            let other = try #require(disturbed[index])
            #expect(answer.ids == other.ids && answer.text == other.text)
            #expect(answer.scores == other.scores && answer.promptScores == other.promptScores)
            #expect(answer.scores.map(\.id) == answer.ids)
            #expect(
                answer.promptScores.map(\.id)
                    == (index.isMultiple(of: 2) ? answer.done.provenance.promptTokens : []))
        }
        let ids = try #require(calm[0]).done.provenance.promptTokens
        let file = service.folder.path("tokens.json")
        try Data(#"{"input_ids": [\#(ids)]}"#.utf8).write(to: URL(fileURLWithPath: file))
        let score = try BuiltProgram.run(
            [
                "score", "--model", BuiltProgram.root + "/Demo/base", "--type", "q8_0", "--tokens",
                file, "--json",
            ], in: service.folder.path)
        let expected = try #require(
            try JSONValue(parsing: score.output)["logprobs"]?.array?.first?.array)
        let found = try #require(calm[0]).promptScores.dropFirst().map(\.logProbability)
        #expect(found == expected.compactMap { $0.double.map { Float($0) } })
    }

    /// The service's tokenizer, also while every slot is taken.
    @Test func promptsAreEncodedWhileSlotsAreTaken() async throws {
        let service = try RunningService(
            workers: 1, arguments: ["--slots", "1", "--name", "tiny demo"])
        defer { _ = service.stop() }
        let client = try FuseboxClient(endpoint: service.endpoint)
        defer { client.shutDown() }
        _ = try await service.workers(client, count: 1)
        let status = try await client.status()
        #expect(status.model == "tiny demo" && status.context > 0 && status.vocabulary > 0)
        // Many replies, and none that an end of text cuts short: a busy machine may be slow to ask.
        let replies = (0..<24).map { index in
            client.submit(
                submit(index) {
                    $0.limits.maxTokens = 400
                    $0.limits.ignoreEos = true
                })
        }
        for try await case .chunk in replies[0] { break }
        let ids = try await client.encode(WirePrompt { $0.plain = "One two, drei." })
        #expect(try await client.decode(ids).hasSuffix("One two, drei."))
        #expect(try await client.decode([]) == "")
        await #expect(throws: ClientError.self) { try await client.decode([1 << 30]) }
        let after = try await client.status()
        #expect(after.running + after.queued > 1, "replies were still being made")
        for reply in replies { client.cancel(reply.id) }
        let asked = try BuiltProgram.run(
            [
                "ask", "--connect", service.endpoint, "--json", "--logprobs", "2", "--max-tokens",
                "5", "Write 4823 in words.",
            ], in: service.folder.path)
        let scores = try #require(try JSONValue(parsing: asked.output)["logprobs"]?.array)
        #expect(scores.count == 5)
        for score in scores {
            #expect(score["top_logprobs"]?.array?.count == 2)
            #expect(score["logprob"]?.double.map { $0 <= 0 } == true)
        }
    }

    /// The second of two equal prompts finds its beginning in the cache, and the counters say so.
    @Test func statusTellsWhatThePrefixCacheSpared() async throws {
        let service = try RunningService(workers: 1)
        defer { _ = service.stop() }
        let client = try FuseboxClient(endpoint: service.endpoint)
        _ = try await service.workers(client, count: 1)
        let question = submit(0) {
            // Longer than a block of the cache.
            $0.prompt.text = Self.prompts.prefix(4).joined(separator: " ")
            $0.selection.base = WireBaseSelection()
        }
        var (promptTokens, cachedTokens): (UInt64, UInt64) = (0, 0)
        for _ in 0..<2 {
            let answer = try await Self.answer(question, from: client)
            promptTokens += UInt64(answer.done.usage.promptTokens)
            cachedTokens += UInt64(answer.done.usage.cachedTokens)
        }
        #expect(cachedTokens > 0 && cachedTokens < promptTokens / 2)
        // They come with a heartbeat.
        var worker = WireWorkerStatus()
        for _ in 0..<100 where worker.promptTokens < promptTokens {
            worker = try #require(try await client.status().workers.first)
            try await Task.sleep(for: .milliseconds(100))
        }
        client.shutDown()
        #expect(worker.promptTokens == promptTokens && worker.cachedTokens == cachedTokens)
        let status = try BuiltProgram.run(
            ["status", "--connect", service.endpoint], in: service.folder.path)
        #expect(status.status == 0)
        let line = "worker-0: \(promptTokens) prompt tokens, \(cachedTokens) of them ("
        #expect(status.output.split(separator: "\n").contains { $0.hasPrefix(line) })
    }

    /// By the router's own threshold the first of these prompts is in scope and the second, best for an adapter, is not.
    @Test(arguments: ["-1000", "1000"])
    func aThresholdIsTheServices(_ threshold: String) async throws {
        let service = try RunningService(workers: 1, arguments: ["--threshold=" + threshold])
        defer { _ = service.stop() }
        let client = try FuseboxClient(endpoint: service.endpoint)
        defer { client.shutDown() }
        _ = try await service.workers(client, count: 1)
        for prompt in ["Write 4823 in words.", "A tablecloth with a stain."] {
            let answer = try await Self.answer(
                submit(0) { $0.prompt.text = prompt }, from: client)
            let first = try #require(answer.done.provenance.segments.first)
            #expect(first.mix.shares.isEmpty == (threshold == "1000"))
        }
    }

    /// Sends all at once, kills a worker and drops a client on the way, and makes every reply again in this process.
    private func compareWithLocalReplies(_ submits: [WireSubmit]) async throws {
        let service = try RunningService()
        defer { _ = service.stop() }
        let client = try FuseboxClient(endpoint: service.endpoint)
        let workers = try await service.workers(client)
        let gone = try FuseboxClient(endpoint: service.endpoint)
        for try await event in gone.submit(submit(99) { $0.limits.maxTokens = 200 }) {
            if case .chunk = event { break }
        }
        gone.shutDown()
        let answers = try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
            for (index, submit) in submits.enumerated() {
                group.addTask { (index, try await Self.answer(submit, from: client)) }
            }
            var answers: [Int: Answer] = [:]
            for try await (index, answer) in group {
                if answers.isEmpty { kill(workers[0], SIGKILL) }
                answers[index] = answer
            }
            return answers
        }
        client.shutDown()
        #expect(answers.count == submits.count)
        let runner = try Self.runner()
        for (index, submit) in submits.enumerated() {
            let answer = try #require(answers[index])
            let local = try Self.repeated(answer.done.provenance, prompt: submit.prompt, on: runner)
            #expect(local.ids == answer.ids, "prompt \(index)")
            #expect(local.text == answer.text, "prompt \(index)")
            #expect(local.done.reason == answer.done.reason)
            #expect(local.done.provenance.promptTokens == answer.done.provenance.promptTokens)
        }
    }

    private func submit(_ index: Int, _ fill: (inout WireSubmit) -> Void) -> WireSubmit {
        WireSubmit {
            $0.prompt.text = Self.prompts[index % Self.prompts.count]
            $0.limits.maxTokens = 48
            $0.sampling.seed = UInt64(index)
            fill(&$0)
        }
    }

    static func answer(
        _ submit: WireSubmit, from client: FuseboxClient, halfway: () -> Void = {}
    ) async throws -> Answer {
        var answer = Answer()
        for try await event in client.submit(submit) {
            switch event {
            case .chunk(let chunk):
                #expect(Int(chunk.offset) == answer.ids.count)
                if answer.ids.count < 20, answer.ids.count + chunk.ids.count >= 20 { halfway() }
                answer.scores += chunk.scores
                answer.promptScores += chunk.promptScores
                answer.ids += chunk.ids
                answer.text += chunk.text
            case .done(let done): answer.done = done
            case .failed(let failure): Issue.record("failed: \(failure.message)")
            case .accepted, .routed: continue
            }
        }
        return answer
    }

    /// One thread beside the service's: the number of threads must not matter.
    private static func runner() throws -> JobRunner {
        let root = BuiltProgram.root
        let loaded = try LoadedModel(
            path: root + "/Demo/base", precision: Precision(weights: .q8_0), threadCount: 1)
        return try JobRunner(
            model: ServedModel(loaded: loaded, adapters: root + "/Demo/adapters"))
    }

    /// The reply that `fusebox generate` (one segment) or `fusebox replay` (several) gives.
    private static func repeated(
        _ provenance: WireProvenance, prompt: WirePrompt, on runner: JobRunner
    ) throws -> Answer {
        var reply = LocalReply(
            prompt: prompt,
            segments: try provenance.segments.map {
                try MixSegment($0)
            })
        reply.kvRule = provenance.kvRule
        reply.sampling = provenance.sampling
        reply.limits = provenance.limits
        var answer = Answer()
        answer.done = try reply.run(on: runner) { chunk in
            answer.ids += chunk.ids
            answer.text += chunk.text
        }
        return answer
    }
}
