import FoundationEssentials
import FuseboxWire
import Testing

/// A provenance and its document.
@Suite struct ProvenanceTests {
    private static let provenance = WireProvenance {
        $0.base = Data(repeating: 1, count: 32)
        $0.type = "q8_0"
        $0.kernels = "avx512_vnni"
        $0.kvRule = .recompute
        $0.seed = .max
        $0.segments = [
            WireSegment {
                $0.reason = .routed
                $0.mix.shares = [
                    WireShare {
                        $0.adapter = Data(repeating: 2, count: 32)
                        $0.weight = -389
                        $0.name = "joy"
                    }
                ]
                $0.mix.coefficients = Data(repeating: 3, count: 32)
            },
            WireSegment {
                $0.fromToken = 9
                $0.mix = WireMix()
                $0.reason = .abstained
            },
        ]
        $0.promptTokens = [1, 2]
        $0.tokens = [3]
        $0.sampling = WireSampling { $0.topP = 0.9 }.completed(
            by: WireSampling { $0.temperature = 0.7 })
        $0.sampling.seed = .max
        $0.limits.maxTokens = 5
        $0.limits.stop = ["\n\n"]
        $0.warnings = ["another base name"]
    }

    @Test func aProvenanceSurvivesItsDocument() throws {
        let text = ProvenanceDocument.json(Self.provenance).text
        #expect(text.contains(#""temperature":0.7,"#))
        #expect(try ProvenanceDocument.provenance(JSONValue(parsing: text)) == Self.provenance)
        let reply = "{\"text\": \"\", \"provenance\": \(text)}"
        #expect(try ProvenanceDocument.provenance(JSONValue(parsing: reply)) == Self.provenance)
    }

    @Test(arguments: [
        "{}", #"{"base": "00"}"#, "[]", "7", #"{"provenance": null}"#,
    ])
    func aBrokenProvenanceSaysWhatIsMissing(text: String) throws {
        let error = #expect(throws: WireError.self) {
            try ProvenanceDocument.provenance(JSONValue(parsing: text))
        }
        #expect(error?.message.contains("base") == true)
    }
}
