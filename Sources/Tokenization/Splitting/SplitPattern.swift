/// The regular expressions that most byte-level vocabularies split text with, known by their exact text
/// and run by one hand-written scanner, which is faster than `SplitMatcher`.
struct SplitPattern: Sendable, Equatable {
    /// How `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` and `'d` are matched.
    enum Contractions: Sendable {
        case lowercase
        case anyCase
        /// As `(?i:…)` of the regular-expression engines, for which ſ (U+017F) is an s.
        case caseFolded
    }

    /// GPT-2 words may start with one space and know no line ends; Llama-3 words may start with any
    /// one character that is no letter, number or line end, and line ends stick to what is before.
    var hasGPT2Words: Bool
    var contractions: Contractions
    /// Numbers a piece; nil for a whole run, which then may start with a space.
    var numbersPerPiece: Int?

    static let gpt2 = SplitPattern(
        hasGPT2Words: true, contractions: .lowercase, numbersPerPiece: nil)
    static let llama3 = SplitPattern(
        hasGPT2Words: false, contractions: .caseFolded, numbersPerPiece: 3)
    static let qwen2 = SplitPattern(
        hasGPT2Words: false, contractions: .caseFolded, numbersPerPiece: 1)

    /// The same with the contractions of llama.cpp, which has no case folding.
    var asInLlamaCPP: SplitPattern {
        SplitPattern(
            hasGPT2Words: hasGPT2Words, contractions: .anyCase, numbersPerPiece: numbersPerPiece)
    }

    /// The pattern with this text; nil when it is not one of the known ones.
    init?(_ expression: String) {
        guard let known = Self.known.first(where: { $0.expression == expression })?.pattern else {
            return nil
        }
        self = known
    }

    private init(hasGPT2Words: Bool, contractions: Contractions, numbersPerPiece: Int?) {
        self.hasGPT2Words = hasGPT2Words
        self.contractions = contractions
        self.numbersPerPiece = numbersPerPiece
    }

    private static let known: [(expression: String, pattern: SplitPattern)] = {
        let gpt2Text =
            #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
        var known = [(gpt2Text, gpt2)]
        let contractions: [(String, Contractions)] = [
            (#"(?i:'s|'t|'re|'ve|'m|'ll|'d)"#, .caseFolded),
            (#"'(?i:[sdmt]|ll|ve|re)"#, .caseFolded),
            (#"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"#, .anyCase),
        ]
        let rest = #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
        for (text, kind) in contractions {
            for (numbers, count) in [(#"\p{N}{1,3}"#, 3), (#"\p{N}"#, 1)] {
                let pattern = SplitPattern(
                    hasGPT2Words: false, contractions: kind, numbersPerPiece: count)
                known.append((text + #"|[^\r\n\p{L}\p{N}]?\p{L}+|"# + numbers + rest, pattern))
            }
        }
        return known
    }()

    /// Calls `body` with each piece of valid UTF-8, in order; the pieces cover all of it.
    func forEachPiece(
        of text: Span<UInt8>, _ body: (Range<Int>) throws(TokenizationError) -> Void
    ) throws(TokenizationError) {
        var scanner = SplitScanner(text: text, classes: CharacterClass.lookup)
        var start = 0
        while start < text.count {
            let end = scanner.end(of: self, from: start)
            try body(start..<end)
            start = end
        }
    }
}
