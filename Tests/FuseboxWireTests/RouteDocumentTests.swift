import FoundationEssentials
import FuseboxWire
import Testing

/// What programs read of a route.
@Suite struct RouteDocumentTests {
    private static let segment = WireSegment {
        $0.fromToken = 7
        $0.reason = .routed
        $0.mix.shares = [
            WireShare {
                $0.adapter = Data(repeating: 2, count: 32)
                $0.weight = 256
                $0.name = "sea"
            }
        ]
    }

    private static let sentence = WireSentenceRoute {
        $0.text = "Hello."
        $0.candidates = [
            WireCandidate {
                $0.name = "sea"
                $0.probability = 0.1
            }
        ]
    }

    @Test func routesOfRepliesNameTheirPart() {
        let routed = WireRouted {
            $0.part = 1
            $0.segment = Self.segment
            $0.sentences = [Self.sentence]
            $0.unreadBytes = 9
        }
        let digest = String(repeating: "02", count: 32)
        #expect(
            JSONValue.object(RouteDocument.json(routed)).text
                == #"{"part":1,"from_token":7,"reason":"routed","mix":[{"name":"sea","adapter":"\#(digest)","weight":0.25}],"#
                + #""coefficients":null,"sentences":[{"text":"Hello.","abstained":false,"#
                + #""candidates":[{"name":"sea","probability":0.1}]}],"unread_bytes":9}"#)
    }

    @Test func answersHaveWarnings() {
        let reply = WireRouteReply {
            $0.segment = WireSegment { $0.reason = .abstained }
            $0.warnings = ["careful"]
        }
        let json = RouteDocument.json(reply)
        #expect(
            json.keys == [
                "from_token", "reason", "mix", "coefficients", "sentences", "unread_bytes",
                "warnings",
            ])
        #expect(json["mix"] == .array([]) && json["reason"] == .string("abstained"))
    }
}
