import TestSupport
import Testing
import Wire

@testable import fusebox

/// What `fusebox top` shows.
@Suite struct TopFrameTests {
    private static let start = ContinuousClock.now

    private func history(_ answers: WireStatusReply...) -> TopHistory {
        var history = TopHistory()
        for (second, answer) in answers.enumerated() {
            history.note(answer, at: Self.start + .seconds(second))
        }
        return history
    }

    private func text(_ history: TopHistory, width: Int, height: Int? = nil) -> String {
        TopFrame(history: history, width: width, isColoured: false).text(height: height)
            .map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
            .joined(separator: "\n")
    }

    private static let before = {
        var before = WireStatusReply.sample
        before.tokens = 370
        return before
    }()

    @Test func aFrameTellsEverything() {
        #expect(
            text(history(Self.before, .sample), width: 80) == """
                fusebox 1.2.3  degraded  tiny  base abababababab
                1 of 2 workers serve; worker-1: no model at x
                nothing new is accepted: the disk is full
                adapter set aside: mad: workers died of requests that had it; replace it, or
                start the service anew
                adapter refused: odd: fits another base
                2 running  2 queued  9 finished  1 failed  7 refused  4 resumed  3 connections

                tokens/s        30
                first token     p50 12.5  p95 150  p99 2000 ms
                between tokens  -
                prefix cache    66 %  of 48 prompt tokens

                worker-0  ready  2 of 8 slots  cache 66 %  restarted 3 x
                  ab......

                worker-1  dead  restarted 2 x
                  no model at x

                a sea 0.75 + joy -0.50  1 reply, 20 tokens
                b base  1 reply, 0 tokens

                adapter    chosen  weight  tokens share
                sea             4    0.63     300  75 %
                base            2    1.00     100  25 %
                """)
    }

    @Test func fortyColumnsAreEnough() {
        #expect(
            text(history(Self.before, .sample), width: 40) == """
                fusebox 1.2.3  degraded  tiny
                base abababababab
                1 of 2 workers serve; worker-1: no model
                at x
                nothing new is accepted: the disk is
                full
                adapter set aside: mad: workers died of
                requests that had it; replace it, or
                start the service anew
                adapter refused: odd: fits another base
                2 running  2 queued  9 finished
                1 failed  7 refused  4 resumed
                3 connections

                tokens/s        30
                first token     p50 12.5  p95 150
                                p99 2000 ms
                between tokens  -
                prefix cache    66 %
                                of 48 prompt tokens

                worker-0  ready  2 of 8 slots
                          cache 66 %  restarted 3 x
                  ab......

                worker-1  dead  restarted 2 x
                  no model at x

                a sea 0.75 + joy -0.50
                  1 reply, 20 tokens
                b base  1 reply, 0 tokens

                adapter    chosen  weight  tokens share
                sea             4    0.63     300  75 %
                base            2    1.00     100  25 %
                """)
    }

    /// Whatever names, numbers and texts there are.
    @Test(arguments: [20, 40, 57, 80, 200]) func nothingIsWiderThanTheTerminal(width: Int) {
        var status = WireStatusReply.sample
        status.model = String(repeating: "long model \u{1B}[31m\n", count: 20)
        status.degraded = String(repeating: "x", count: 300)
        status.adapters[1].name = String(repeating: "n", count: 64)
        (status.tokens, status.adapters[1].tokens) = (.max, .max)
        status.adapters[0].weight = .infinity
        status.firstToken.p99Ms = .greatestFiniteMagnitude
        status.workers[0].slots = 4096
        for isColoured in [false, true] {
            let frame = TopFrame(
                history: history(Self.before, status), width: width, isColoured: isColoured)
            for line in frame.text() {
                let plain = line.replacing(/\u{1B}\[\d+m/, with: "")
                #expect(plain.count <= width, "\(plain)")
                #expect(
                    !plain.unicodeScalars.contains { $0.properties.generalCategory == .control })
            }
        }
    }

    @Test func aShortTerminalShowsTheBeginning() {
        let lines = text(history(.sample), width: 80, height: 6).split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 6 && lines.first?.hasPrefix("fusebox 1.2.3") == true)
        #expect(lines.last == "20 more lines do not fit")
        #expect(text(history(.sample), width: 80, height: 0).isEmpty == false)
    }

    @Test func ratesAreOfWhatTheServiceCounted() {
        var anew = WireStatusReply.sample
        anew.tokens = 10
        let history = history(Self.before, .sample, anew, .sample)
        #expect(history.rates == [30, 390], "a service that was started anew has made nothing yet")
    }

    @Test func aMixKeepsItsLetterWhileItRuns() {
        var other = WireStatusReply.sample
        let base = other.workers[0].parts.removeLast()
        let sea = other.workers[0].parts.removeLast()
        other.workers[0].parts = [
            WireRunningPart { $0.shares = [WireNamedWeight { $0.name = "new" }] }, base,
        ]
        let history = history(.sample, other)
        #expect(history.numbers[base.shares] == 1 && history.numbers[sea.shares] == nil)
        #expect(history.numbers.values.sorted() == [0, 1])
    }

    @Test func aServiceThatIsGoneIsSaidSo() {
        var history = history(.sample)
        history.note(problem: "nobody answers")
        let lines = text(history, width: 80).split(separator: "\n")
        #expect(lines[0].contains("no answer") && lines[1] == "nobody answers")
    }
}
