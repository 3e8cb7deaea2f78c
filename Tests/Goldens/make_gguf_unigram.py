"""Unigram vocabularies in GGUF, and what llama.cpp makes of varied lines.

Usage: python make_gguf_unigram.py OUTPUT_FOLDER

<style>.gguf: the tokens of `unigram/words` or `unigram/bytes`, which have to be there, under keys that vary; lines.json: for each the FNV hashes of the ids of
each 100 lines of the seed 2031, -1 behind each line; cases.json: for each [text, ids with special tokens, ids of the text as it is]. Needs gguf,
sentencepiece with protobuf, and cyllama, which carries llama.cpp.
"""

import json
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
from cyllama.llama import llama_cpp
from sentencepiece import sentencepiece_model_pb2

from tokenizer_lines import lines

MASK = (1 << 64) - 1
BLOCKS, BLOCK_LINES, LINE_SEED = 30, 100, 2031
MODELS = Path(__file__).resolve().parent / "unigram"
# The vocabulary, whether the table of characters comes along, and other keys.
STYLES = {
    "words": ("words", True, {"add_space_prefix": True, "remove_extra_whitespaces": True, "unknown_token_id": 0, "eos_token_id": 2}),
    "kept": ("bytes", True, {"add_space_prefix": True, "remove_extra_whitespaces": False, "add_bos_token": True, "add_eos_token": False, "bos_token_id": 1}),
    "bare": ("words", False, {}),
    "merged": ("words", False, {"add_space_prefix": False, "remove_extra_whitespaces": True, "unknown_token_id": 0, "eos_token_id": 2}),
}
TEXTS = [
    "", " ", "   ", "a", " a", "  a  b  ", "the of", "\u3000\u3000a", "a\u3000\u3000b ", "a \u2581 b\u2581", "\u2581\u2581", "\uff26\uff55\uff4c\uff4c\u3000\uff37\uff49\uff44\uff54\uff48\uff01", "\ufb01n\ufb01ne", "o\ufb03ce \ufb06",
    "e\u0301e\u0300\u0301", "\u6c34\U00020000\u6c34 \u6c34", "<unk>", "a<unk>b <s> </s>", "<sep>of<sep> the", "of the  <sep>  of", "\u200bword\u200b", "line\r\nend\n\ttab", "\x01a", "<0x41>", "</s></s> a", "[", "zzzz\u6c34zzzz",
]


def add_model(writer: gguf.GGUFWriter, size: int) -> None:
    """A model of zeros, without which llama.cpp gives no vocabulary."""
    width = 8
    for add, value in [
        (writer.add_block_count, 1), (writer.add_context_length, 8), (writer.add_embedding_length, width), (writer.add_feed_forward_length, width),
        (writer.add_head_count, 1), (writer.add_layer_norm_rms_eps, 1e-5),
    ]:
        add(value)
    names = [f"blk.0.{name}" for name in ("attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down")]
    for name in ["token_embd", "output_norm", *names]:
        shape = (size, width) if name == "token_embd" else (width,) if name.endswith("norm") else (width, width)
        writer.add_tensor(f"{name}.weight", np.zeros(shape, dtype=np.float32))


def write(path: Path, proto: sentencepiece_model_pb2.ModelProto, has_table: bool, keys: dict, has_model: bool = False) -> None:
    writer = gguf.GGUFWriter(str(path), "llama")
    if has_model:
        add_model(writer, len(proto.pieces))
    writer.add_tokenizer_model("t5")
    writer.add_token_list([p.piece.encode() for p in proto.pieces])
    writer.add_token_scores([p.score for p in proto.pieces])
    # Beside a table, llama.cpp tears characters apart that begin like a user-defined token (type 4).
    writer.add_token_types([1 if has_table and p.type == 4 else p.type for p in proto.pieces])
    if has_table:
        writer.add_precompiled_charsmap(proto.normalizer_spec.precompiled_charsmap)
    for key, value in keys.items():
        (writer.add_bool if isinstance(value, bool) else writer.add_uint32)(f"tokenizer.ggml.{key}", value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def fnv(values: list[int], state: int) -> int:
    for value in values:
        for byte in (value & 0xFFFFFFFF).to_bytes(4, "little"):
            state = ((state ^ byte) * 0x100000001B3) & MASK
    return state


def hashes(vocabulary: llama_cpp.LlamaVocab) -> list[str]:
    samples = lines(LINE_SEED, BLOCKS * BLOCK_LINES)
    found = []
    for start in range(0, len(samples), BLOCK_LINES):
        state = 0xCBF29CE484222325
        for line in samples[start : start + BLOCK_LINES]:
            state = fnv([*(vocabulary.tokenize(line, False, False) if line else []), -1], state)
        found.append(f"{state:016x}")
    return found


def main() -> None:
    output = Path(sys.argv[1])
    llama_cpp.disable_logging()
    found, cases = {}, {}
    for style, (name, has_table, keys) in STYLES.items():
        proto = sentencepiece_model_pb2.ModelProto()
        proto.ParseFromString((MODELS / name / "tokenizer.model").read_bytes())
        write(output / f"{style}.gguf", proto, has_table, keys)
        with tempfile.TemporaryDirectory() as place:
            write(Path(place, "m.gguf"), proto, has_table, keys, has_model=True)
            model = llama_cpp.LlamaModel(f"{place}/m.gguf", llama_cpp.LlamaModelParams())
        vocabulary = model.get_vocab()
        found[style] = hashes(vocabulary)
        cases[style] = [[text, vocabulary.tokenize(text, True, True), vocabulary.tokenize(text, False, False)] for text in TEXTS]
    (output / "lines.json").write_text(json.dumps(found, indent=0))
    (output / "cases.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")


main()
