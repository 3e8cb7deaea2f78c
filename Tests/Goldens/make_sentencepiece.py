"""Small SentencePiece models and what the package makes of varied lines.

Usage: python make_sentencepiece.py OUTPUT_FOLDER

<style>/tokenizer.model, and for each a list of hashes in lines.json: the FNV hash of the ids of each 100 lines of the seed 2028, -1 behind
each line. llama2/ has JSON files beside it as models have them, and cases.json: what transformers makes of texts with special tokens.
"""

import json
import random
import re
import sys
import tempfile
from pathlib import Path

import sentencepiece
from transformers import LlamaTokenizer

from tokenizer_lines import CODE, WORDS, lines

MASK = (1 << 64) - 1
COMMON = dict(normalization_rule_name="identity", num_threads=1, max_sentence_length=16384, hard_vocab_limit=False, minloglevel=2)
STYLES = {
    "llama2": dict(model_type="bpe", vocab_size=700, byte_fallback=True, remove_extra_whitespaces=False, split_digits=True, allow_whitespace_only_pieces=True),
    "gemma": dict(
        model_type="bpe", vocab_size=700, byte_fallback=True, remove_extra_whitespaces=False, add_dummy_prefix=False, split_digits=True,
        pad_id=0, eos_id=1, bos_id=2, unk_id=3, user_defined_symbols=["▁▁", "▁▁▁", "▁▁▁▁", "\n", "\n\n", "<table>", "th"], control_symbols=["<start_of_turn>"],
    ),
    "unigram": dict(model_type="unigram", vocab_size=500, byte_fallback=True, remove_extra_whitespaces=False, character_coverage=0.98),
    "unigram_words": dict(model_type="unigram", vocab_size=400, character_coverage=0.98, user_defined_symbols=["<sep>", "of"]),
    "bpe_unknown": dict(model_type="bpe", vocab_size=400, character_coverage=0.98),
}
TEXTS = [
    "", " ", "Hello, world!", " a  b ", "<s>a</s> b", "a<s> b", "<|user|>\nHi there<|end|>\n<|assistant|>", "x <|end|> y", "<pad>", "<unk>", "</s>",
    "\U0001F600 caf\u00e9", "\u2581a\u2581", "a<|end|><|end|>  b", "the <s>",
]


def fnv(values: list[int], state: int) -> int:
    for value in values:
        for byte in (value & 0xFFFFFFFF).to_bytes(4, "little"):
            state = ((state ^ byte) * 0x100000001B3) & MASK
    return state


def training_text() -> list[str]:
    choose = random.Random(3)
    weights = [1 / (rank + 1) for rank in range(len(WORDS))]
    return [" ".join(choose.choices(WORDS, weights, k=12)) for _ in range(3000)] + [line for code in CODE for line in code.split("\n") if line] * 20


def write_names(folder: Path, size: int, legacy: bool) -> None:
    extra = {"<pad>": size, "<|end|>": size + 1, "<|user|>": size + 2, "<|assistant|>": size + 3}
    (folder / "added_tokens.json").write_text(json.dumps(extra))
    decoder = {str(i): {"content": t, "lstrip": False, "rstrip": t.startswith("<|"), "normalized": False, "single_word": False, "special": t != "<|user|>"} for t, i in extra.items()}
    names = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    config = {**names, "legacy": legacy, "add_bos_token": True, "add_eos_token": False, "added_tokens_decoder": decoder, "tokenizer_class": "LlamaTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    (folder / "special_tokens_map.json").write_text(json.dumps(names))


def main() -> None:
    output = Path(sys.argv[1])
    output.mkdir(exist_ok=True)
    text = training_text()
    hashes = {}
    for name, options in STYLES.items():
        folder = output / name
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as place:
            sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(text), model_prefix=f"{place}/m", **COMMON, **options)
            (folder / "tokenizer.model").write_bytes(Path(place, "m.model").read_bytes())
        processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
        hashes[name] = []
        samples = lines(2028, 3000)
        for start in range(0, len(samples), 100):
            state = 0xCBF29CE484222325
            for line in samples[start : start + 100]:
                state = fnv([*processor.encode(line), -1], state)
            hashes[name].append(f"{state:016x}")
    (output / "lines.json").write_text(json.dumps(hashes, indent=0))
    cases = []
    size = sentencepiece.SentencePieceProcessor(model_file=str(output / "llama2" / "tokenizer.model")).get_piece_size()
    for legacy in (True, False):
        write_names(output / "llama2", size, legacy)
        tokenizer = LlamaTokenizer.from_pretrained(output / "llama2")
        for item in TEXTS:
            # Here transformers leaves out the blank that SentencePiece puts in front of a blank.
            if re.search("(^|>)[ \u2581]" if legacy else "^[ \u2581]", item):
                continue
            cases.append({"legacy": legacy, "text": item, "ids": tokenizer.encode(item), "decoded": tokenizer.decode(tokenizer.encode(item, add_special_tokens=False))})
    (output / "llama2" / "cases.json").write_text(json.dumps(cases, indent=0))


main()
