"""Writes the router's features of some texts, computed independently of the Swift code.

    make_routing.py OUTPUT
"""

import collections
import json
import pathlib
import sys
import unicodedata

MASK = (1 << 64) - 1
BUCKETS = 32768
TEXTS = [
    "Turn on the hallway lights",
    "what's 3.14 times 2?",
    "  two\tspaces\nand  lines ",
    "Größe, ÉCOLE, Ωμέγα",
    "今日は良い天気ですね。",
    "emoji 🙂 and 👩‍👩‍👧",
    "naïve café naïve",
    "a",
    "",
    "!!!",
    "İstanbul",
    "\u200bzero\u200bwidth",
]


def normalized(text):
    """Lowercased words: runs of letters, marks and digits; other visible characters and ideographs alone."""
    words, word = [], ""
    for character in text:
        kind = unicodedata.category(character)
        if character.isspace():
            words, word = words + [word], ""
        elif kind in ("Cc", "Cf", "Cs", "Cn", "Co"):
            continue
        elif kind[0] in "LMN" and not ideographic(character):
            word += character.lower()
        else:
            words, word = words + [word, character.lower()], ""
    return [word for word in words + [word] if word]


def ideographic(character):
    return unicodedata.name(character, "").startswith(("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH"))


def bucket(scalars, kind):
    state = 0xCBF29CE484222325 ^ (kind * 0x9E3779B97F4A7C15 & MASK)
    for scalar in scalars:
        state = (state ^ ord(scalar)) * 0x100000001B3 & MASK
    state = (state ^ state >> 33) * 0xFF51AFD7ED558CCD & MASK
    state = (state ^ state >> 33) * 0xC4CEB9FE1A85EC53 & MASK
    state ^= state >> 33
    return (state >> 32) * BUCKETS >> 32


def features(text):
    words = normalized(text)
    counts = collections.Counter(bucket(word, 1) for word in words)
    counts.update(bucket(" ".join(pair), 1) for pair in zip(words, words[1:]))
    line = f" {' '.join(words)} " if words else ""
    for length in (3, 4, 5):
        counts.update(bucket(line[start : start + length], 2) for start in range(len(line) - length + 1))
    return sorted(counts.items())


def main(output):
    output.mkdir(parents=True, exist_ok=True)
    rows = [{"text": text, "features": features(text)} for text in TEXTS]
    document = {"buckets": BUCKETS, "rows": rows}
    (output / "features.json").write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
