import FuseboxClient
import FuseboxWire
import HTTPTypes
import Testing

@testable import FuseboxHTTP

@Suite struct ChoiceProgressTests {
    private let choice = Choice()

    private func accepted(_ parts: UInt32) -> ReplyEvent {
        .accepted(WireAccepted { $0.parts = parts })
    }

    private func routed(_ part: UInt32, _ token: UInt32) -> ReplyEvent {
        .routed(
            WireRouted {
                $0.part = part
                $0.segment.fromToken = token
            })
    }

    private func chunk(_ part: UInt32, _ text: String, count: Int = 1) -> ReplyEvent {
        .chunk(
            WireChunk {
                $0.part = part
                $0.ids = Array(repeating: 1, count: count)
                $0.text = text
            })
    }

    private func done(_ part: UInt32, _ reason: WireFinishReason = .end) -> ReplyEvent {
        .done(
            WireDone {
                $0.part = part
                $0.reason = reason
                $0.usage.promptTokens = 3
                $0.usage.completionTokens = 2
            })
    }

    @Test("A route goes with the first text under it")
    func routes() throws {
        #expect(try choice.receive(accepted(1)) == nil)
        #expect(try choice.receive(routed(0, 0)) == nil)
        // Text that is held back has a token and no text.
        #expect(try choice.receive(chunk(0, "")) == nil)
        let first = try #require(try choice.receive(chunk(0, "Hel")))
        #expect(first.text == "Hel" && first.routes.count == 1)
        #expect(choice.speak())
        #expect(try choice.receive(chunk(0, "lo."))?.routes == [])
        #expect(!choice.speak())
        #expect(try choice.receive(routed(0, 3)) == nil)
        #expect(try choice.receive(chunk(0, " You."))?.routes.count == 1)
        let last = try #require(try choice.receive(done(0, .length)))
        #expect(last.finish == .length && last.text.isEmpty)
        #expect(choice.progress.text == "Hello. You.")
        #expect(choice.progress.tokenCount == 4)
        #expect(choice.progress.usage.prompt == 3 && choice.progress.usage.completion == 2)
    }

    @Test("Parts come out one after the other")
    func parts() throws {
        _ = try choice.receive(accepted(3))
        #expect(try choice.receive(chunk(1, "two")) == nil)
        #expect(try choice.receive(done(1)) == nil)
        #expect(try choice.receive(chunk(0, "one"))?.text == "one")
        #expect(try choice.receive(done(0))?.text == "\ntwo\n")
        #expect(try choice.receive(chunk(2, "three"))?.text == "three")
        #expect(try choice.receive(done(2))?.finish == .end)
        #expect(choice.progress.text == "one\ntwo\nthree")
        #expect(choice.progress.dones.count == 3)
    }

    @Test("A failure ends it with the wire's code")
    func failure() throws {
        _ = try choice.receive(accepted(1))
        let failure = ReplyEvent.failed(
            WireFailed {
                $0.code = .resourceExhausted
                $0.retryAfterMs = 1200
            })
        do {
            _ = try choice.receive(failure)
            Issue.record("it went on")
        } catch let error as APIError {
            #expect(error.status == .tooManyRequests && error.code == "resource_exhausted")
            #expect(error.headers[.retryAfter] == "2")
            #expect(error.headers[.retryAfterMilliseconds] == "1200")
        }
    }
}

/// A progress that an expectation can change.
private final class Choice {
    private(set) var progress = ChoiceProgress()

    func receive(_ event: ReplyEvent) throws -> ChoiceProgress.Delta? {
        try progress.receive(event)
    }

    func speak() -> Bool { progress.speak() }
}
