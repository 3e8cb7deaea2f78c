import FoundationEssentials
import Testing
import Wire

@testable import Frontend

/// Scores on their way from workers to clients.
@Suite struct ScoreTests {
    private func scores(_ ids: [UInt32]) -> [WireTokenScore] {
        ids.map { id in
            WireTokenScore {
                $0.id = id
                $0.logProbability = -Float(id)
            }
        }
    }

    private func bench(workers: Int = 1, prompt: Bool = true) -> Bench {
        var bench = Bench(workers: workers)
        bench.submit(1) {
            $0.scores.reply = true
            $0.scores.prompt = prompt
            $0.scores.top = 2
        }
        return bench
    }

    @discardableResult
    private func report(
        _ bench: inout Bench, worker: Int = 0, epoch: UInt32 = 1,
        _ fill: (inout WireWorkerChunk) -> Void
    ) -> [BrokerAction] {
        var chunk = WireWorkerChunk()
        chunk.request = Bench.id(1)
        chunk.epoch = epoch
        fill(&chunk)
        return bench.tell(.worker(Bench.worker(worker), .chunk(chunk)))
    }

    @Test func theyReachTheClientAndAreNotMadeAgain() throws {
        var bench = bench(workers: 2)
        let told = report(&bench) { $0.promptScores = scores([5, 6]) }
        #expect(told.chunks.map(\.promptScores) == [scores([5, 6])])
        #expect(report(&bench) { $0.promptScores = scores([5, 6]) }.chunks.isEmpty, "again")
        let lost = bench.tell(.workerLeft(Bench.worker(0)))
        let half = try #require(lost.dispatches.first)
        #expect(half.promptScored == 2 && half.scores.prompt && half.scores.top == 2)
        report(&bench, worker: 1, epoch: 2) {
            $0.promptOffset = 2
            $0.promptScores = scores([7])
        }
        let tokens = report(&bench, worker: 1, epoch: 2) {
            $0.ids = [8, 9]
            $0.text = "a b"
            $0.scores = scores([8, 9])
        }
        #expect(tokens.chunks.map(\.scores) == [scores([8, 9])])
        // Who attaches gets all, from a token on those after it alone.
        let all = bench.tell(
            .client(Bench.client, .attach(WireAttach { $0.request = Bench.id(1) })))
        #expect(all.chunks.flatMap(\.promptScores) == scores([5, 6, 7]))
        #expect(all.chunks.map(\.promptOffset) == [0, 2, 0])
        let rest = bench.tell(
            .client(
                Bench.client,
                .attach(
                    WireAttach {
                        $0.request = Bench.id(1)
                        $0.fromOffsets = [1]
                    })))
        #expect(rest.chunks.count == 1 && rest.chunks[0].scores == scores([9]))
    }

    @Test func whatDoesNotFitVoidsTheAttempt() {
        let broken: [(inout WireWorkerChunk) -> Void] = [
            {
                $0.promptScores = self.scores([1]); $0.promptOffset = 1
            },
            { $0.promptScores = self.scores(Array(repeating: 1, count: 4097)) },
            { $0.ids = [4] },
        ]
        for fill in broken {
            var bench = bench()
            #expect(!report(&bench, fill).cancels.isEmpty)
        }
        var unasked = bench(prompt: false)
        #expect(!report(&unasked) { $0.promptScores = scores([1]) }.cancels.isEmpty)
        var late = bench()
        report(&late) {
            $0.ids = [4]
            $0.scores = scores([4])
        }
        #expect(!report(&late) { $0.promptScores = scores([1]) }.cancels.isEmpty)
    }

    @Test func aReplyOfNoTokensHasNone() {
        var bench = Bench()
        bench.submit(1) {
            $0.scores.prompt = true
            $0.limits.noReply = true
        }
        #expect(!report(&bench) { $0.ids = [4] }.cancels.isEmpty)
        #expect(bench.finish(1, epoch: 2, .reason(.length)).done?.provenance.limits.noReply == true)
    }

    @Test func statusSaysWhatIsServed() {
        var bench = Bench { $0.modelName = "tiny" }
        let status = WireStatus { $0.request = Bench.id(9) }
        let events = bench.tell(.client(Bench.client, .status(status))).events
        guard case .statusReply(let reply) = events.first else {
            Issue.record("no answer")
            return
        }
        #expect(reply.model == "tiny" && reply.context == 4096 && reply.vocabulary == 50_000)
    }
}
