"""Varied lines from a seed, the same as Tests/TokenizationTests/VariedLines.swift makes them."""

MASK = (1 << 64) - 1

SCRIPTS = [
    (0x61, 0x7A), (0x41, 0x5A), (0xC0, 0x17F), (0x180, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF),
    (0x531, 0x58F), (0x5D0, 0x5EA), (0x620, 0x6D3), (0x905, 0x96F), (0x985, 0x9EF), (0xE01, 0xE5B),
    (0x10D0, 0x10FF), (0x1100, 0x11FF), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2100, 0x218F),
    (0x3041, 0x30FF), (0x4E00, 0x5200), (0xAC00, 0xB000), (0xF900, 0xFAFF), (0xFF01, 0xFF5E),
    (0x10400, 0x1044F), (0x1D400, 0x1D4FF), (0x20000, 0x20100), (0x2F800, 0x2F830),
]
NUMBERS = [(0x30, 0x39), (0x660, 0x669), (0x966, 0x96F), (0xB2, 0xB3), (0xBC, 0xBE), (0x2160, 0x2188), (0x2460, 0x249B), (0x3021, 0x3029)]
SPACES = [" ", " ", " ", "  ", "\t", "\n", "\r\n", "\n\n", "\r", "\u00a0", "\u2003", "\u3000", "\u0085", "\u200b", "\u2028", " \n ", "\v"]
EMOJI = [
    "\U0001F600", "\U0001F44D\U0001F3FD", "\U0001F468\u200d\U0001F469\u200d\U0001F467", "\u2764\ufe0f", "\U0001F1E9\U0001F1EA", "1\ufe0f\u20e3",
    "\U0001F9D1\u200d\U0001F4BB", "\u2603", "\U0001FAE0", "\u203c",
]
CONTRACTIONS = ["'s", "'S", "'t", "'re", "'RE", "'Re", "'ve", "'m", "'ll", "'LL", "'lL", "'d", "'\u017f", "'x", "''s", "'", "don't", "I'll", "\u2019s"]
CODE = [
    "for i in range(10):\n    print(i)\n", "x = a[0] + b->c;", "// comment\r\n\tint main() { return 0; }", "<div class=\"x\">", "SELECT * FROM t WHERE id=42;",
    "{\"key\": [1, 2.50, null]}", "http://example.org/a?b=c&d=%20", "snake_case camelCase kebab-case", "!=", "=>", "\\n\\t", "#include <a.h>\n\n\n", "$HOME/.x", "a\u0301e\u0308",
]
WORDS = [
    "the", "of", "and", "to", "in", "is", "you", "that", "it", "he", "was", "for", "on", "are", "as", "with", "his", "they", "at", "be", "this", "have", "from", "or", "one",
    "had", "by", "word", "but", "not", "what", "all", "were", "we", "when", "your", "can", "said", "there", "use", "each", "which", "she", "how", "their", "if", "will", "up",
    "other", "about", "many", "then", "them", "write", "would", "like", "so", "these", "her", "long", "make", "thing", "see", "him", "two", "has", "look", "more", "day", "could",
    "maison", "\u00e9t\u00e9", "gar\u00e7on", "stra\u00dfe", "\u00fcber", "fr\u00f6hlich", "ni\u00f1o", "\u0434\u043e\u043c", "\u0432\u043e\u0434\u0430", "\u03bb\u03cc\u03b3\u03bf\u03c2", "\u6c34\u66dc\u65e5", "\u6771\u4eac", "\ud55c\uad6d\uc5b4", "\u0645\u0631\u062d\u0628\u0627", "\u05e9\u05dc\u05d5\u05dd", "\u0928\u092e\u0938\u094d\u0924\u0947",
]
MARKS = [0x300, 0x301, 0x302, 0x303, 0x308, 0x30A, 0x323, 0x327, 0x328, 0x345, 0x5B4, 0x64B, 0x93C, 0x94D, 0x1161, 0x11A8, 0x3099]


class SplitMix64:
    def __init__(self, seed: int) -> None:
        self.state = seed

    def next(self) -> int:
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, count: int) -> int:
        return self.next() % count


def run(random: SplitMix64, bounds: tuple[int, int], longest: int) -> str:
    low, high = bounds
    return "".join(chr(low + random.below(high - low + 1)) for _ in range(random.below(longest) + 1))


def piece(random: SplitMix64) -> str:
    kind = random.below(20)
    if kind < 4:
        return run(random, SCRIPTS[random.below(len(SCRIPTS))], 8)
    if kind < 9:
        return WORDS[random.below(len(WORDS))]
    if kind == 9:
        return run(random, (0x30, 0x39), 7)
    if kind == 10:
        return run(random, NUMBERS[random.below(len(NUMBERS))], 4)
    if kind == 11:
        return run(random, (0x21, 0x2F), 4)
    if kind == 12:
        return CONTRACTIONS[random.below(len(CONTRACTIONS))]
    if kind == 13:
        return EMOJI[random.below(len(EMOJI))]
    if kind == 14:
        return CODE[random.below(len(CODE))]
    if kind == 15:
        text = run(random, (0x61, 0x7A), 1)
        for _ in range(random.below(4) + 1):
            text += chr(MARKS[random.below(len(MARKS))])
        return text
    if kind == 16:
        return run(random, (0x3A, 0x40), 3)
    spaces = ""
    for _ in range(random.below(3) + 1):
        spaces += SPACES[random.below(len(SPACES))]
    return spaces


def line(random: SplitMix64) -> str:
    text = ""
    for _ in range(random.below(24) + 1):
        text += piece(random)
        if random.below(2) == 0:
            text += " "
    return text


def lines(seed: int, count: int) -> list[str]:
    random = SplitMix64(seed)
    return [line(random) for _ in range(count)]
