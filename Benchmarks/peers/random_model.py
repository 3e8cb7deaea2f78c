"""Models and adapters of random weights in real shapes, to measure speed with.

    python random_model.py a OUT [--adapters 32] [--rank 8]

Writes OUT/a-hf for transformers and OUT/a-f16.gguf, with a byte-level vocabulary, for `fusebox quantize`; of each adapter
OUT/shelf/aN for PEFT and OUT/twins/aN.gguf for llama.cpp. Of `8b`, which takes 16 GB in halves, only OUT/8b-q4_0.gguf, a
tensor at a time. Needs numpy, safetensors and gguf (PyPI).
"""
import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from safetensors.numpy import save_file


@dataclass(frozen=True)
class Shape:
    family: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    feed_forward: int
    vocabulary: int
    rope_base: float
    is_tied: bool = True

    @property
    def head_dimension(self) -> int:
        return self.hidden // self.heads

    def linears(self) -> list[tuple[str, str, int, int, int]]:
        """Of each linear layer: transformers' and GGUF's names, outputs, inputs, heads that GGUF permutes or 0."""
        wide, narrow = self.hidden, self.kv_heads * self.head_dimension
        permuted = self.family == "llama"
        return [("self_attn.q_proj", "attn_q", wide, wide, self.heads * permuted),
                ("self_attn.k_proj", "attn_k", narrow, wide, self.kv_heads * permuted),
                ("self_attn.v_proj", "attn_v", narrow, wide, 0), ("self_attn.o_proj", "attn_output", wide, wide, 0),
                ("mlp.gate_proj", "ffn_gate", self.feed_forward, wide, 0),
                ("mlp.up_proj", "ffn_up", self.feed_forward, wide, 0),
                ("mlp.down_proj", "ffn_down", wide, self.feed_forward, 0)]


SHAPES = {
    "a": Shape("qwen2", 24, 896, 14, 2, 4864, 151936, 1e6),
    "b": Shape("llama", 16, 2048, 32, 8, 8192, 128256, 5e5),
    "c": Shape("llama", 8, 512, 8, 4, 1536, 32000, 1e4),
    "8b": Shape("llama", 32, 4096, 32, 8, 14336, 128256, 5e5, is_tied=False),
}


def rotary_pairs(matrix: np.ndarray, heads: int) -> np.ndarray:
    """GGUF's llama layout has the two halves of a head side by side in pairs."""
    if heads == 0:
        return matrix
    halves = matrix.reshape(heads, 2, -1, *matrix.shape[1:])
    return halves.swapaxes(1, 2).reshape(matrix.shape)


def vocabulary(count: int) -> tuple[list[str], list[str]]:
    """Tokens and merges of a byte-level BPE: the bytes in GPT-2's alphabet, pairs of them, and an end."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = [chr(byte) for byte in kept] + [chr(256 + i) for i in range(256 - len(kept))]
    tokens = dict.fromkeys(letters)
    merges = []
    for first in [*letters, *(a + b for a in letters for b in letters)]:
        for second in letters:
            if len(tokens) == count - 1:
                return [*tokens, "<|end|>"], merges
            if first + second not in tokens:
                tokens[first + second] = None
                merges.append(f"{first} {second}")
    raise ValueError(f"no {count} tokens of up to three bytes")


def weights(shape: Shape, random: np.random.Generator) -> Iterator[tuple[str, str, np.ndarray, int]]:
    """transformers' and GGUF's names, values, heads to permute."""

    def matrix(*size: int) -> np.ndarray:
        return (random.standard_normal(size, dtype=np.float32) * 0.02).astype(np.float16)

    one = np.ones(shape.hidden, np.float16)
    yield "model.embed_tokens.weight", "token_embd.weight", matrix(shape.vocabulary, shape.hidden), 0
    yield "model.norm.weight", "output_norm.weight", one, 0
    for layer in range(shape.layers):
        ours, theirs = f"model.layers.{layer}", f"blk.{layer}"
        yield f"{ours}.input_layernorm.weight", f"{theirs}.attn_norm.weight", one, 0
        yield f"{ours}.post_attention_layernorm.weight", f"{theirs}.ffn_norm.weight", one, 0
        for name, short, outputs, inputs, heads in shape.linears():
            yield f"{ours}.{name}.weight", f"{theirs}.{short}.weight", matrix(outputs, inputs), heads
            if shape.family == "qwen2" and short in ("attn_q", "attn_k", "attn_v"):
                yield f"{ours}.{name}.bias", f"{theirs}.{short}.bias", matrix(outputs), 0


def finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def described(shape: Shape, path: Path) -> tuple[gguf.GGUFWriter, list[str]]:
    """A file with everything but tensors, and its vocabulary."""
    writer = gguf.GGUFWriter(path, shape.family)
    tokens, merges = vocabulary(shape.vocabulary)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_merges(merges)
    writer.add_token_types([gguf.TokenType.NORMAL] * (len(tokens) - 1) + [gguf.TokenType.CONTROL])
    writer.add_bos_token_id(len(tokens) - 1)
    writer.add_eos_token_id(len(tokens) - 1)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_context_length(32768)
    writer.add_embedding_length(shape.hidden)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_dimension_count(shape.head_dimension)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(1e-6)
    return writer, tokens


def write_quantized(name: str, out: Path) -> None:
    """Random 4-bit codes under one scale, embedding and head in 8 bits, as `fusebox quantize --type q4_0` has them."""
    shape = SHAPES[name]
    writer, _ = described(shape, out / f"{name}-q4_0.gguf")
    kinds = gguf.GGMLQuantizationType
    tensors = [("token_embd.weight", shape.vocabulary, shape.hidden, kinds.Q8_0),
               ("output.weight", shape.vocabulary, shape.hidden, kinds.Q8_0), ("output_norm.weight", 0, 0, kinds.F32)]
    for layer in range(shape.layers):
        tensors += [(f"blk.{layer}.{norm}.weight", 0, 0, kinds.F32) for norm in ("attn_norm", "ffn_norm")]
        tensors += [(f"blk.{layer}.{short}.weight", outputs, inputs, kinds.Q4_0)
                    for _, short, outputs, inputs, _ in shape.linears()]
    sizes = {kind: gguf.GGML_QUANT_SIZES[kind] for kind in (kinds.Q4_0, kinds.Q8_0)}
    for tensor, outputs, inputs, kind in tensors:
        if kind == kinds.F32:
            writer.add_tensor_info(tensor, [shape.hidden], np.dtype(np.float32), 4 * shape.hidden)
        else:
            count, size = sizes[kind]
            row = inputs // count * size
            writer.add_tensor_info(tensor, [outputs, row], np.dtype(np.uint8), outputs * row, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    random = np.random.default_rng(1)
    for _, outputs, inputs, kind in tensors:
        if kind == kinds.F32:
            writer.write_tensor_data(np.ones(shape.hidden, np.float32))
            continue
        count, size = sizes[kind]
        blocks = random.integers(0, 256, (outputs, inputs // count, size), np.uint8)
        # The spread of codes times the scale is 0.02.
        scale = np.array([0.02 / (4.6 if kind == kinds.Q4_0 else 74)], np.float16)
        blocks[..., :2] = scale.view(np.uint8)
        writer.write_tensor_data(blocks.reshape(outputs, -1))
    writer.close()


def write_model(name: str, out: Path) -> None:
    shape = SHAPES[name]
    folder = out / f"{name}-hf"
    folder.mkdir(parents=True, exist_ok=True)
    writer, tokens = described(shape, out / f"{name}-f16.gguf")
    tensors = {}
    for ours, theirs, values, heads in weights(shape, np.random.default_rng(1)):
        tensors[ours] = values
        writer.add_tensor(theirs, rotary_pairs(values, heads) if values.ndim == 2 else values.astype(np.float32))
    finish(writer)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    architecture = {"qwen2": "Qwen2ForCausalLM", "llama": "LlamaForCausalLM"}[shape.family]
    (folder / "config.json").write_text(json.dumps(dict(
        architectures=[architecture], model_type=shape.family, hidden_size=shape.hidden,
        num_hidden_layers=shape.layers, num_attention_heads=shape.heads, num_key_value_heads=shape.kv_heads,
        intermediate_size=shape.feed_forward, vocab_size=shape.vocabulary, rope_theta=shape.rope_base,
        rms_norm_eps=1e-6, hidden_act="silu", tie_word_embeddings=True, max_position_embeddings=32768,
        torch_dtype="float16", bos_token_id=len(tokens) - 1, eos_token_id=len(tokens) - 1)))


def write_adapter(shape: Shape, number: int, rank: int, out: Path) -> None:
    random = np.random.default_rng(100 + number)
    folder, twins = out / "shelf" / f"a{number}", out / "twins"
    folder.mkdir(parents=True, exist_ok=True)
    twins.mkdir(exist_ok=True)
    writer = gguf.GGUFWriter(twins / f"a{number}.gguf", shape.family)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, 2 * rank)
    tensors = {}
    for layer in range(shape.layers):
        for name, short, outputs, inputs, heads in shape.linears():
            a, b = ((random.standard_normal(size, dtype=np.float32) * 0.01).astype(np.float16)
                    for size in ((rank, inputs), (outputs, rank)))
            module = f"base_model.model.model.layers.{layer}.{name}"
            tensors[f"{module}.lora_A.weight"], tensors[f"{module}.lora_B.weight"] = a, b
            writer.add_tensor(f"blk.{layer}.{short}.weight.lora_a", a)
            writer.add_tensor(f"blk.{layer}.{short}.weight.lora_b", rotary_pairs(b, heads))
    finish(writer)
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    (folder / "adapter_config.json").write_text(json.dumps(dict(
        peft_type="LORA", task_type="CAUSAL_LM", r=rank, lora_alpha=2 * rank, lora_dropout=0.0, bias="none",
        target_modules=[name.split(".")[1] for name, *_ in shape.linears()], use_rslora=False, use_dora=False)))


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("shape", choices=SHAPES)
    p.add_argument("out", type=Path)
    p.add_argument("--adapters", type=int, default=0)
    p.add_argument("--rank", type=int, default=8)
    a = p.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    (write_model if SHAPES[a.shape].is_tied else write_quantized)(a.shape, a.out)
    for number in range(a.adapters):
        write_adapter(SHAPES[a.shape], number, a.rank, a.out)


if __name__ == "__main__":
    main()
