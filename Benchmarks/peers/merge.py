"""Merges of the same adapters by Fusebox and by PEFT: CPU seconds and how far apart what they add is.

    python merge.py --fusebox ../../.build/release/fusebox --model HF_FOLDER --adapter A --adapter B [--density 0.2] [--rank 8]

Both sides on one thread, each method once; Fusebox's seconds are those of the whole command, with reading and writing, PEFT's
those of the call alone. Magnitudes that are equal at the threshold of `ties` make a difference: PEFT keeps any of them.
Needs transformers and peft.
"""
import argparse
import resource
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from peft.tuners.lora import LoraLayer
from transformers import AutoModelForCausalLM

METHODS = ["cat", "linear", "svd", "ties", "ties_svd", "magnitude_prune", "magnitude_prune_svd"]


def options(method: str, a: argparse.Namespace) -> dict[str, float]:
    """What PEFT's call and, with dashes, the command take."""
    chosen: dict[str, float] = {}
    if "ties" in method or "prune" in method:
        chosen["density"] = a.density
    if method.endswith("svd"):
        chosen["rank"] = a.rank
    return chosen


def by_fusebox(method: str, a: argparse.Namespace, out: Path) -> float:
    command = [a.fusebox, "merge", "--method", method, "--model", a.model, "--output", str(out)]
    for number, adapter in enumerate(a.adapter):
        command += ["--adapter", f"a{number}={adapter}@{1 - 0.25 * number}"]
    for key, value in options(method, a).items():
        command += [f"--{key}", str(value)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def by_peft(model: Any, method: str, a: argparse.Namespace) -> float:
    chosen = options(method, a)
    names = [f"a{number}" for number in range(len(a.adapter))]
    before = time.process_time()
    model.add_weighted_adapter(
        names, [1 - 0.25 * number for number in range(len(names))], "peft", combination_type=method,
        svd_rank=chosen.get("rank"), density=chosen.get("density"),
    )
    return time.process_time() - before


def difference(model: Any) -> float:
    """The largest of all modules, by norms."""
    worst = 0.0
    for module in model.modules():
        if isinstance(module, LoraLayer) and "peft" in module.lora_A:
            expected = module.get_delta_weight("peft")
            worst = max(worst, float((module.get_delta_weight("fusebox") - expected).norm() / expected.norm()))
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fusebox", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--adapter", action="append", required=True, help="a PEFT directory; the second has weight 0.75")
    parser.add_argument("--density", type=float, default=0.2)
    parser.add_argument("--rank", type=int, default=8)
    a = parser.parse_args()
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
    base = AutoModelForCausalLM.from_pretrained(a.model, dtype=torch.float32)
    model = PeftModel.from_pretrained(base, a.adapter[0], adapter_name="a0")
    for number, adapter in enumerate(a.adapter[1:], 1):
        model.load_adapter(adapter, adapter_name=f"a{number}")
    print("| method | Fusebox, s | PEFT, s | largest difference |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        for method in METHODS:
            out = Path(temporary) / method
            ours = by_fusebox(method, a, out)
            theirs = by_peft(model, method, a)
            model.load_adapter(out, adapter_name="fusebox")
            print(f"| {method} | {ours:.2f} | {theirs:.2f} | {difference(model):.1g} |", flush=True)
            for name in ("peft", "fusebox"):
                model.delete_adapter(name)


if __name__ == "__main__":
    main()
