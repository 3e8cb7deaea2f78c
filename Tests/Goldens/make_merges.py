"""Adapters to merge, and what PEFT, or where PEFT is wrong the definition, makes of them.

    python make_merges.py OUT

The base is `llama` of `models`, which has to be there. A merge's values are what it adds to each weight, times a few columns.
"""

import argparse
import functools
import itertools
import json
import math
import shutil
import warnings
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora import LoraLayer
from peft.utils import merge_utils
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

MODELS = Path(__file__).resolve().parent / "models"
COLUMNS = 3
Deltas = dict[str, torch.Tensor]

# a and b are alike but for scale and targets; c has another rank; r is rank-stabilized; n is a in another order, other signs, and a
# little noise.
CONFIGS: dict[str, dict[str, Any]] = {
    "a": {"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj", "down_proj"]},
    "b": {"r": 4, "lora_alpha": 5, "target_modules": ["q_proj", "k_proj", "down_proj"], "alpha_pattern": {"q_proj": 6}},
    "c": {"r": 2, "lora_alpha": 3, "target_modules": ["q_proj"]},
    "n": {"r": 4, "lora_alpha": 8, "target_modules": ["q_proj"]},
    "r": {"r": 4, "lora_alpha": 4, "use_rslora": True, "target_modules": ["q_proj", "down_proj"]},
}

# Merges that PEFT does as they are meant.
PEFT_CASES: list[dict[str, Any]] = [
    {"method": "cat", "weights": {"a": 0.5, "b": -0.75, "c": 1.25}},
    {"method": "linear", "weights": {"a": 0.5, "b": 0.75}},
    {"method": "linear", "weights": {"a": 0.5, "b": -0.75}},
    {"method": "linear", "weights": {"a": 1, "r": 1}},
    {"method": "svd", "weights": {"a": 0.5, "b": -0.75, "c": 1.25}, "rank": 3},
    {"method": "svd", "weights": {"a": 1, "b": 1}},
    {"method": "ties", "weights": {"a": 1, "b": 1}, "density": 0.3},
    {"method": "ties", "weights": {"a": 0.4, "b": 0.7}, "density": 0.6, "election": "frequency"},
    {"method": "ties_svd", "weights": {"a": 1, "b": 0.5, "c": 0.75}, "density": 0.2, "rank": 5},
    {"method": "ties_svd", "weights": {"a": 1, "b": 1}, "density": 1, "rank": 8, "election": "frequency"},
    {"method": "magnitude_prune", "weights": {"a": 0.4, "b": -0.7}, "density": 0.5},
    {"method": "magnitude_prune_svd", "weights": {"a": 1, "b": 0.5, "c": 0.75}, "density": 0.25, "rank": 6},
    {"method": "dare_linear", "weights": {"a": 0.5, "b": 0.75}, "density": 1},
    {"method": "dare_ties", "weights": {"a": 0.5, "b": 0.75}, "density": 1},
    {"method": "dare_linear_svd", "weights": {"a": 0.5, "c": 0.75}, "density": 1, "rank": 6},
    {"method": "dare_ties_svd", "weights": {"a": 0.5, "c": 0.75}, "density": 1, "rank": 6},
]

# Sums whose result PEFT scales by the first adapter's rsLoRA once more (peft issue 3449): the definition's values.
SUM_CASES: list[dict[str, Any]] = [
    {"method": "cat", "weights": {"r": 1}},
    {"method": "cat", "weights": {"r": 0.5, "a": 1}},
    {"method": "svd", "weights": {"r": 0.5, "a": 1}, "rank": 8},
]

RANDOM_CASES: list[dict[str, Any]] = [
    {"method": "dare_linear", "weights": {"a": 0.5, "b": 0.75}, "density": 0.6},
    {"method": "dare_ties", "weights": {"a": 0.5, "b": 0.75}, "density": 0.6},
    {"method": "dare_linear_svd", "weights": {"a": 0.5, "c": 0.75}, "density": 0.6, "rank": 8},
]
RANDOM_RUNS = 1000
RANDOM_MODULE = "model.layers.0.self_attn.q_proj"

SERVED_CASE: dict[str, Any] = {"method": "ties_svd", "weights": {"a": 1, "b": 1, "c": 1}, "density": 0.5, "rank": 8}
SEQUENCE = [5, 77, 3, 120, 64, 9, 31, 31, 2, 100]

KNOTS_CASES: list[dict[str, Any]] = [
    {"method": "knots_ties", "weights": {"a": 1, "b": 1, "c": 1}, "density": 1},
    {"method": "knots_ties", "weights": {"a": 0.5, "b": 0.75}, "density": 0.4},
    {"method": "knots_ties", "weights": {"a": 1, "b": 0.5}, "density": 0.4, "rank": 3},
]

LEGO_CASES: list[dict[str, Any]] = [
    {"method": "lego", "weights": {"a": 1}, "rank": 4},
    {"method": "lego", "weights": {"a": 1, "c": 0.5}, "rank": 3},
    {"method": "lego", "weights": {"a": 1, "n": 0.75}, "rank": 4},
    {"method": "lego", "weights": {"n": -0.5, "a": -2}, "rank": 4},
]


def base() -> Any:
    return AutoModelForCausalLM.from_pretrained(MODELS / "llama", dtype=torch.float32)


def write_adapter(name: str, folder: Path) -> None:
    model = get_peft_model(base(), LoraConfig(task_type="CAUSAL_LM", **CONFIGS[name]))
    generator = torch.Generator().manual_seed(ord(name))
    with torch.no_grad():
        for key, value in model.named_parameters():
            if "lora_" in key:
                value.copy_(0.3 * torch.randn(value.shape, generator=generator))
        if name == "n":
            shuffle(model, folder.parent / "a" / "adapter_model.safetensors")
    model.peft_config["default"].base_model_name_or_path = "tiny/llama"
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    # PEFT keeps the targets as a set.
    config = json.loads((folder / "adapter_config.json").read_text())
    config["target_modules"].sort()
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def shuffle(model: Any, file: Path) -> None:
    """Makes of the factors those of `a` as they are after another training that went nearly the same way."""
    other = load_file(file)
    order, signs = [2, 0, 3, 1], torch.tensor([1.0, -1.0, -1.0, 1.0])
    for key, value in model.named_parameters():
        if "lora_" in key:
            given = other[key.replace(".default", "")]
            moved = given[order] * signs[:, None] if "lora_A" in key else given[:, order] * signs
            value.copy_(moved + 0.1 * value)


def layers(model: Any, name: str) -> dict[str, LoraLayer]:
    return {
        key.removeprefix("base_model.model."): module
        for key, module in model.named_modules()
        if isinstance(module, LoraLayer) and name in module.lora_A
    }


def deltas(model: Any, name: str) -> Deltas:
    return {key: module.get_delta_weight(name).detach().double() for key, module in layers(model, name).items()}


def by_peft(model: Any, case: dict[str, Any]) -> Deltas:
    if "merged" in model.peft_config:
        model.delete_adapter("merged")
    model.add_weighted_adapter(
        list(case["weights"]), [float(weight) for weight in case["weights"].values()], "merged",
        combination_type=case["method"], svd_rank=case.get("rank"), density=case.get("density"),
        majority_sign_method=case.get("election", "total"),
    )
    return deltas(model, "merged")


def each_module(model: Any, case: dict[str, Any], merge: Any) -> Deltas:
    """Merges what the adapters that have a module add to it; of each also rank, A, B and scale."""
    modules = {name: layers(model, name) for name in case["weights"]}
    result: Deltas = {}
    for key in sorted(set().union(*modules.values())):
        parts = []
        for name, weight in case["weights"].items():
            if key in modules[name]:
                module = modules[name][key]
                a, b = module.lora_A[name].weight.double(), module.lora_B[name].weight.double()
                parts.append((weight, module.scaling[name], a, b))
        result[key] = merge(case, parts).detach()
    return result


def added(case: dict[str, Any], parts: list[Any]) -> torch.Tensor:
    return truncated(sum(w * s * b @ a for w, s, a, b in parts), case.get("rank"))


def truncated(matrix: torch.Tensor, rank: int | None) -> torch.Tensor:
    if rank is None:
        return matrix
    u, s, v = torch.linalg.svd(matrix, full_matrices=False)
    return u[:, :rank] @ torch.diag(s[:rank]) @ v[:rank]


def knots(case: dict[str, Any], parts: list[Any]) -> torch.Tensor:
    """arXiv 2410.19735 on the products themselves: [D_1 ... D_n] = U S [V_1 ... V_n], TIES on the S V_i."""
    products = [s * b @ a for _, s, a, b in parts]
    u, s, v = torch.linalg.svd(torch.cat(products, dim=1), full_matrices=False)
    kept = s > 1e-6 * s[0]
    u, tasks = u[:, kept], (torch.diag(s[kept]) @ v[kept]).chunk(len(parts), dim=1)
    trimmed = []
    for task in tasks:
        count = int(case["density"] * task.numel())
        smallest = task.abs().flatten().sort(descending=True).values[count - 1]
        trimmed.append(torch.where(task.abs() >= smallest, task, 0))
    stack = torch.stack(trimmed)
    elected = torch.where(stack.sum(dim=0) >= 0, 1.0, -1.0)
    agree = stack.sign() == elected
    weighted = stack * torch.tensor([part[0] for part in parts], dtype=torch.float64)[:, None, None]
    mean = (weighted * agree).sum(dim=0) / agree.sum(dim=0).clamp(min=1)
    return truncated(u @ mean, case.get("rank"))


def lego(case: dict[str, Any], parts: list[Any]) -> torch.Tensor:
    """arXiv 2409.16167: the best of all ways to put ranks into clusters, signs included."""
    ranks = []
    for w, s, a, b in parts:
        root = math.sqrt(abs(w * s))
        ranks += [torch.cat([math.copysign(root, w * s) * a[i], root * b[:, i]]) for i in range(a.shape[0])]
    points, inputs, count = torch.stack(ranks), parts[0][2].shape[1], min(case["rank"], len(ranks))
    aligned = functools.cache(lambda chosen: best_signs(points[list(chosen)]))
    best, clusters = math.inf, []
    for places in itertools.product(range(count), repeat=len(ranks)):
        members = [tuple(i for i, place in enumerate(places) if place == cluster) for cluster in range(count)]
        if all(members) and sum(aligned(chosen)[0] for chosen in members) < best:
            best = sum(aligned(chosen)[0] for chosen in members)
            clusters = [aligned(chosen)[1] for chosen in members]
    total = torch.zeros(len(parts[0][3]), inputs, dtype=torch.float64)
    for points in clusters:
        mean = points.mean(dim=0)
        mean = mean * (points.norm(dim=1).mean() / mean.norm())
        total += torch.outer(mean[inputs:], mean[:inputs])
    return total * math.sqrt(len(ranks) / len(parts) / count)


def best_signs(points: torch.Tensor) -> tuple[float, torch.Tensor]:
    best = (math.inf, points)
    for signs in itertools.product([1.0, -1.0], repeat=len(points) - 1):
        aligned = points * torch.tensor([1.0, *signs], dtype=torch.float64)[:, None]
        distance = float((aligned - aligned.mean(dim=0)).square().sum())
        if distance < best[0]:
            best = (distance, aligned)
    return best


def random_norms(model: Any, case: dict[str, Any]) -> dict[str, float]:
    """Mean and deviation of the norm of what PEFT's functions make of one module, over many seeds."""
    names, density = list(case["weights"]), case["density"]
    modules = [layers(model, name)[RANDOM_MODULE] for name in names]
    u = [case["weights"][name] * module.scaling[name] for name, module in zip(names, modules)]
    a = [module.lora_A[name].weight.detach() for name, module in zip(names, modules)]
    b = [module.lora_B[name].weight.detach() for name, module in zip(names, modules)]
    merge = merge_utils.dare_ties if "ties" in case["method"] else merge_utils.dare_linear
    norms = []
    for seed in range(RANDOM_RUNS):
        torch.manual_seed(seed)
        if case["method"].endswith("svd"):
            weights = torch.tensor(list(case["weights"].values()), dtype=torch.float32)
            products = [module.get_delta_weight(name).detach() for name, module in zip(names, modules)]
            merged = truncated(merge(products, weights, density), case["rank"])
        else:
            roots = torch.tensor(u).sqrt()
            merged = merge(b, roots, density) @ merge(a, roots, density)
        norms.append(float(merged.norm()))
    spread = torch.tensor(norms, dtype=torch.float64)
    return {"mean": float(spread.mean()), "deviation": float(spread.std())}


def served(values: Deltas) -> torch.Tensor:
    """Logits of the base with a merge added to its weights: [positions, vocabulary]."""
    model = base().double()
    with torch.no_grad():
        for key, value in values.items():
            model.get_submodule(key).weight += value
        return model(torch.tensor([SEQUENCE]), use_cache=False).logits[0].float()


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the goldens of merges.")
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
    shutil.rmtree(out, ignore_errors=True)
    for name in CONFIGS:
        write_adapter(name, out / name)
    model = PeftModel.from_pretrained(base(), out / "a", adapter_name="a")
    for name in list(CONFIGS)[1:]:
        model.load_adapter(out / name, adapter_name=name)
    model.eval()

    generator = torch.Generator().manual_seed(1)
    columns = {size: torch.randn(size, COLUMNS, generator=generator, dtype=torch.float64) for size in (64, 96)}
    tensors = {f"columns.{size}": value.float() for size, value in columns.items()}
    cases: list[dict[str, Any]] = []

    def add(case: dict[str, Any], values: Deltas) -> None:
        for key, value in values.items():
            tensors[f"{len(cases)}.{key}"] = (value @ columns[value.shape[1]]).float().contiguous()
        cases.append(case)

    for case in PEFT_CASES:
        values = by_peft(model, case)
        add(case, values)
        if case["method"] in ("cat", "svd"):
            for key, value in each_module(model, case, added).items():
                assert case["method"] == "svd" and "rank" not in case or (value - values[key]).norm() < 1e-5 * value.norm()
    for case in SUM_CASES:
        values = each_module(model, case, added)
        wrong = by_peft(model, case)
        assert all((value - wrong[key]).norm() > 0.4 * value.norm() for key, value in values.items())
        add(case, values)
    for case in KNOTS_CASES:
        add(case, each_module(model, case, knots))
    for case in LEGO_CASES:
        add(case, each_module(model, case, lego))
    statistics = [{**case, **random_norms(model, case)} for case in RANDOM_CASES]
    tensors["logits"] = served(by_peft(model, SERVED_CASE))
    save_file(tensors, out / "expected.safetensors")
    document = {
        "cases": cases, "random": statistics, "random_module": RANDOM_MODULE,
        "served": {**SERVED_CASE, "sequence": SEQUENCE},
    }
    (out / "expected.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
