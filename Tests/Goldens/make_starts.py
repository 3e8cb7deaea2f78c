"""What the `tokenizers` package takes for the start of a text that a normalizer has changed, by the mark that a Metaspace puts there alone.

    python make_starts.py OUTPUT_FOLDER

cases.json: {"texts": [text, ...], "cases": [{"tokenizer": a tokenizer.json, "ids": [the ids of each text, ...]}, ...]}. Needs tokenizers.
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

MARK = "\u2581"
VOCABULARY = ["<unk>", MARK, "a", "b", "c", "x", "\u00e9", "e", "f", "i", "\u6c34", "'", '"', "<s>", "N"]
TEXTS = [
    "", "a", " a", "xa", "xxa", "xxxa", "  a b", "<s> a", "<s>a", "e\u0301a", "xx", " ", "x a", "\u00e9a", "\u00e9\u00e9 a", "''a''", "\ufb01a", "\u6c34 \u6c34", "a ", " x x ", "Na", " Na", "aN a", "xNa",
    "\u00a0a", "a<s>xa", "\u3000\u3000a", "bxa", "\x01a", "\x01 a", "\u200ba", "A\u0130", "\ufdfa", "na",
]


def replace(old: str, new: str, kind: str = "String") -> dict:
    return {"type": "Replace", "pattern": {kind: old}, "content": new}


def strip(left: bool, right: bool) -> dict:
    return {"type": "Strip", "strip_left": left, "strip_right": right}


def prepend(text: str) -> dict:
    return {"type": "Prepend", "prepend": text}


NFC, NFKC, LOWERCASE, NMT = ({"type": name} for name in ("NFC", "NFKC", "Lowercase", "Nmt"))
NORMALIZERS = [
    [], [strip(True, False)], [strip(True, True)], [strip(False, True)], [replace("x", "")], [replace("x+", "", "Regex")], [replace("x", "bb")], [replace("xx", "b")],
    [replace("''", '"')], [strip(True, False), prepend("b")], [prepend(" "), strip(True, False)], [prepend("b")], [prepend("bc"), replace("bc", "")], [prepend("b"), replace("bx", "c")],
    [replace("x", " "), strip(True, False)], [replace("x", " b"), strip(True, False)], [NFC], [NFC, strip(True, True)], [strip(True, False), NFC], [replace("(?<!\\n)^", "b", "Regex"), replace("b", "")],
    [NFKC], [NFKC, strip(True, False)], [NMT], [NMT, NFKC, LOWERCASE, strip(True, True)], [LOWERCASE], [LOWERCASE, replace("b", "")],
    [replace(" ", MARK), strip(True, True)], [replace("\u00e9", ""), NFC], [replace("e\u0301", "b")], [replace("a", ""), replace("b", "x")],
]


def document(steps: list[dict], scheme: str) -> dict:
    added = [{"id": VOCABULARY.index(text), "content": text, "single_word": False, "lstrip": False, "rstrip": False, "normalized": text == "N", "special": text != "N"} for text in ("<s>", "N")]
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": {"type": "Sequence", "normalizers": steps} if steps else None,
        "pre_tokenizer": {"type": "Metaspace", "replacement": MARK, "prepend_scheme": scheme, "split": True}, "post_processor": None,
        "decoder": {"type": "Metaspace", "replacement": MARK, "prepend_scheme": scheme, "split": True},
        "model": {"type": "BPE", "vocab": {text: i for i, text in enumerate(VOCABULARY)}, "merges": [], "unk_token": "<unk>"},
    }


def main() -> None:
    cases = []
    for steps in NORMALIZERS:
        for scheme in ("first", "always"):
            found = document(steps, scheme)
            tokenizer = Tokenizer.from_str(json.dumps(found))
            cases.append({"tokenizer": found, "ids": [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]})
    Path(sys.argv[1], "cases.json").write_text(json.dumps({"texts": TEXTS, "cases": cases}, separators=(",", ":")) + "\n")


main()
