"""Expected logits and log-probabilities: transformers and PEFT in float64, several adapters active at once."""

import hashlib
import json
import math
import re
from pathlib import Path
from typing import Any, Iterator

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from model_checkpoints import Adapter, write_json

MIXES: list[dict[str, float]] = [
    {},
    {"a": 1.0},
    {"b": 0.5},
    {"a": 0.75, "b": 0.25},
    {"a": 1.0, "b": 1.0, "c": 1.0},
    {"a": 0.3125, "b": -0.5, "c": 1.25},
]
LENGTHS = [1, 2, 7, 16, 17, 33, 70]


def load_base(folder: Path) -> Any:
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64, attn_implementation="eager")
    return model.double().eval()


def write_adapter(base: Path, name: str, adapter: Adapter, seed: int, folder: Path) -> None:
    """A PEFT directory as save_pretrained writes it, with random A and B, without the model card."""
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    model.name_or_path = model.config.name_or_path = f"tiny/{base.name}"
    peft = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", lora_dropout=0.0, **adapter.config))
    peft.save_pretrained(str(folder))
    (folder / "README.md").unlink()

    generator = torch.Generator().manual_seed(seed)
    file = folder / "adapter_model.safetensors"
    tensors = load_file(file)
    for key in sorted(tensors):
        spread = 0.2 if "lora_A" in key else 0.15
        tensors[key] = (spread * torch.randn(tensors[key].shape, generator=generator)).to(adapter.dtype)
    save_file(tensors, file, metadata={"format": "pt"})

    config = json.loads((folder / "adapter_config.json").read_text())
    if isinstance(config["target_modules"], list):
        config["target_modules"].sort()
    write_json(folder / "adapter_config.json", config)


class Oracle:
    """A base with all its adapters, in float64; a mix scales each active adapter by its weight."""

    def __init__(self, base: Path, adapters: Path, names: list[str]) -> None:
        self.plain: Any = load_base(base)
        model = load_base(base)
        peft = PeftModel.from_pretrained(model, adapters / names[0], adapter_name=names[0])
        for name in names[1:]:
            peft.load_adapter(adapters / name, adapter_name=name)
        self.peft: Any = peft.double().eval()
        self.scalings = {path: dict(layer.scaling) for path, layer in self.layers()}

    def layers(self) -> Iterator[tuple[str, LoraLayer]]:
        for path, module in self.peft.named_modules():
            if isinstance(module, LoraLayer):
                yield path, module

    @torch.no_grad()
    def logits(self, mix: dict[str, float], ids: list[int]) -> torch.Tensor:
        """[tokens, vocabulary], float64."""
        if not mix:
            return self.plain(torch.tensor([ids]), use_cache=False).logits[0]
        self.peft.base_model.set_adapter(list(mix))
        for path, layer in self.layers():
            for name, weight in mix.items():
                if name in layer.scaling:
                    layer.scaling[name] = self.scalings[path][name] * weight
        return self.peft(torch.tensor([ids]), use_cache=False).logits[0]

    def modules(self, name: str) -> dict[str, dict[str, Any]]:
        """Rank and scaling that PEFT resolved for each module of an adapter."""
        return {
            path.removeprefix("base_model.model.model."): {
                "rank": layer.r[name],
                "scaling": self.scalings[path][name],
            }
            for path, layer in self.layers()
            if name in layer.r
        }


def dense_logits(base: Path, adapters: Path, mix: dict[str, float], ids: list[int]) -> torch.Tensor:
    """The same from W + sum of w s B A, with s read from the files alone: the check of the oracle."""
    model = load_base(base)
    weights = model.state_dict()
    for name, weight in mix.items():
        config = json.loads((adapters / name / "adapter_config.json").read_text())
        tensors = load_file(adapters / name / "adapter_model.safetensors")
        for key in (key for key in tensors if ".lora_A." in key):
            module = key.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
            a, b = tensors[key].double(), tensors[key.replace("lora_A", "lora_B")].double()
            alpha = next(
                (value for pattern, value in config["alpha_pattern"].items() if re.match(rf"(.*\.)?({pattern})$", module)),
                config["lora_alpha"],
            )
            rank = a.shape[0]
            scale = alpha / (math.sqrt(rank) if config["use_rslora"] else rank)
            weights[f"{module}.weight"] += weight * scale * (b @ a)
    with torch.no_grad():
        return model(torch.tensor([ids]), use_cache=False).logits[0]


def positions(length: int) -> list[int]:
    """The positions whose logits are kept: the last, and two before it in the longer sequences."""
    return [length - 1] if length < 17 else [length // 3, 2 * length // 3, length - 1]


def random_sequences(vocabulary: int, seed: int) -> list[list[int]]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(0, vocabulary, (length,), generator=generator).tolist() for length in LENGTHS]


def digest(value: torch.Tensor) -> str:
    """SHA-256 of the values as little-endian float32 in row order."""
    return hashlib.sha256(value.contiguous().numpy().astype("<f4").tobytes()).hexdigest()


def write_expected(
    base: Path, adapters: Path, names: list[str], seed: int, folder: Path, decoded: dict[str, torch.Tensor] | None = None
) -> None:
    """expected.json and expected.safetensors; the README beside this file describes them."""
    oracle = Oracle(base, adapters, names)
    sequences = random_sequences(oracle.plain.config.vocab_size, seed)
    tensors = {}
    for number, mix in enumerate(MIXES):
        rows, logprobs = [], []
        for ids in sequences:
            logits = oracle.logits(mix, ids)
            rows.append(logits[positions(len(ids))])
            following = torch.tensor(ids[1:], dtype=torch.int64).unsqueeze(1)
            logprobs.append(logits[:-1].log_softmax(-1).gather(1, following).squeeze(1))
        tensors[f"logits.{number}"] = torch.cat(rows).float()
        tensors[f"logprobs.{number}"] = torch.cat(logprobs).float()
    for mix in MIXES:
        exact = oracle.logits(mix, sequences[-1])
        error = (exact - dense_logits(base, adapters, mix, sequences[-1])).abs().max() / exact.abs().max()
        if error > 1e-6:
            raise SystemExit(f"{folder.name} {mix}: PEFT and the dense sum differ by {error:.1e}")
    save_file(tensors, folder / "expected.safetensors")
    places = [[number, position] for number, ids in enumerate(sequences) for position in positions(len(ids))]
    document = {
        "sequences": sequences,
        "mixes": MIXES,
        "rows": places,
        "adapters": {name: oracle.modules(name) for name in names},
    }
    if decoded:
        document["decoded_sha256"] = {name: digest(value) for name, value in decoded.items()}
    (folder / "expected.json").write_text(json.dumps(document) + "\n")
