import FoundationEssentials
import FuseboxWire
import Testing

/// What programs read of scores.
@Suite struct ScoreDocumentTests {
    @Test func halvesOfCharactersHaveTheirBytes() {
        let scores = [
            WireTokenScore {
                $0.id = 4
                $0.text = Data([0xC3])
            },
            WireTokenScore {
                $0.id = 5
                $0.logProbability = -0.1
                $0.text = Data("a".utf8)
                $0.top = [
                    WireTokenScore.Alternative {
                        $0.id = 6
                        $0.logProbability = -.infinity
                    }
                ]
            },
        ]
        #expect(
            ScoreDocument.json(scores).text
                == #"[{"id":4,"token":"\u{FFFD}","bytes":[195],"logprob":null,"top_logprobs":[]},"#
                .replacing(#"\u{FFFD}"#, with: "\u{FFFD}")
                + #"{"id":5,"token":"a","bytes":[97],"logprob":-0.1,"#
                + #""top_logprobs":[{"id":6,"token":"","bytes":[],"logprob":null}]}]"#)
    }
}
