"""Small unigram models and tables of characters, and what their packages make of varied lines.

Usage: python make_unigram.py OUTPUT_FOLDER

<style>/tokenizer.model, for SentencePiece, or <style>/tokenizer.json, for the `tokenizers` package; lines.json: for each the FNV hashes of the
ids of each 100 lines of the seed 2029, -1 behind each line; cases.json: for each ids of texts that the tables change, and for tokenizer.json
what ids decode to; maps.json: what the packages make of texts by a table whose keys are the beginnings of clusters. Needs sentencepiece with
protobuf, and tokenizers.
"""

import base64
import itertools
import json
import random
import sys
import tempfile
import unicodedata
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Tokenizer, normalizers

from tokenizer_lines import CODE, WORDS, lines

MASK = (1 << 64) - 1
BLOCKS, BLOCK_LINES, LINE_SEED = 30, 100, 2029
COMMON = dict(num_threads=1, max_sentence_length=16384, hard_vocab_limit=False, minloglevel=2, character_coverage=0.98)
MODELS = {
    "words": dict(model_type="unigram", vocab_size=400, user_defined_symbols=["<sep>", "\ufb01n", "of"]),
    "bytes": dict(model_type="unigram", vocab_size=600, byte_fallback=True, remove_extra_whitespaces=False),
    "pairs": dict(model_type="bpe", vocab_size=500, byte_fallback=True, user_defined_symbols=["\uff21\uff22", "<sep>", "  ", "\u2581\u2581"]),
}
MARK = "\u2581"
# What tables of characters change, and what is near it.
TEXTS = [
    "", " ", "   ", "\x01", "\x01 ", " \x01 a", "\x01a", "\u3000\u3000", "a\u3000\u3000b ", "\u200bword\u200b", "a \u2581 b\u2581", "\u2581\u2581", "a\u00a8b \u00a8", "\u00b4",
    "\uff26\uff55\uff4c\uff4c\u3000\uff37\uff49\uff44\uff54\uff48\uff01", "\uff21\uff22\uff23", "\ufb01n\ufb01ne", "\ufb01\u0301 \ufb03\u0301", "o\ufb03ce \ufb06", "\u2460\u24ea\u00bd\u2167", "\u2122\u2120\u33a1",
    "e\u0301e\u0300\u0301 a\u030a\u0327", "cafe\u0301 na\u00efve", "\u00c5\u212b", "A\u0301\u0302", "\u0600a\u0301 \u0600\u00a8", "\u1e9b\u0323", "\uff76\uff9e\uff8a\uff9f\uff71\uff9e", "\uff76\uff9e\u3099", "\u304b\u3099\u306f\u309a",
    "\u1100\u1161\u11a8\u1102\u1163", "\ud55c\uad6d\u1100\u1161", "\u1100\u11a8", "\U0001F468\u200d\U0001F469\u200d\U0001F467 \u2764\ufe0f", "1\ufe0f\u20e3\U0001F1E9\U0001F1EA", "\U0001D400\U0001D433", "\ufeffbom\u200e\u200f\u00adx",
    "line\r\nend\n\ttab\r\x0b\x0c", "\r\n", "  runs   of    blanks  ", "x" * 40, "\u6c34\U00020000\u6c34", "the\u00a0the\u2003the", "\x7f\x85\ufffd", "<unk>", "a<unk>b <s> </s>", "<sep>of<sep>", "\u1100\u00a8", "\u0e33\u0301", "<0x41>", "\u0d4e\u00a8",
]


def rules() -> dict[str, str]:
    """A part of NFKC, and of what SentencePiece's `nmt` removes."""
    ranges = [(0xA0, 0x24F), (0x2000, 0x206F), (0x2100, 0x218F), (0x2460, 0x24FF), (0x3000, 0x3000), (0xFB00, 0xFB06), (0xFF00, 0xFFEF), (0x1D400, 0x1D433)]
    texts = [chr(c) for low, high in ranges for c in range(low, high + 1)]
    letters = [chr(c) for c in (*range(0x41, 0x5B), *range(0x61, 0x7B))]
    texts += map("".join, itertools.product(letters, map(chr, (0x300, 0x301, 0x302, 0x303, 0x308, 0x30A, 0x327))))
    texts += map("".join, itertools.product(map(chr, (*range(0xFF66, 0xFF9E), 0x304B, 0x306F)), map(chr, (0xFF9E, 0xFF9F, 0x3099, 0x309A))))
    syllables = list(map("".join, itertools.product(map(chr, range(0x1100, 0x1104)), map(chr, range(0x1161, 0x1166)))))
    texts += syllables + [syllable + chr(c) for syllable in syllables for c in range(0x11A8, 0x11AB)]
    found = {text: composed for text in texts if (composed := unicodedata.normalize("NFKC", text)) != text}
    found |= {chr(c): "" for c in (*range(1, 9), 0x0B, *range(0x0E, 0x20), 0x7F)}
    return found | {chr(c): " " for c in (9, 0x0A, 0x0C, 0x0D, *range(0x200B, 0x2010), 0x2028, 0x2029, 0x2581, 0xFEFF)}


def training_text() -> list[str]:
    choose = random.Random(5)
    weights = [1 / (rank + 1) for rank in range(len(WORDS))]
    return [" ".join(choose.choices(WORDS, weights, k=12)) for _ in range(3000)] + [line for code in CODE for line in code.split("\n") if line] * 20


def train(table: dict[str, str], **options) -> bytes:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "rules.tsv")
        path.write_text("".join(" ".join(f"{ord(c):X}" for c in old) + "\t" + " ".join(f"{ord(c):X}" for c in new) + "\n" for old, new in sorted(table.items())))
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(training_text()), model_prefix=f"{place}/m", normalization_rule_tsv=str(path), **COMMON, **options
        )
        proto = parsed(Path(place, "m.model").read_bytes())
    # Where it was made changes from run to run.
    proto.trainer_spec.ClearField("model_prefix")
    proto.normalizer_spec.ClearField("normalization_rule_tsv")
    return proto.SerializeToString(deterministic=True)


def parsed(model: bytes) -> sentencepiece_model_pb2.ModelProto:
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model)
    return proto


def converted(model: bytes, blanks: list[dict], pre_tokenizer: dict | None, decoder: dict) -> dict:
    """A model as transformers converts it."""
    proto = parsed(model)
    table = base64.b64encode(proto.normalizer_spec.precompiled_charsmap).decode()
    special = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": i, "content": p.piece, **special} for i, p in enumerate(proto.pieces) if p.type in (2, 3)],
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "Precompiled", "precompiled_charsmap": table}, *blanks]},
        "pre_tokenizer": pre_tokenizer,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}},
        },
        "decoder": decoder,
        "model": {
            "type": "Unigram", "unk_id": proto.trainer_spec.unk_id, "vocab": [[p.piece, p.score] for p in proto.pieces],
            "byte_fallback": proto.trainer_spec.byte_fallback,
        },
    }


def conversions(models: dict[str, bytes]) -> dict[str, dict]:
    def runs(content: str) -> dict:
        return {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": content}

    def metaspace(**members: object) -> dict:
        return {"type": "Metaspace", "replacement": MARK, **members}

    always = metaspace(prepend_scheme="always", split=True)
    spelled = {"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": MARK}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
    marked = {"type": "Sequence", "decoders": [
        {"type": "ByteFallback"}, {"type": "Replace", "pattern": {"Regex": MARK}, "content": " "}, {"type": "Fuse"},
        {"type": "Replace", "pattern": {"Regex": "(?<!\\n)^ "}, "content": ""}]}
    strip = {"type": "Strip", "strip_left": False, "strip_right": True}
    return {
        "words_json": converted(models["words"], [strip, runs(MARK)], always, always),
        "bytes_json": converted(models["bytes"], [runs(" ")], metaspace(prepend_scheme="first", split=False), spelled),
        "split_json": converted(models["bytes"], [], {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, metaspace(add_prefix_space=True)]}, spelled)
        | {"post_processor": None},
        "lines_json": converted(models["bytes"], [
            {"type": "Replace", "pattern": {"Regex": "(?<!\\n)^"}, "content": MARK}, {"type": "Replace", "pattern": {"Regex": " "}, "content": MARK}], None, marked),
    }


def fnv(values: list[int], state: int) -> int:
    for value in values:
        for byte in (value & 0xFFFFFFFF).to_bytes(4, "little"):
            state = ((state ^ byte) * 0x100000001B3) & MASK
    return state


def hashes(encode) -> list[str]:
    samples = lines(LINE_SEED, BLOCKS * BLOCK_LINES)
    found = []
    for start in range(0, len(samples), BLOCK_LINES):
        state = 0xCBF29CE484222325
        for line in samples[start : start + BLOCK_LINES]:
            state = fnv([*encode(line), -1], state)
        found.append(f"{state:016x}")
    return found


def decodings(tokenizer: Tokenizer) -> list[dict]:
    """Of texts, and of a mark that comes in bytes."""
    sequences = [tokenizer.encode(text).ids for text in [*TEXTS, *lines(8, 10)]]
    sequences.append([identity for byte in "a\u2581 ".encode() if (identity := tokenizer.token_to_id(f"<0x{byte:02X}>"))])
    return [{"ids": ids, "text": tokenizer.decode(ids, skip_special_tokens=True)} for ids in sequences]


def clusters() -> dict:
    """A table whose keys are parts of clusters, by the packages' own ways."""
    table = {"a": "X", "\u00e9": "Y", "a\u0301b": "Z", "\u0600": "P", "\r": "R", "\ufb01": "fi", "\U0001F600": "", "\u1100": "g", "\u1100\u1161": "ga"}
    blob = parsed(train(table, model_type="unigram", vocab_size=100)).normalizer_spec.precompiled_charsmap
    normalizer = normalizers.Precompiled(blob)
    parts = [*table, "\u0301", "\u200d", "\u0308\u0301", "\u1161", "b", "\n", "\u0903", "\U0001F3FD", " "]
    texts = ["".join(pair) for pair in itertools.product(parts, repeat=2)] + ["a\u0301\u0302", "\u0600a\u0301", "a\u0308\u0301\u0301", "\u0600\r\na"]
    return {"map": base64.b64encode(blob).decode(), "texts": {text: normalizer.normalize_str(text) for text in texts}}


def main() -> None:
    output = Path(sys.argv[1])
    table = rules()
    models = {name: train(table, **options) for name, options in MODELS.items()}
    found, cases = {}, {}
    for name, model in models.items():
        (output / name).mkdir(parents=True, exist_ok=True)
        (output / name / "tokenizer.model").write_bytes(model)
        processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        found[name] = hashes(processor.encode)
        cases[name] = {"ids": {text: processor.encode(text) for text in TEXTS}}
    for name, data in conversions(models).items():
        (output / name).mkdir(parents=True, exist_ok=True)
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        (output / name / "tokenizer.json").write_text(text)
        tokenizer = Tokenizer.from_str(text)
        found[name] = hashes(lambda line: tokenizer.encode(line, add_special_tokens=False).ids)
        cases[name] = {"ids": {text: tokenizer.encode(text).ids for text in TEXTS}, "decodings": decodings(tokenizer)}
    (output / "lines.json").write_text(json.dumps(found, indent=0))
    (output / "cases.json").write_text(json.dumps(cases, separators=(",", ":")))
    (output / "maps.json").write_text(json.dumps(clusters(), separators=(",", ":")))


main()
