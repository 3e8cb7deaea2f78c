import Testing
import Wire

@testable import FuseboxClient

@Suite struct ReplyProgressTests {
    private func accepted(parts: UInt32 = 1) -> WireAccepted {
        WireAccepted { $0.parts = parts }
    }

    private func chunk(
        _ offset: UInt32, _ ids: [UInt32], _ text: String, part: UInt32 = 0
    ) -> WireChunk {
        WireChunk {
            $0.part = part
            $0.offset = offset
            $0.ids = ids
            $0.text = text
        }
    }

    private func done(_ tokens: UInt32, part: UInt32 = 0) -> WireDone {
        WireDone {
            $0.part = part
            $0.usage.completionTokens = tokens
        }
    }

    @Test func passesAContiguousReply() {
        var progress = ReplyProgress()
        #expect(progress.receive(accepted()) == .deliver(.accepted(accepted())))
        let first = chunk(0, [5, 6], "one ")
        #expect(progress.receive(first) == .deliver(.chunk(first)))
        let second = chunk(2, [7], "two")
        #expect(progress.receive(second) == .deliver(.chunk(second)))
        #expect(progress.offsets == [3])
        #expect(!progress.isFinished)
        #expect(progress.receive(done(3)) == .deliver(.done(done(3))))
        #expect(progress.isFinished)
    }

    @Test func dropsWhatItHas() {
        var progress = ReplyProgress()
        _ = progress.receive(accepted())
        _ = progress.receive(chunk(0, [5, 6], "one "))
        #expect(progress.receive(accepted()) == .ignore)
        #expect(progress.receive(chunk(0, [5, 6], "one ")) == .ignore)
        #expect(progress.receive(chunk(0, [5], "on")) == .ignore)
        // Aligned with the shorter duplicate, and reaching beyond what is known.
        let joined = chunk(1, [6, 7], "e two")
        #expect(progress.receive(joined) == .deliver(.chunk(chunk(2, [7], "two"))))
    }

    @Test func cutsTextWhereItContinues() {
        var progress = ReplyProgress()
        _ = progress.receive(accepted())
        // The second token's text is held back: half a character.
        _ = progress.receive(chunk(0, [5, 6], "a"))
        let joined = chunk(0, [5, 6, 7], "aü")
        #expect(progress.receive(joined) == .deliver(.chunk(chunk(2, [7], "ü"))))
        let tail = chunk(3, [], "end")
        #expect(progress.receive(tail) == .deliver(.chunk(tail)))
        #expect(progress.receive(tail) == .ignore)
    }

    @Test func asksForWhatIsMissing() {
        var progress = ReplyProgress()
        _ = progress.receive(accepted())
        _ = progress.receive(chunk(0, [5, 6], "one "))
        #expect(progress.receive(chunk(4, [9], "x")) == .resume)
        #expect(progress.offsets == [2])
        // Starts in the middle of a chunk: only the beginning aligns it.
        #expect(progress.receive(chunk(1, [6, 7], "x")) == .resume)
        #expect(progress.offsets == [0])
        #expect(progress.receive(done(5)) == .resume)
        // It was asked for and did not come: the service counts otherwise.
        #expect(progress.receive(done(5)) == .deliver(.done(done(5))))
    }

    @Test func noticesAnotherReply() {
        var progress = ReplyProgress()
        _ = progress.receive(accepted())
        _ = progress.receive(chunk(0, [5, 6], "one "))
        #expect(progress.receive(chunk(0, [5, 9], "one ")) == .diverged)
        let base = WireRouted { $0.segment.reason = .abstained }
        #expect(progress.receive(base) == .deliver(.routed(base)))
        #expect(progress.receive(base) == .ignore)
        let other = WireRouted { $0.segment.mix.shares = [WireShare { $0.weight = 1024 }] }
        #expect(progress.receive(other) == .diverged)
    }

    @Test func partsEndOneByOne() {
        var progress = ReplyProgress()
        _ = progress.receive(accepted(parts: 2))
        let text = chunk(0, [1], "x", part: 1)
        #expect(progress.receive(text) == .deliver(.chunk(text)))
        #expect(progress.offsets == [0, 1])
        #expect(progress.receive(done(1, part: 1)) == .deliver(.done(done(1, part: 1))))
        #expect(!progress.isFinished)
        let failure = WireFailed { $0.code = .internal }
        #expect(progress.receive(failure) == .deliver(.failed(failure)))
        #expect(progress.isFinished)
        #expect(progress.receive(text) == .ignore)
        #expect(progress.receive(failure) == .ignore)
    }

    @Test func aRefusalEndsTheWholeRequest() {
        var progress = ReplyProgress()
        let failure = WireFailed { $0.code = .notFound }
        #expect(progress.receive(failure) == .deliver(.failed(failure)))
        #expect(progress.isFinished)
    }

    private func scores(_ ids: [UInt32]) -> [WireTokenScore] {
        ids.map { id in WireTokenScore { $0.id = id } }
    }

    private func promptScores(_ offset: UInt32, _ ids: [UInt32]) -> WireChunk {
        WireChunk {
            $0.promptOffset = offset
            $0.promptScores = scores(ids)
        }
    }

    @Test func scoresComeOnceAndWithTheirTokens() {
        var progress = ReplyProgress()
        _ = progress.receive(accepted())
        let first = promptScores(0, [1, 2])
        #expect(progress.receive(first) == .deliver(.chunk(first)))
        #expect(progress.receive(first) == .ignore)
        #expect(progress.receive(promptScores(3, [4])) == .resume)
        #expect(progress.offsets == [0])
        #expect(
            progress.receive(promptScores(0, [1, 2, 3])) == .deliver(.chunk(promptScores(2, [3]))))
        var tokens = chunk(0, [5, 6], "ab")
        tokens.scores = scores([5, 6])
        #expect(progress.receive(tokens) == .deliver(.chunk(tokens)))
        tokens = chunk(0, [5, 6, 7], "abc")
        tokens.scores = scores([5, 6, 7])
        var rest = chunk(2, [7], "c")
        rest.scores = scores([7])
        #expect(progress.receive(tokens) == .deliver(.chunk(rest)))
    }

    @Test func goesOnFromGivenOffsets() {
        var progress = ReplyProgress(from: [4])
        _ = progress.receive(accepted())
        #expect(progress.offsets == [4])
        #expect(progress.receive(chunk(2, [1], "x")) == .resume)
        let next = chunk(4, [9], "y")
        #expect(progress.receive(next) == .deliver(.chunk(next)))
        #expect(progress.offsets == [5])
    }
}
