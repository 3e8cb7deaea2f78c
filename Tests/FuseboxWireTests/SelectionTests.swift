import FuseboxWire
import Testing

/// What a selection in text means.
@Suite struct SelectionTests {
    @Test func selectionsAreRead() throws {
        #expect(try WireSelection(text: "auto").isAutoSelection)
        #expect(try WireSelection(text: "auto:a,b").auto.allowed == ["a", "b"])
        #expect(try WireSelection(text: "base").kind == .base(WireBaseSelection()))
        let shares = try WireSelection(text: "sea=0.5,joy=-1").fixed.shares
        #expect(shares.map(\.name) == ["sea", "joy"] && shares.map(\.weight) == [0.5, -1])
        let plain = try WireSelection(text: "sea,joy=0.5").fixed.shares
        #expect(plain.map(\.name) == ["sea", "joy"] && plain.map(\.weight) == [1, 0.5])
    }

    @Test(arguments: ["", "auto:", "auto:a,,b", "sea=", "=1", "sea=x", "sea=nan", "sea=1,"])
    func otherSelectionsAreRefused(text: String) {
        let error = #expect(throws: WireError.self) { try WireSelection(text: text) }
        #expect(error?.message.contains("NAME=WEIGHT") == true)
    }
}

extension WireSelection {
    fileprivate var isAutoSelection: Bool {
        if case .auto(let auto) = kind { auto == WireAutoSelection() } else { false }
    }
}
