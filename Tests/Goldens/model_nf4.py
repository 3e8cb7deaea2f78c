"""A checkpoint in bitsandbytes NF4 with double quantization, as transformers saves it."""

from pathlib import Path
from typing import Any

import torch
from bitsandbytes.functional import dequantize_4bit
from bitsandbytes.nn import Linear4bit
from transformers import AutoModelForCausalLM, BitsAndBytesConfig

from model_checkpoints import shape


def nf4_config() -> dict[str, Any]:
    """A llama whose feed-forward tensors have more than one block of double-quantized scales."""
    return shape(
        "llama", hidden_size=128, num_hidden_layers=1, intermediate_size=192, vocab_size=64, tie_word_embeddings=True,
        rope_theta=10000.0, rope_scaling=None, torch_dtype="float32",
    )


def write_packed(source: Path, folder: Path) -> None:
    """Quantizes the checkpoint `source` on load and saves it packed.

    In float32, because bitsandbytes rounds what it decodes to the type it quantized from.
    """
    settings = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.float32,
    )
    model = AutoModelForCausalLM.from_pretrained(
        source, quantization_config=settings, dtype=torch.float32, device_map="cpu"
    )
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink()


def decoded(folder: Path) -> dict[str, torch.Tensor]:
    """The weights of a packed checkpoint in float32, by bitsandbytes."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, device_map="cpu")
    weights: dict[str, torch.Tensor] = {}
    for path, module in model.named_modules():
        if isinstance(module, Linear4bit):
            packed: Any = module.weight
            weights[f"{path}.weight"] = dequantize_4bit(packed.data, packed.quant_state)
    for name, parameter in model.named_parameters():
        if name not in weights:
            weights[name] = parameter.data
    return weights
