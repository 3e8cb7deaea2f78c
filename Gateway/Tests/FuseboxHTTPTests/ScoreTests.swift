import FoundationEssentials
import FuseboxClient
import FuseboxWire
import Testing

@testable import FuseboxHTTP

@Suite struct ScoreTests {
    private func score(_ bytes: [UInt8], _ value: Float?) -> WireTokenScore {
        WireTokenScore {
            $0.text = Data(bytes)
            if let value { $0.logProbability = value }
        }
    }

    @Test("Columns count characters, also where a token ends within one")
    func columns() {
        var offset = 2
        let scores = [
            score(Array("a".utf8), nil), score([0xC3], -1), score([0xA4], -2),
            score(Array("ü!".utf8), -.infinity), score([], -3),
        ]
        let json = ScoreColumns.json(scores, offset: &offset)
        #expect(offset == 6)
        #expect(
            json["tokens"]?.array?.map(\.string)
                == ["a", "bytes:\\xc3", "bytes:\\xa4", "ü!", ""])
        #expect(json["text_offset"]?.array?.map(\.int) == [2, 3, 4, 4, 6])
        #expect(json["token_logprobs"]?.array?[0] == .null)
        #expect(json["token_logprobs"]?.array?[3].double == -3.4028235e38)
        #expect(json["top_logprobs"]?.array?.allSatisfy(\.isNull) == true)
    }

    @Test("Scores go with the text that their tokens end, the echo before the first")
    func progress() throws {
        var progress = ChoiceProgress(echo: "The ")
        func chunk(_ text: String, _ values: [Float], prompt: [Float] = []) -> ReplyEvent {
            .chunk(
                WireChunk {
                    $0.ids = values.map { _ in 1 }
                    $0.text = text
                    $0.scores = values.map { score([65], $0) }
                    $0.promptScores = prompt.map { score([66], $0) }
                })
        }
        _ = try progress.receive(.accepted(WireAccepted { $0.parts = 1 }))
        let deltas = [
            try progress.receive(chunk("", [], prompt: [-9])),
            try progress.receive(chunk("", [-1])),
            try progress.receive(chunk("ä", [-2])),
            try progress.receive(.done(WireDone { $0.reason = .length })),
        ]
        #expect(deltas.map { $0?.text } == [nil, nil, "The ä", ""])
        #expect(deltas[2]?.scores.map(\.logProbability) == [-9, -1, -2])
        #expect(deltas[3]?.scores.isEmpty == true)
        #expect(progress.text == "The ä" && progress.scores.count == 3)
    }

    @Test func fields() throws {
        let prompt = "\"model\": \"base\", \"prompt\": \"a\""
        func wanted(_ fields: String) throws -> WireSubmit {
            try #require(
                try GenerationRequest("{\(prompt)\(fields)}", .completion).submissions.first)
        }
        #expect(try !wanted("").hasScores)
        #expect(try !wanted(", \"echo\": true").hasScores)
        let echoed = try wanted(", \"echo\": true, \"logprobs\": 0, \"max_tokens\": 0")
        #expect(echoed.scores.reply && echoed.scores.prompt && echoed.scores.top == 0)
        #expect(echoed.limits.noReply && echoed.limits.maxTokens == 0)
        #expect(throws: APIError.self) { try wanted(", \"logprobs\": 21") }
    }
}
