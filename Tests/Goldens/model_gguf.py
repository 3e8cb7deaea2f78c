"""GGUF twins of the checkpoints, and one GGUF file that holds every block type.

Llama-architecture files store the rows of q and k so that the two halves of a rotated head interleave.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gguf import GGUFWriter, GGMLQuantizationType as Type, RopeScalingType, TokenType
from gguf.quants import dequantize, quantize
from gguf.constants import GGML_QUANT_SIZES
from transformers import AutoConfig

from model_checkpoints import GRID, shape

NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "self_attn.qkv_proj": "attn_qkv",
    "mlp.gate_up_proj": "ffn_up",
}
# Where norms stand after attention and feed-forward network, or on both sides.
POST_NORMS = {
    "post_attention_layernorm": "post_attention_norm",
    "pre_feedforward_layernorm": "ffn_norm",
    "post_feedforward_layernorm": "post_ffw_norm",
}
ARCHITECTURES = {"gemma3_text": "gemma3"}

TWINS: dict[str, dict[str, Type]] = {
    "llama": {"token_embd": Type.F32, "output": Type.F16, "attn": Type.F16, "ffn": Type.Q8_0},
    "llama3": {"token_embd": Type.Q8_0, "attn": Type.BF16, "ffn": Type.Q8_0},
    "qwen2": {"token_embd": Type.Q8_0, "attn": Type.F16, "ffn": Type.Q8_0},
    "qwen3": {"token_embd": Type.Q8_0, "attn": Type.Q8_0, "ffn": Type.Q8_0},
} | {
    name: {"token_embd": Type.Q8_0, "output": Type.F16, "attn": Type.Q8_0, "ffn_down": Type.F16, "ffn": Type.Q8_0}
    for name in (
        "gemma", "gemma2", "gemma3", "phi3", "phi3_untied", "smollm3", "granite", "granite_untied",
        "olmo2_untied", "qwen2_yarn", "qwen3_yarn",
    )
}

BLOCK_TYPES = {
    "token_embd": Type.Q4_0, "output": Type.Q6_K, "attn_q": Type.Q4_K, "attn_k": Type.Q6_K, "attn_v": Type.Q5_K,
    "attn_output": Type.Q5_0, "ffn_gate": Type.Q5_K, "ffn_up": Type.Q4_K, "ffn_down": Type.Q8_0,
}


def blocks_config() -> dict[str, Any]:
    """A llama wide enough for 256-weight blocks, with linear rope scaling, written as a config.json."""
    return shape(
        "llama", hidden_size=256, num_hidden_layers=1, num_key_value_heads=1, head_dim=32, intermediate_size=64,
        vocab_size=64, rope_theta=10000.0, rope_scaling={"rope_type": "linear", "factor": 2.0}, torch_dtype="float32",
    )


def gguf_name(name: str, post_norms: bool = False) -> str:
    """blk.1.attn_q.weight for model.layers.1.self_attn.q_proj.weight."""
    names = NAMES | (POST_NORMS if post_norms else {})
    stem, _, kind = name.rpartition(".")
    if stem.startswith("model.layers."):
        layer, _, stem = stem.removeprefix("model.layers.").partition(".")
        return f"blk.{layer}.{names[stem]}.{kind}"
    return f"{names[stem]}.{kind}"


def heads_of(name: str, config: Any) -> int | None:
    """The heads whose rows are interleaved in this tensor, none if they are not."""
    if config.model_type not in ("llama", "mistral", "granite", "smollm3"):
        return None
    return {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}.get(name.split(".")[-2])


def interleave(rows: np.ndarray, heads: int) -> np.ndarray:
    """Row (head, half, i) moves to (head, i, half)."""
    return rows.reshape(heads, 2, -1, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def separate(rows: np.ndarray, heads: int) -> np.ndarray:
    """The inverse of `interleave`."""
    return rows.reshape(heads, -1, 2, rows.shape[-1]).swapaxes(1, 2).reshape(rows.shape)


def exact_q8_0(value: np.ndarray) -> np.ndarray:
    """Q8_0 blocks whose scale is 1 / GRID: no rounding for weights on the grid."""
    codes = np.rint(value.reshape(-1, 32) * GRID).astype(np.int8)
    scale = np.full((len(codes), 1), 1 / GRID, dtype=np.float16).view(np.int8)
    return np.hstack([scale, codes]).view(np.uint8).reshape(*value.shape[:-1], -1)


def packed(value: np.ndarray, kind: Type) -> np.ndarray:
    """The bytes of a lossless twin; a check that nothing was rounded."""
    data = exact_q8_0(value) if kind == Type.Q8_0 else quantize(value, kind)
    if not np.array_equal(dequantize(data, kind), value):
        raise SystemExit(f"{kind.name} does not hold the weights exactly")
    return data


def random_blocks(rows: int, columns: int, kind: Type, random: np.random.Generator) -> np.ndarray:
    """Blocks with every code and sub-scale random and block scales that give a spread near 0.1."""
    elements, size = GGML_QUANT_SIZES[kind]
    count = rows * columns // elements
    blocks = random.integers(0, 256, (count, size), dtype=np.uint8)

    def scale(middle: float) -> np.ndarray:
        return (middle * random.uniform(0.5, 1.5, (count, 1))).astype(np.float16).view(np.uint8)

    match kind:
        case Type.Q4_K:
            blocks[:, :2], blocks[:, 2:4] = scale(4e-4), scale(3e-3)
        case Type.Q5_K:
            blocks[:, :2], blocks[:, 2:4] = scale(2e-4), scale(3e-3)
        case Type.Q6_K:
            blocks[:, -2:] = scale(7e-5)
        case Type.Q8_0:
            blocks[:, :2] = scale(2e-3)
        case Type.Q5_0:
            blocks[:, :2] = scale(1e-2)
        case Type.Q4_0:
            blocks[:, :2] = scale(3e-2)
    return blocks.reshape(rows, -1)


def rope_factors(config: Any) -> np.ndarray:
    """What llama3 scaling divides each frequency by, as the tensor rope_freqs.weight holds it."""
    rope = config.rope_parameters
    low = rope["original_max_position_embeddings"] / rope["low_freq_factor"]
    high = rope["original_max_position_embeddings"] / rope["high_freq_factor"]
    factors = []
    for index in range(0, config.head_dim, 2):
        length = 2 * math.pi * rope["rope_theta"] ** (index / config.head_dim)
        smooth = (rope["original_max_position_embeddings"] / length - rope["low_freq_factor"]) / (
            rope["high_freq_factor"] - rope["low_freq_factor"]
        )
        if length < high:
            factors.append(1.0)
        elif length > low:
            factors.append(rope["factor"])
        else:
            factors.append(1 / ((1 - smooth) / rope["factor"] + smooth))
    return np.array(factors, dtype=np.float32)


def write_vocabulary(writer: GGUFWriter, config: Any) -> None:
    """As many tokens as the model has; enough for a reader, not meant to encode text."""
    size = config.vocab_size
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    if config.model_type.startswith(("qwen", "granite", "smollm3", "olmo2")):
        tokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "Ġ", *letters, "ab"]
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre("qwen2")
        writer.add_token_merges(["a b"])
    else:
        tokens = ["<unk>", "<s>", "</s>", "▁", *letters, "ab"]
        writer.add_tokenizer_model("llama")
        writer.add_tokenizer_pre("default")
        writer.add_token_scores([-float(index) for index in range(size)])
    special = 3
    tokens += [f"<unused{index}>" for index in range(len(tokens), size)]
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.CONTROL if index < special else TokenType.NORMAL for index in range(size)])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)


def write_header(writer: GGUFWriter, config: Any, name: str) -> None:
    writer.add_name(name)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    rope = config.rope_parameters.get("full_attention", config.rope_parameters)
    writer.add_rope_freq_base(rope["rope_theta"])
    writer.add_vocab_size(config.vocab_size)
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    if head * config.num_attention_heads != config.hidden_size:
        writer.add_key_length(head)
        writer.add_value_length(head)
    if config.model_type in ("llama", "granite", "smollm3"):
        writer.add_rope_dimension_count(head)
    write_rope(writer, rope, head)
    write_factors(writer, config)


def write_rope(writer: GGUFWriter, rope: dict[str, Any], head: int) -> None:
    """Scaling of the rotary embedding; the keys are those of llama.cpp's converter."""
    part = rope.get("partial_rotary_factor", 1.0)
    if part != 1:
        writer.add_rope_dimension_count(int(part * head))
    if rope["rope_type"] == "linear":
        writer.add_rope_scaling_type(RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])
    elif rope["rope_type"] == "yarn":
        writer.add_rope_scaling_type(RopeScalingType.YARN)
        writer.add_rope_scaling_factor(rope["factor"])
        writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
        if "attention_factor" in rope:  # llama.cpp multiplies what it computes itself
            writer.add_rope_scaling_attn_factors(rope["attention_factor"] / (0.1 * math.log(rope["factor"]) + 1))
        if "beta_fast" in rope:
            writer.add_rope_scaling_yarn_beta_fast(rope["beta_fast"])
            writer.add_rope_scaling_yarn_beta_slow(rope["beta_slow"])
    elif rope["rope_type"] == "longrope":
        scale = rope["factor"] if "factor" in rope else None
        original = rope["original_max_position_embeddings"]
        scale = scale or 256 / original
        writer.add_rope_scaling_type(RopeScalingType.LONGROPE)
        writer.add_rope_scaling_orig_ctx_len(original)
        writer.add_rope_scaling_attn_factors(math.sqrt(1 + math.log(scale) / math.log(original)))


def write_factors(writer: GGUFWriter, config: Any) -> None:
    """Windows, soft caps and multipliers of the families that have them."""
    kind = config.model_type
    if kind in ("gemma2", "gemma3_text", "phi3"):
        writer.add_sliding_window(config.sliding_window or 0)
    if kind == "gemma3_text":
        writer.add_sliding_window_pattern([kind == "sliding_attention" for kind in config.layer_types])
        writer.add_rope_freq_base_swa(config.rope_parameters["sliding_attention"]["rope_theta"])
    if kind in ("gemma2", "gemma3_text"):
        if kind == "gemma2":
            writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        if config.final_logit_softcapping:
            writer.add_final_logit_softcapping(config.final_logit_softcapping)
    if kind == "granite":
        writer.add_attention_scale(config.attention_multiplier)
        writer.add_embedding_scale(config.embedding_multiplier)
        writer.add_residual_scale(config.residual_multiplier)
        writer.add_logit_scale(config.logits_scaling)


def write_file(path: Path, config: Any, tensors: dict[str, tuple[np.ndarray, Type]]) -> None:
    writer = GGUFWriter(path, ARCHITECTURES.get(config.model_type, config.model_type))
    write_header(writer, config, path.parent.name)
    write_vocabulary(writer, config)
    for name, (data, kind) in tensors.items():
        writer.add_tensor(name, data, raw_dtype=kind)
    rope = config.rope_parameters
    if rope.get("rope_type") == "llama3":
        writer.add_tensor("rope_freqs.weight", rope_factors(config))
    if rope.get("rope_type") == "longrope":
        for name in ("long", "short"):
            writer.add_tensor(f"rope_factors_{name}.weight", np.array(rope[f"{name}_factor"], dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_twin(folder: Path, weights: dict[str, torch.Tensor]) -> None:
    """model.gguf beside the checkpoint, equal to it weight by weight."""
    config = AutoConfig.from_pretrained(folder)
    types = TWINS[folder.name]
    tensors = {}
    for name, weight in weights.items():
        value = weight.float().numpy()
        heads = heads_of(name, config)
        if heads:
            value = np.ascontiguousarray(interleave(value, heads))
        if config.model_type.startswith("gemma") and "norm" in name:
            value = value + np.float32(1)
        target = gguf_name(name, config.model_type in ("gemma2", "gemma3_text", "olmo2"))
        kind = Type.F32
        if value.ndim == 2:
            kind = next(kind for start, kind in types.items() if target.split(".")[-2].startswith(start))
        tensors[target] = (packed(value, kind), kind)
    write_file(folder / "model.gguf", config, tensors)


def write_blocks(path: Path, config: Any, model: torch.nn.Module, seed: int) -> dict[str, torch.Tensor]:
    """A file of random blocks; returns what they decode to, in the checkpoint's names and row order."""
    random = np.random.default_rng(seed)
    tensors, weights = {}, {}
    for name, parameter in model.state_dict().items():
        short = gguf_name(name).split(".")[-2]
        if parameter.ndim == 1:
            kind = Type.F32
            data = (1 + 0.3 * random.standard_normal(parameter.shape)).astype(np.float32)
        else:
            kind = BLOCK_TYPES[short]
            data = random_blocks(parameter.shape[0], parameter.shape[1], kind, random)
        tensors[gguf_name(name)] = (data, kind)
        value = dequantize(data, kind)
        heads = heads_of(name, config)
        weights[name] = torch.from_numpy(np.ascontiguousarray(separate(value, heads) if heads else value))
    write_file(path, config, tensors)
    return weights
