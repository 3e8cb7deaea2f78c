import FuseboxWire
import Testing

/// The words for enumerators.
@Suite struct NameTests {
    @Test func wordsAreRead() {
        #expect(WireKVRule.names == ["keep", "recompute", "pin"])
        #expect(WireWeighting.names == ["renormalized", "sum", "mean", "top1", "paper"])
        #expect(WireKVRule(name: "keep") == .keep)
        #expect(WireReason(name: "no_router") == .noRouter)
        #expect(WireCode(name: "context_overflow") == .contextOverflow)
        #expect(WireFinishReason(name: "length") == .length)
        for name in ["", "unknown", "Keep"] { #expect(WireReason(name: name) == nil) }
        #expect(WireKVRule(name: "Keep") == nil)
    }

    @Test func whatIsNewerIsUnknown() {
        #expect(WireCode.UNRECOGNIZED(99).name == "unknown")
        #expect(WireFinishReason.unspecified.name == "unknown")
    }
}
