"""Losses and gradients of low-rank factors and of their coefficients, by autograd in float64.

    python make_training.py OUT

The bases are those of `models`, which have to be there. Two sets of factors stand beside every projection; their values come
from a formula that the tests know too. `curve` is a run of PEFT under AdamW in float32.
"""

import argparse
import json
import math
import tempfile
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

from make_adapters import MODELS, base_folder

RANK = 2
SCALES = [0.5, 0.25]
# Length and first token that is learned.
TEXTS = [(9, 1), (14, 6)]
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "qkv_proj", "gate_up_proj"]


def formula(rows: int, columns: int, phase: float) -> torch.Tensor:
    values = [[0.2 * math.sin(1.3 * i + 0.7 * j + phase) for j in range(columns)] for i in range(rows)]
    return torch.tensor(values, dtype=torch.float32).double()


def texts(vocabulary: int) -> list[list[int]]:
    return [[(7 * i * i + 3 * i + 11 * length) % vocabulary for i in range(length)] for length, _ in TEXTS]


class Beside(torch.nn.Module):
    """A projection with factors beside it."""

    def __init__(self, base: torch.nn.Linear, phase: float) -> None:
        super().__init__()
        self.base = base
        outputs, inputs = base.weight.shape
        self.a = [formula(RANK, inputs, phase + 20 * k).requires_grad_() for k in range(len(SCALES))]
        self.b = [formula(outputs, RANK, phase + 20 * k + 10).requires_grad_() for k in range(len(SCALES))]
        self.weights = [torch.tensor(scale, dtype=torch.float64, requires_grad=True) for scale in SCALES]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.base(x)
        for a, b, weight in zip(self.a, self.b, self.weights):
            y = y + weight * (x @ a.T) @ b.T
        return y


def put_beside(model: Any) -> dict[str, Beside]:
    modules = {}
    for name, module in list(model.named_modules()):
        last = name.rsplit(".", 1)[-1]
        if isinstance(module, torch.nn.Linear) and last in PROJECTIONS:
            layer = int(name.split(".")[2])
            beside = Beside(module, phase=layer + 0.1 * PROJECTIONS.index(last))
            setattr(model.get_submodule(name.rsplit(".", 1)[0]), last, beside)
            modules[name] = beside
    return modules


def loss_of(model: Any) -> torch.Tensor:
    """The mean over the learned tokens of both texts."""
    losses = []
    for tokens, (_, first) in zip(texts(model.config.vocab_size), TEXTS):
        logits = model(torch.tensor([tokens]), use_cache=False).logits[0]
        losses.append(torch.nn.functional.cross_entropy(logits[first - 1 : -1], torch.tensor(tokens[first:]), reduction="none"))
    return torch.cat(losses).mean()


def gradients(folder: Path) -> dict[str, torch.Tensor]:
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64, attn_implementation="eager").double().eval()
    modules = put_beside(model)
    loss = loss_of(model)
    loss.backward()
    found = {"loss": loss.detach().reshape(1)}
    for name, module in modules.items():
        found[f"{name}.a"] = module.a[0].grad
        found[f"{name}.b"] = module.b[0].grad
        found[f"{name}.weights"] = torch.stack([weight.grad for weight in module.weights])
    return {name: tensor.float().contiguous() for name, tensor in found.items()}


def write_start(folder: Path, out: Path) -> None:
    """An adapter to start from: A by the formula, B nothing."""
    modules = put_beside(AutoModelForCausalLM.from_pretrained(folder))
    tensors = {}
    for name, module in modules.items():
        tensors[f"base_model.model.{name}.lora_A.weight"] = module.a[0].detach().float()
        tensors[f"base_model.model.{name}.lora_B.weight"] = torch.zeros(module.base.weight.shape[0], RANK)
    out.mkdir(exist_ok=True)
    save_file(tensors, out / "adapter_model.safetensors")
    targets = sorted({name.rsplit(".", 1)[-1] for name in modules})
    configuration = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": RANK, "lora_alpha": 4, "bias": "none", "target_modules": targets}
    (out / "adapter_config.json").write_text(json.dumps(configuration, indent=1))


def curve(folder: Path, start: Path, steps: int) -> list[float]:
    """The losses of PEFT under AdamW, before each step, at a rate that warms up over 5 steps and falls by a cosine."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    model = PeftModel.from_pretrained(model, start, is_trainable=True).train()
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)

    def factor(step: int) -> float:
        if step < 5:
            return (step + 1) / 5
        return 0.5 * (1 + math.cos(math.pi * (step - 5) / (steps - 5)))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
    losses = []
    for _ in range(steps):
        loss = loss_of(model)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
    return losses


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    out.mkdir(exist_ok=True)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as temporary:
        for model in sorted(path.name for path in MODELS.iterdir() if (path / "model.safetensors").exists()):
            save_file(gradients(base_folder(model, Path(temporary))), out / f"{model}.safetensors")
        write_start(MODELS / "llama", out / "start")
        losses = curve(MODELS / "llama", out / "start", steps=50)
    (out / "curve.json").write_text(json.dumps(losses))


if __name__ == "__main__":
    main()
