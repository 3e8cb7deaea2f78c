import FuseboxWire
import Testing

/// Texts and documents from outside, changed at random: they are read or refused, and nothing else happens.
@Suite struct MutationTests {
    /// A bounded run of changes to a text's bytes, the same in every run.
    private func mutants(of text: String, count: Int) -> [String] {
        var state: UInt64 = 7
        func number(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(truncatingIfNeeded: state >> 33) % limit
        }
        return (0..<count).map { _ in
            var bytes = Array(text.utf8)
            for _ in 0...number(below: 4) {
                let place = number(below: bytes.count)
                switch number(below: 3) {
                case 0: bytes[place] = UInt8(number(below: 256))
                case 1 where bytes.count > 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: bytes.suffix(number(below: 9)), at: place)
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    @Test func selectionsAreReadOrRefused() {
        for text in ["auto:sea,joy", "sea=0.5,joy=-1e3", "base"] {
            for mutant in mutants(of: text, count: 2000) {
                guard let selection = try? WireSelection(text: mutant) else { continue }
                for share in selection.fixed.shares {
                    #expect(share.weight.isFinite && !share.name.isEmpty)
                }
            }
        }
    }

    @Test func provenancesAreReadOrRefused() throws {
        let provenance = WireProvenance {
            $0.type = "q8_0"
            $0.kernels = "avx2"
            $0.promptTokens = [1, 4_000_000_000]
            $0.sampling = WireSampling().completed(by: WireSampling())
            $0.segments = [WireSegment { $0.reason = .routed }]
            $0.limits.noReply = true
        }
        let text = ProvenanceDocument.json(provenance).text
        for mutant in mutants(of: text, count: 2000) {
            guard let document = try? JSONValue(parsing: mutant),
                let read = try? ProvenanceDocument.provenance(document)
            else { continue }
            let again = ProvenanceDocument.json(read)
            #expect(try ProvenanceDocument.provenance(again) == read)
        }
    }
}
