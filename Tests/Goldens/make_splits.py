"""How the `tokenizers` package cuts 2,000 varied lines, by its own expressions and by those of llama.cpp.

Usage: python make_splits.py OUTPUT_FOLDER

splits.json  [{"name", "pre_tokenizer", "hashes"}] and [{"name", "rule": a name of tokenizer.ggml.pre, "hashes"}]: the FNV hash of each 100
             lines of the seed 2027: the lengths of the pieces in bytes, and -1 behind each line.
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

from tokenizer_lines import lines

MASK = (1 << 64) - 1
ENDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
CPP_ENDS = r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?"
SPACES = r"|\s*[\r\n]+|\s+(?!\S)|\s+"
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
FIRST = r"[^\r\n\p{L}\p{N}]?"
TEKKEN = rf"{FIRST}{UPPER}*{LOWER}+|{FIRST}{UPPER}+{LOWER}*|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*{SPACES}"
O200K = rf"{FIRST}{UPPER}*{LOWER}+{ENDS}?|{FIRST}{UPPER}+{LOWER}*{ENDS}?|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*{SPACES}"
CPP_UPPER, CPP_LOWER = r"[\p{L}&&[^a-z]]", r"[\p{L}&&[^A-Z]]"
CPP_TEKKEN = rf"{FIRST}{CPP_UPPER}*{CPP_LOWER}+|{FIRST}{CPP_UPPER}+{CPP_LOWER}*|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*{SPACES}"
CPP_GPT4O = rf"{FIRST}{CPP_UPPER}*{CPP_LOWER}+{CPP_ENDS}|{FIRST}{CPP_UPPER}+{CPP_LOWER}*{CPP_ENDS}|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*{SPACES}"
QWEN35 = rf"{ENDS}|{FIRST}[\p{{L}}\p{{M}}]+|\p{{N}}| ?[^\s\p{{L}}\p{{M}}\p{{N}}]+[\r\n]*{SPACES}"
POSSESSIVE = rf"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{{L}}\p{{N}}]?+\p{{L}}+|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"
BLOOM = r" ?[^(\s|.,!?…。，、।۔،)]+"
HAN = "[一-龥ࠀ-一가-퟿]+"
DEEPSEEK3 = r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*""" + SPACES
CASED = (
    r"\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕ"
    "\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc"
    "\u1fbe\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec\u1ff2-\u1ff4\u1ff6-\u1ffc\u2102\u2107"
    "\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u2128\u212a-\u212d\u212f-\u2134\u2139\u213c-\u213f"
    "ⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ"
    "\U00010400-\U0001044f\U000104b0-\U000104d3\U000104d8-\U000104fb\U00010c80-\U00010cb2\U00010cc0-\U00010cf2\U000118a0-\U000118df\U0001e900-\U0001e943]+"
)
SIGNS = r"\s?[!-/:-~！-／：-～‘-‟　-。]+"


def split(pattern: str, behavior: str = "Isolated", invert: bool = False, kind: str = "Regex") -> dict:
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def sequence(*steps: dict) -> dict:
    return {"type": "Sequence", "pretokenizers": list(steps)}


DIGITS = {"type": "Digits", "individual_digits": True}
PRE_TOKENIZERS = {
    "tekken": split(TEKKEN),
    "o200k": split(O200K, "Removed", True),
    "qwen3.5": split(QWEN35),
    "possessive": split(POSSESSIVE),
    "intersection": split(r"[\p{L}&&[^a-z]]+|[^\p{L}]+"),
    "bloom": split(BLOOM),
    "deepseek-v3": sequence(split(r"\p{N}{1,3}"), split("[一-龥぀-ゟ゠-ヿ]+"), split(DEEPSEEK3)),
    "deepseek-llm": sequence(split("[\r\n]"), split(CASED), split(SIGNS), split(r"\s+$"), split(HAN), split(r"\p{N}+")),
    "deepseek-coder": sequence(split("[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"), split(HAN), DIGITS),
    "gemma": split(" ", "MergedWithPrevious", kind="String"),
    **{f"{b} {i}": split(r"\s+", b, i) for b in ["Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"] for i in (False, True)},
    **{f"{b} one": split(r"[aeiou]", b) for b in ["MergedWithPrevious", "MergedWithNext", "Contiguous"]},
}
# Names of tokenizer.ggml.pre: those whose expressions are the ones above, and those that llama.cpp writes in another way,
# lookaheads taken as intersections.
SAME_RULES = ["bloom", "deepseek-v3", "deepseek-llm", "deepseek-coder"]
CPP_RULES = {"tekken": [CPP_TEKKEN], "gpt-4o": [CPP_GPT4O]}
CPP_RULES["default"] = [r"[\p{P}\$\+<=>\^~\|]+", r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)", r"\p{N}+", "[0-9][0-9][0-9]"]


def hashes(pre_tokenizer: dict) -> list[str]:
    model = {"type": "BPE", "vocab": {}, "merges": []}
    tokenizer = Tokenizer.from_str(json.dumps({"version": "1.0", "model": model, "pre_tokenizer": pre_tokenizer, "added_tokens": []}))
    found = []
    texts = lines(2027, 2000)
    for start in range(0, len(texts), 100):
        state = 0xCBF29CE484222325
        for text in texts[start : start + 100]:
            pieces = tokenizer.pre_tokenizer.pre_tokenize_str(text)
            for value in [*(len(piece.encode()) for piece, _ in pieces), 0xFFFFFFFF]:
                for byte in value.to_bytes(4, "little"):
                    state = ((state ^ byte) * 0x100000001B3) & MASK
        found.append(f"{state:016x}")
    return found


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    entries = []
    for name, pre_tokenizer in PRE_TOKENIZERS.items():
        found = hashes(pre_tokenizer)
        entries.append({"name": name, "pre_tokenizer": pre_tokenizer, "hashes": found})
        if name in SAME_RULES:
            entries.append({"name": name, "rule": name, "hashes": found})
    for name, patterns in CPP_RULES.items():
        entries.append({"name": name, "rule": name, "hashes": hashes(sequence(*map(split, patterns)))})
    text = "[\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) + "\n]\n"
    (folder / "splits.json").write_text(text)


main()
