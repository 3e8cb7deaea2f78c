import TestSupport

/// Varied lines from a seed, the same as `Tests/Goldens/tokenizer_lines.py` makes them.
struct VariedLines {
    private static let scripts: [ClosedRange<UInt32>] = [
        0x61...0x7A, 0x41...0x5A, 0xC0...0x17F, 0x180...0x24F, 0x370...0x3FF, 0x400...0x4FF,
        0x531...0x58F, 0x5D0...0x5EA, 0x620...0x6D3, 0x905...0x96F, 0x985...0x9EF, 0xE01...0xE5B,
        0x10D0...0x10FF, 0x1100...0x11FF, 0x1E00...0x1EFF, 0x1F00...0x1FFF, 0x2100...0x218F,
        0x3041...0x30FF, 0x4E00...0x5200, 0xAC00...0xB000, 0xF900...0xFAFF, 0xFF01...0xFF5E,
        0x10400...0x1044F, 0x1D400...0x1D4FF, 0x20000...0x20100, 0x2F800...0x2F830,
    ]
    private static let numbers: [ClosedRange<UInt32>] = [
        0x30...0x39, 0x660...0x669, 0x966...0x96F, 0xB2...0xB3, 0xBC...0xBE, 0x2160...0x2188,
        0x2460...0x249B, 0x3021...0x3029,
    ]
    private static let spaces = [
        " ", " ", " ", "  ", "\t", "\n", "\r\n", "\n\n", "\r", "\u{a0}", "\u{2003}", "\u{3000}",
        "\u{85}", "\u{200b}", "\u{2028}", " \n ", "\u{b}",
    ]
    private static let emoji = [
        "\u{1F600}", "\u{1F44D}\u{1F3FD}", "\u{1F468}\u{200d}\u{1F469}\u{200d}\u{1F467}",
        "\u{2764}\u{fe0f}",
        "\u{1F1E9}\u{1F1EA}", "1\u{fe0f}\u{20e3}", "\u{1F9D1}\u{200d}\u{1F4BB}", "\u{2603}",
        "\u{1FAE0}",
        "\u{203c}",
    ]
    private static let contractions = [
        "'s", "'S", "'t", "'re", "'RE", "'Re", "'ve", "'m", "'ll", "'LL", "'lL", "'d", "'\u{17f}",
        "'x",
        "''s", "'", "don't", "I'll", "\u{2019}s",
    ]
    private static let code = [
        "for i in range(10):\n    print(i)\n", "x = a[0] + b->c;",
        "// comment\r\n\tint main() { return 0; }", "<div class=\"x\">",
        "SELECT * FROM t WHERE id=42;",
        "{\"key\": [1, 2.50, null]}", "http://example.org/a?b=c&d=%20",
        "snake_case camelCase kebab-case",
        "!=", "=>", "\\n\\t", "#include <a.h>\n\n\n", "$HOME/.x", "a\u{301}e\u{308}",
    ]
    private static let words =
        """
        the of and to in is you that it he was for on are as with his they at be this have from or one \
        had by word but not what all were we when your can said there use each which she how their if will up \
        other about many then them write would like so these her long make thing see him two has look more day could
        """.split(whereSeparator: \.isWhitespace).map(String.init) + [
            "maison", "\u{e9}t\u{e9}", "gar\u{e7}on", "stra\u{df}e", "\u{fc}ber", "fr\u{f6}hlich",
            "ni\u{f1}o",
            "\u{434}\u{43e}\u{43c}", "\u{432}\u{43e}\u{434}\u{430}",
            "\u{3bb}\u{3cc}\u{3b3}\u{3bf}\u{3c2}",
            "\u{6c34}\u{66dc}\u{65e5}", "\u{6771}\u{4eac}", "\u{d55c}\u{ad6d}\u{c5b4}",
            "\u{645}\u{631}\u{62d}\u{628}\u{627}", "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
            "\u{928}\u{92e}\u{938}\u{94d}\u{924}\u{947}",
        ]
    private static let marks: [UInt32] = [
        0x300, 0x301, 0x302, 0x303, 0x308, 0x30A, 0x323, 0x327, 0x328, 0x345, 0x5B4, 0x64B, 0x93C,
        0x94D,
        0x1161, 0x11A8, 0x3099,
    ]

    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// Of each hundred lines from a seed the hash of their ids, with an end behind each line.
    static func hashes(
        of blockCount: Int, seed: UInt64, encode: (String) throws -> [Int32]
    ) rethrows -> [String] {
        var lines = VariedLines(seed: seed)
        return try (0..<blockCount).map { _ in
            var hash = WordHash()
            for _ in 0..<100 {
                for id in try encode(lines.next()) { hash.add(id) }
                hash.add(-1)
            }
            return hash.hexadecimal
        }
    }

    mutating func next() -> String {
        var text = ""
        for _ in 0...below(24) {
            text += piece()
            if below(2) == 0 { text += " " }
        }
        return text
    }

    private mutating func below(_ count: Int) -> Int {
        Int(random.next() % UInt64(count))
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[below(choices.count)]
    }

    private mutating func run(_ bounds: ClosedRange<UInt32>, longest: Int) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0...below(longest) {
            let value = bounds.lowerBound + UInt32(below(bounds.count))
            scalars.append(Unicode.Scalar(value) ?? "?")
        }
        return String(scalars)
    }

    private mutating func piece() -> String {
        switch below(20) {
        case 0..<4: return run(pick(Self.scripts), longest: 8)
        case 4..<9: return pick(Self.words)
        case 9: return run(0x30...0x39, longest: 7)
        case 10: return run(pick(Self.numbers), longest: 4)
        case 11: return run(0x21...0x2F, longest: 4)
        case 12: return pick(Self.contractions)
        case 13: return pick(Self.emoji)
        case 14: return pick(Self.code)
        case 15:
            var text = run(0x61...0x7A, longest: 1)
            for _ in 0...below(4) {
                text.unicodeScalars.append(Unicode.Scalar(pick(Self.marks)) ?? "?")
            }
            return text
        case 16: return run(0x3A...0x40, longest: 3)
        default:
            var spaces = ""
            for _ in 0...below(3) { spaces += pick(Self.spaces) }
            return spaces
        }
    }
}
