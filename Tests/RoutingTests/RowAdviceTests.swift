import Testing

@testable import Routing

@Suite("Advice on rows")
struct RowAdviceTests {
    private func warnings(
        _ examples: [RouterExample], validation: [RouterExample] = []
    ) -> [String] {
        RowAdvice(examples, validation: validation, groups: RowGroups(examples + validation))
            .warnings
    }

    /// Rows without a word in common.
    private func diverse(_ count: Int, _ name: String) -> [RouterExample] {
        (0..<count).map { index in
            let letters = (0..<3).map { place in
                String(UnicodeScalar(UInt8(97 + (index / [1, 26, 676][place]) % 26)))
            }
            let text = (0..<3).map { "\(name)\($0)\(letters.joined())" }.joined(separator: " ")
            return RouterExample(text: text, adapters: [name])
        }
    }

    @Test("Many rows in many wordings are no reason to warn")
    func good() {
        #expect(warnings(diverse(60, "a") + diverse(80, "b")).isEmpty)
    }

    @Test("Few rows, rows alike and unbalanced classes are named, with what to do")
    func bad() throws {
        let few = warnings(diverse(20, "a") + diverse(60, "b"))
        #expect(few.count == 1)
        #expect(few.first?.contains("20 of \"a\"; add texts") == true)
        let template = (0..<60).map { RouterExample(text: "say \($0)", adapters: ["c"]) }
        let alike = warnings(diverse(60, "a") + template)
        #expect(alike.count == 1)
        #expect(alike.first?.contains("60 of \"c\" are wordings of 1;") == true)
        let unbalanced = warnings(diverse(60, "a") + diverse(700, "b"))
        #expect(unbalanced.count == 1)
        #expect(unbalanced.first?.contains("700 rows of \"b\" and 60 of \"a\"") == true)
    }

    @Test("Rows to validate with that are known already are told")
    func known() {
        let rows = diverse(60, "a") + diverse(60, "b")
        let known = warnings(rows, validation: Array(rows.prefix(10)))
        #expect(known.count == 1)
        #expect(known.first?.contains("10 of the 10 rows") == true)
        #expect(warnings(rows, validation: diverse(300, "a").suffix(20)).isEmpty)
    }
}
