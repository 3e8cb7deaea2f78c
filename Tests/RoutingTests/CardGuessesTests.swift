import TestSupport
import Testing

@testable import Routing

@Suite("Guesses from an adapter's card")
struct CardGuessesTests {
    @Test("Widget, code spans, quotations and the first paragraph are requests")
    func places() {
        let card = """
            ---
            base_model: some/model
            widget:
            - text: "Make this rhyme, please."
            ---
            # rhymes

            It turns a sentence into a rhyme.

            `<|user|>Rhyme this: The sun is low.<|assistant|>The moon will glow.`, `Find a rhyme for: …`, `r=8`, `python ../train.py it all`

            > What rhymes with a cat?
            >
            > A hat.

            > Rhyme about my dog.

            ```
            pip install `some thing here`
            ```
            > What rhymes with a cat?
            """
        #expect(
            CardGuesses(card: card).texts == [
                "Make this rhyme, please.", "It turns a sentence into a rhyme.",
                "Rhyme this: The sun is low.", "Find a rhyme for:", "What rhymes with a cat?",
                "Rhyme about my dog.",
            ])
    }

    @Test(
        "A card without a request gives none",
        arguments: ["", "---", "# name\n\nTODO\n", "`", "> \n>"])
    func none(card: String) {
        #expect(CardGuesses(card: card).texts.isEmpty)
    }

    @Test("No card traps, and guesses are bounded", arguments: 0..<8)
    func fuzz(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let parts = [
            "---", "\n", "> ", "`", "```", "<|", "|>", "a b c d", "text:", "- ", "…", "é", " ",
        ]
        for _ in 0..<200 {
            let card = (0..<60).compactMap { _ in parts.randomElement(using: &random) }.joined()
            let texts = CardGuesses(card: card).texts
            #expect(texts.allSatisfy { !$0.isEmpty })
        }
        let long = String(repeating: "`one two three \u{301}`\n", count: 20000)
        #expect(CardGuesses(card: long).texts.count <= 64)
    }
}
