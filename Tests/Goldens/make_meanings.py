"""Writes a small table of meanings, and how texts are cut into its pieces and what their vectors are.

    make_meanings.py OUTPUT

The pieces are those of the WordPiece model of Hugging Face's tokenizers, with BERT's normalizer and pre-tokenizer; the
vectors are sums in float64. Words that no pieces make up are left out of the texts: BERT drops all of such a word.
"""

import json
import pathlib
import random
import sys

import numpy
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

WIDTH = 16
LENGTH = 3.0
WORDS = "rain snow weather will it is the in turn on lights play song a of what ' ? ! , . - _ 3 1 14".split()
PARTS = "##s ##ing ##y ##al ##bum ##4 ##t ##er ##e ##n".split()
TEXTS = [
    "Will it rain?",
    "snowing in the rainy weather, is it?!",
    "PLAY the SONGS of it",
    "  turn\ton\nthe  lights ",
    "what's 3.14",
    "snowal_albums - 34",
    "lights-on",
    "a",
    "",
    "RAINER rainers rainier-n",
]


def main(output):
    output.mkdir(parents=True, exist_ok=True)
    generator = random.Random(3)
    pieces = ["[UNK]", *WORDS, *"abcdefghijklmnopqrstuvwxyz".replace("a", ""), *PARTS, *(f"##{letter}" for letter in "abcdfghijklmopqruvwxz")]
    tokenizer = Tokenizer(models.WordPiece({piece: number for number, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    table = numpy.array([[generator.gauss(0, 0.3) for _ in range(WIDTH)] for _ in pieces[1:]], numpy.float16)
    rows = []
    for text in TEXTS:
        numbers = [number - 1 for number in tokenizer.encode(text).ids]
        assert -1 not in numbers, text
        total = table[numbers].astype(numpy.float64).sum(0)
        vector = total * LENGTH / numpy.linalg.norm(total) if numbers else total
        rows.append({"text": text, "pieces": numbers, "vector": [round(value, 6) for value in vector.tolist()]})
    save_file({"meanings": table}, output / "table.safetensors", metadata={"pieces": "\n".join(pieces[1:])})
    (output / "expected.json").write_text(json.dumps({"rows": rows}, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
