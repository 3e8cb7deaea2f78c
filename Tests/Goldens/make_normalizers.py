"""What the normalizers of the `tokenizers` package make of varied lines and of every character.

    python make_normalizers.py OUTPUT_FOLDER

hashes.json: for each {"normalizer", "lines": the FNV hashes of the scalars of each 100 lines of the seed 2032, -1 behind each line, "characters": the
hash of every scalar by itself in the same way}. Needs tokenizers.
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

from tokenizer_lines import lines

MASK = (1 << 64) - 1
BLOCKS, BLOCK_LINES, LINE_SEED = 100, 100, 2032
STEPS = [["NFC"], ["NFKC"], ["Lowercase"], ["Nmt"], ["Nmt", "NFKC", "Lowercase"], ["Lowercase", "NFKC"]]


def fnv(values: list[int], state: int) -> int:
    for value in values:
        for byte in (value & 0xFFFFFFFF).to_bytes(4, "little"):
            state = ((state ^ byte) * 0x100000001B3) & MASK
    return state


def main() -> None:
    samples = lines(LINE_SEED, BLOCKS * BLOCK_LINES)
    scalars = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    found = []
    for names in STEPS:
        document = {"type": "Sequence", "normalizers": [{"type": name} for name in names]}
        model = {"type": "BPE", "vocab": {"a": 0}, "merges": []}
        normalizer = Tokenizer.from_str(json.dumps({"version": "1.0", "added_tokens": [], "normalizer": document, "model": model})).normalizer

        def hashed(texts: list[str]) -> str:
            state = 0xCBF29CE484222325
            for text in texts:
                state = fnv([*map(ord, normalizer.normalize_str(text)), -1], state)
            return f"{state:016x}"

        blocks = [hashed(samples[start : start + BLOCK_LINES]) for start in range(0, len(samples), BLOCK_LINES)]
        found.append({"normalizer": document, "lines": blocks, "characters": hashed(scalars)})
    Path(sys.argv[1], "hashes.json").write_text(json.dumps(found, separators=(",", ":")) + "\n")


main()
