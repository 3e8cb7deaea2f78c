"""Tiny random checkpoints of every model family, written as Hugging Face directories."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

GRID = 128  # weights are integers over 128, so bfloat16, float16, float32 and Q8_0 all hold them exactly


@dataclass
class Adapter:
    """A PEFT adapter: the LoraConfig fields that differ from the defaults and the stored type."""

    config: dict[str, Any]
    dtype: torch.dtype


@dataclass
class Family:
    """A checkpoint to make. `config` holds the keys as the file shall have them."""

    name: str
    seed: int
    config: dict[str, Any]
    dtype: torch.dtype
    adapters: dict[str, Adapter]
    modern: bool = False  # config.json as transformers 5 writes it
    older_twin: dict[str, Any] = field(default_factory=dict)  # keys of config.v4.json that replace the modern ones
    shards: int = 1
    full_precision: tuple[str, ...] = ()  # names that keep float32 values off the grid


ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def shape(kind: str, **changes: Any) -> dict[str, Any]:
    """The common keys of a config.json, with changes."""
    names = {"llama": "Llama", "mistral": "Mistral", "qwen2": "Qwen2", "qwen3": "Qwen3"}
    keys: dict[str, Any] = {
        "architectures": [f"{names[kind]}ForCausalLM"],
        "model_type": kind,
        "hidden_act": "silu",
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 256,
        "rms_norm_eps": 1e-5,
        "vocab_size": 128,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "tie_word_embeddings": False,
    }
    return keys | changes


def usual_adapters() -> dict[str, Adapter]:
    """Three unequal adapters: rank and alpha patterns, rsLoRA on one layer, a regular expression."""
    return {
        "a": Adapter(
            {
                "r": 4, "lora_alpha": 8, "target_modules": ALL,
                "rank_pattern": {"down_proj": 2, "layers.1.self_attn.q_proj": 6},
                "alpha_pattern": {"down_proj": 3, "layers.1.self_attn.q_proj": 5, ".*\\.0\\.mlp\\.(gate|up)_proj": 12},
            },
            torch.bfloat16,
        ),
        "b": Adapter(
            {"r": 3, "lora_alpha": 3, "target_modules": ["q_proj", "v_proj"], "use_rslora": True, "layers_to_transform": [1]},
            torch.float32,
        ),
        "c": Adapter(
            {"r": 8, "lora_alpha": 6, "target_modules": r".*\.(self_attn\.(k|o)_proj|mlp\.down_proj)"},
            torch.float16,
        ),
    }


def swapped_adapters() -> dict[str, Adapter]:
    """The same features on other modules: rsLoRA with patterns, all layers for the small one."""
    return {
        "a": Adapter({"r": 4, "lora_alpha": 7, "target_modules": ALL}, torch.float16),
        "b": Adapter({"r": 3, "lora_alpha": 4, "target_modules": r"model\.layers\.\d+\.self_attn\.[qv]_proj"}, torch.float32),
        "c": Adapter(
            {
                "r": 8, "lora_alpha": 4, "target_modules": ["k_proj", "o_proj", "down_proj"], "use_rslora": True,
                "rank_pattern": {"^model.layers.0.self_attn.k_proj": 5}, "alpha_pattern": {"o_proj": 9},
                "layers_to_transform": [0, 1], "layers_pattern": "layers",
            },
            torch.bfloat16,
        ),
    }


def families() -> list[Family]:
    """Every family; the two config styles, the three float types and the two adapter sets alternate."""
    older = {"transformers_version": "4.46.3"}
    rope3 = {
        "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 32,
    }
    return [
        Family(
            "llama", 11,
            shape("llama", rope_theta=10000.0, rope_scaling=None, attention_bias=False, mlp_bias=False,
                  torch_dtype="bfloat16", **older),
            torch.bfloat16, usual_adapters(),
        ),
        Family(
            "llama3", 12,
            shape("llama", tie_word_embeddings=True, eos_token_id=[2, 3], head_dim=16,
                  rope_parameters={"rope_theta": 10000.0, **rope3}),
            torch.bfloat16, swapped_adapters(), modern=True,
            older_twin={"rope_theta": 10000.0, "rope_scaling": rope3, "torch_dtype": "bfloat16", **older},
        ),
        Family(
            "llama_linear", 13,
            shape("llama", intermediate_size=100, rope_theta=5000.0, rope_scaling={"type": "linear", "factor": 4.0},
                  torch_dtype="float16", **older),
            torch.float16, usual_adapters(),
        ),
        Family(
            "mistral", 14,
            shape("mistral", sliding_window=16, rope_parameters={"rope_theta": 100000.0, "rope_type": "default"}),
            torch.bfloat16, swapped_adapters(), modern=True, full_precision=("self_attn", "norm"),
        ),
        Family(
            "qwen2", 15,
            shape("qwen2", tie_word_embeddings=True, rope_theta=1000000.0, rms_norm_eps=1e-6, use_sliding_window=False,
                  sliding_window=16, max_window_layers=2, torch_dtype="bfloat16", **older),
            torch.bfloat16, usual_adapters(),
        ),
        Family(
            "qwen3", 16,
            shape("qwen3", tie_word_embeddings=True, head_dim=32, vocab_size=151, rms_norm_eps=1e-6,
                  rope_parameters={"rope_theta": 1000000.0, "rope_type": "default"}),
            torch.bfloat16, swapped_adapters(), modern=True, shards=2,
        ),
    ]


def random_weight(name: str, like: torch.Tensor, generator: torch.Generator, kind: str) -> torch.Tensor:
    """A float32 weight: norms around 1, biases and matrices around 0, wide enough that errors show."""
    noise = torch.randn(like.shape, generator=generator)
    center = 0 if kind.startswith("gemma") else 1  # Gemma's norms add 1 to their weights
    value = center + 0.3 * noise if "norm" in name else (0.5 if name.endswith("bias") else 0.2) * noise
    return value


def on_grid(value: torch.Tensor) -> torch.Tensor:
    return (value * GRID).round().clamp(-127, 127) / GRID


def random_weights(family: Family, model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """The state of the model, seeded, in the types that the file shall have; a tied head is left out."""
    generator = torch.Generator().manual_seed(family.seed)
    tied = family.config["tie_word_embeddings"]
    weights = {}
    for name, parameter in model.state_dict().items():
        if tied and name == "lm_head.weight":
            continue
        value = random_weight(name, parameter, generator, family.config["model_type"])
        if any(part in name for part in family.full_precision):
            weights[name] = value
        else:
            weights[name] = on_grid(value).to(family.dtype)
    return weights


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n")


def write_config(family: Family, folder: Path) -> None:
    """config.json in the family's style; the modern one is what transformers itself saves."""
    if not family.modern:
        write_json(folder / "config.json", family.config)
        return
    config = AutoConfig.for_model(**family.config)
    config.dtype = family.dtype
    config.save_pretrained(folder)
    if family.older_twin:
        keys = {key: value for key, value in family.config.items() if key != "rope_parameters"}
        write_json(folder / "config.v4.json", keys | family.older_twin)


def write_weights(weights: dict[str, torch.Tensor], folder: Path, shards: int) -> None:
    """model.safetensors, or shards with an index; the split follows the order of the names."""
    weights = {name: value.contiguous() for name, value in weights.items()}
    if shards == 1:
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        return
    names = list(weights)
    size = -(-len(names) // shards)
    index: dict[str, str] = {}
    for shard in range(shards):
        file = f"model-{shard + 1:05}-of-{shards:05}.safetensors"
        part = names[shard * size : (shard + 1) * size]
        save_file({name: weights[name] for name in part}, folder / file, metadata={"format": "pt"})
        index |= dict.fromkeys(part, file)
    total = sum(value.nbytes for value in weights.values())
    write_json(folder / "model.safetensors.index.json", {"metadata": {"total_size": total}, "weight_map": index})


def write_checkpoint(family: Family, folder: Path) -> dict[str, torch.Tensor]:
    """Writes the directory and returns its weights."""
    folder.mkdir(parents=True, exist_ok=True)
    write_config(family, folder)
    model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder))
    weights = random_weights(family, model)
    write_weights(weights, folder, family.shards)
    return weights
