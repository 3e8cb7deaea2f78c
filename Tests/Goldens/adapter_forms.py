"""The forms of adapters: configurations of PEFT, and what trainers and tools make of the files."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from model_checkpoints import ALL, write_json

Tensors = dict[str, torch.Tensor]


@dataclass
class Form:
    name: str
    base: str
    config: dict[str, Any]
    # Changes the tensors that PEFT saved; gets the base's weights as well.
    change: Callable[[Tensors, Tensors], Tensors] = lambda tensors, base: tensors
    # Names that PEFT itself does not find again; its values are those of the file before.
    rename: Callable[[Tensors, Tensors], Tensors] = lambda tensors, base: tensors
    # Members of adapter_config.json that the file has instead.
    members: dict[str, Any] = field(default_factory=dict)
    dtype: torch.dtype = torch.float32
    keeps_copies: bool = False


EMBEDDING = "base_model.model.model.embed_tokens.weight"
HEAD = "base_model.model.lm_head.weight"
QV = {"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj"]}
UNSLOTH = (
    r"(?:.*?(?:language|text).*?(?:self_attn|attention|attn|mlp|feed_forward|ffn|dense).*?(?:q_proj|v_proj|down_proj).*?)"
    r"|(?:\bmodel\.layers\.[\d]{1,}\.(?:self_attn|mlp)\.(?:(?:q_proj|v_proj|down_proj)))"
)


def renamed(old: str, new: str) -> Callable[[Tensors, Tensors], Tensors]:
    return lambda tensors, base: {name.replace(old, new): value for name, value in tensors.items()}


def with_copies(*names: str, spread: float = 0) -> Callable[[Tensors, Tensors], Tensors]:
    """Whole tensors of the base beside the factors, trained when `spread` is above zero; of a tied base once."""

    def change(tensors: Tensors, base: Tensors) -> Tensors:
        generator = torch.Generator().manual_seed(5)
        for name in names:
            key = name.removeprefix("base_model.model.")
            value = base.get(key, base["model.embed_tokens.weight"]).float()
            tensors[name] = value + spread * torch.randn(value.shape, generator=generator)
        return tensors

    return change


def with_more(tensors: Tensors, base: Tensors) -> Tensors:
    """Factors of modules that the configuration does not target."""
    for name, value in list(tensors.items()):
        if "v_proj" in name:
            tensors[name.replace("v_proj", "k_proj")] = 2 * value
    return tensors


def raw_head(tensors: Tensors, base: Tensors) -> Tensors:
    """As a state_dict has them that did not go through PEFT."""
    tensors["base_model.model.lm_head.modules_to_save.default.weight"] = tensors.pop(HEAD)
    tensors["base_model.model.lm_head.original_module.weight"] = base["lm_head.weight"]
    return tensors


FORMS = [
    Form("plain", "llama", {**QV, "use_rslora": True}),
    Form("all-linear", "llama", {"r": 2, "lora_alpha": 3, "target_modules": "all-linear"}, members={"target_modules": "all-linear"}, dtype=torch.bfloat16),
    Form("named-default", "llama", QV, rename=renamed(".weight", ".default.weight")),
    Form("named-otherwise", "llama", QV, rename=renamed(".weight", ".my_task.weight")),
    Form("no-prefix", "llama", QV, rename=renamed("base_model.model.", "")),
    Form("wrapped", "llama", QV, rename=renamed("base_model.model.", "module._orig_mod.base_model.model.")),
    Form("unsloth", "llama", {"r": 4, "lora_alpha": 4, "target_modules": UNSLOTH}, members={"auto_mapping": {"base_model_class": "LlamaForCausalLM", "unsloth_fixed": True}}),
    Form("lookahead", "llama", {"r": 4, "lora_alpha": 4, "target_modules": r"^(?!.*(?:mlp|v_proj)).*(?:q_proj|v_proj|down_proj).*"}),
    Form("excluded", "llama", {**QV, "target_modules": ALL, "r": 2, "exclude_modules": ["k_proj", "layers.0.mlp.up_proj"]}),
    Form("excluded-pattern", "llama", {**QV, "exclude_modules": r"model\.layers\.(0|[2-9]\d*)\..*"}),
    Form("not-targeted", "llama", QV, with_more),
    Form("layers", "llama", {**QV, "layers_to_transform": [1], "layers_pattern": ["layers", "h"]}),
    Form("patterns", "llama", {
        **QV, "rank_pattern": {r"layers\.\d\.self_attn\.q_\w+": 6, "v_proj": 2}, "alpha_pattern": {r"[^.]*\.1\.(?:self_)?attn\.v_proj": 3, "q_proj": 5.5},
    }),
    Form("older", "llama", QV, members={
        "enable_lora": None, "merge_weights": False, "fan_in_fan_out": True, "peft_version": None, "init_lora_weights": "gaussian", "loftq_config": None,
    }),
    Form("large-rank", "llama", {"r": 320, "lora_alpha": 320, "target_modules": ["v_proj"], "layers_to_transform": [0]}, dtype=torch.float16),
    Form("dora", "llama", {"r": 3, "lora_alpha": 6, "target_modules": ALL, "use_dora": True}),
    Form("dora-biases", "qwen2", {
        "r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj", "o_proj"], "use_dora": True, "use_rslora": True, "rank_pattern": {"v_proj": 2},
    }, dtype=torch.float16),
    Form("dora-weight", "qwen2", {**QV, "use_dora": True}, rename=renamed("lora_magnitude_vector", "lora_magnitude_vector.default.weight")),
    Form("dora-head", "llama", {"r": 4, "lora_alpha": 8, "target_modules": ["k_proj", "lm_head"], "use_dora": True}),
    Form("dora-tied-head", "qwen2", {"r": 4, "lora_alpha": 8, "target_modules": ["down_proj", "lm_head"], "use_dora": True}),
    Form("dora-nf4", "llama_nf4", {"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "gate_proj"], "use_dora": True}),
    Form("lora-bias", "qwen2", {**QV, "lora_bias": True}),
    Form("biases", "qwen2", {**QV, "target_modules": ["q_proj"], "bias": "all"}),
    Form("embedding", "llama", {"r": 4, "lora_alpha": 8, "target_modules": ["embed_tokens", "q_proj"]}),
    Form("tied-embedding", "qwen2", {"r": 5, "lora_alpha": 8, "target_modules": ["embed_tokens", "v_proj"]}, keeps_copies=True),
    Form("head", "llama", {"r": 4, "lora_alpha": 8, "target_modules": ["lm_head", "v_proj"]}),
    Form("tied-head", "qwen2", {"r": 4, "lora_alpha": 8, "target_modules": ["lm_head", "v_proj"]}),
    Form("copies", "llama", QV, with_copies(EMBEDDING, HEAD)),
    Form("copies-other", "llama", QV, with_copies(EMBEDDING, HEAD, spread=0.1)),
    Form("tied-copies", "qwen2", QV, with_copies(EMBEDDING)),
    Form("tied-copies-other", "qwen2", QV, with_copies(EMBEDDING, spread=0.1)),
    Form("saved-head", "llama", {**QV, "modules_to_save": ["lm_head"]}),
    Form("saved-embedding", "llama", {**QV, "modules_to_save": ["embed_tokens"]}),
    Form("saved-raw", "llama", {**QV, "modules_to_save": ["lm_head"]}, rename=raw_head),
    Form("tied-saved", "qwen2", {**QV, "modules_to_save": ["embed_tokens"]}),
]

# Bases, adapters and types of twins in GGUF.
TWINS = [
    ("llama", "layers", "F32"), ("llama", "large-rank", "F16"), ("llama", "embedding", "F32"), ("llama", "head", "BF16"),
    ("llama", "excluded", "F32"), ("qwen2", "tied-embedding", "F32"),
]

MIXES = [
    ("llama", {"dora": 0.75, "plain": 0.5}),
    ("llama", {"dora": 1.0, "dora-head": -0.5, "patterns": 0.25}),
    ("llama", {"dora": 0.5, "dora-head": 0.5, "embedding": 1.0, "head": 1.0}),
    ("llama", {"saved-head": 0.5, "dora": 1.0, "embedding": 0.25}),
    ("llama", {"saved-embedding": 0.25, "head": 0.5, "plain": 1.0}),
    ("qwen2", {"dora-biases": 1.0, "lora-bias": 0.5, "tied-head": 0.5}),
]


def write_form(form: Form, base: Path, seed: int, folder: Path, renames: bool = True) -> None:
    """A PEFT directory with random factors, under the form's names or PEFT's own."""
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    weights = {name: value.detach().clone() for name, value in model.state_dict().items()}
    model.name_or_path = model.config.name_or_path = f"tiny/{base.name}"
    peft = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", lora_dropout=0.0, **form.config))
    peft.save_pretrained(str(folder), save_embedding_layers="auto" if form.keeps_copies else False)
    (folder / "README.md").unlink()

    generator = torch.Generator().manual_seed(seed)
    file = folder / "adapter_model.safetensors"
    tensors = load_file(file)
    for name in sorted(tensors):
        shape = tensors[name].shape
        noise = torch.randn(shape, generator=generator)
        if "magnitude" in name:
            tensors[name] = tensors[name] * (1 + 0.3 * noise)
        elif "lora_" in name:
            spread = 0.2 if "_A" in name else 0.15
            tensors[name] = spread * noise * (4 / max(4, *shape[-1:], *shape[:1]) ** 0.5 if max(shape) > 256 else 1)
        elif name.endswith("bias") or form.config.get("modules_to_save"):
            tensors[name] = tensors[name] + 0.1 * noise
        tensors[name] = tensors[name].to(form.dtype)
    tensors = form.change(tensors, weights)
    save_file(form.rename(tensors, weights) if renames else tensors, file, metadata={"format": "pt"})

    config = json.loads((folder / "adapter_config.json").read_text())
    for key in ["target_modules", "exclude_modules"]:
        if isinstance(config.get(key), list):
            config[key].sort()
    write_json(folder / "adapter_config.json", {**config, **form.members})
