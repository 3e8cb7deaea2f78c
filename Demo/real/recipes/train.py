"""Train adapters of the real demo with `fusebox adapters train`: beside the frozen NF4 form of SmolLM2-135M-Instruct, one PEFT directory an adapter.

    python train.py FUSEBOX MODEL.gguf OUT [NAME ...]

Domains come before the tones that are trained beside them. A run that was stopped goes on; adapters that are there are left alone. A few minutes an adapter.
"""
import argparse
import json
import os
import random
import subprocess
from pathlib import Path
from mixes import lessons
from rows import Row
from shelf import TASKS

RANK = 4
LAYERS = "10-29"  # the lower third stays as it is: its backward pass is a quarter of the time
RATE, WARM_UP = 2e-3, 15
SIZE = 8  # rows a step
STEPS = {"hotel_desk": 180, "bike_shop": 180, "pirate": 160, "calendar_json": 120, "formal": 180, "ticket": 60, "sentiment": 160}
BASE = "HuggingFaceTB/SmolLM2-135M-Instruct"


def plan(name: str) -> dict[str, list[Row]]:
    """What is learned beside which adapter: half of the rows without any where there are others."""
    rng, found = random.Random(0), lessons(name)
    count = STEPS[name] * SIZE
    shares = {beside: count if len(found) == 1 else count // 2 if not beside else count // (2 * (len(found) - 1)) for beside in found}
    return {beside: rng.sample(rows, min(shares[beside], len(rows))) for beside, rows in found.items()}


def line(row: Row, beside: str) -> str:
    return json.dumps({"prompt": row.prompt, "answer": row.answer} | ({"beside": [beside]} if beside else {}), ensure_ascii=False)


def train(name: str, fusebox: str, model: str, out: Path, threads: int) -> None:
    chosen, folder, data = plan(name), out / name, out / f"{name}.jsonl"
    data.write_text("".join(f"{line(row, beside)}\n" for beside, rows in chosen.items() for row in rows))
    command = [fusebox, "adapters", "train", "--model", model, "--type", "nf4", "--data", data, "--output", folder, "--rank", RANK, "--layers", LAYERS, "--dtype", "f16",
               "--learning-rate", RATE, "--warmup", WARM_UP / STEPS[name], "--batch", SIZE, "--steps", STEPS[name], "--epochs", 2, "--threads", threads]
    for beside in filter(None, chosen):
        command += ["--beside", f"{beside}={out / beside}"]
    if (folder / "training_state.safetensors").exists():
        command.append("--resume")
    print(f"-- {name}", flush=True)
    subprocess.run([str(part) for part in command], check=True)
    data.unlink()
    publish(folder / "adapter_config.json")


def publish(path: Path) -> None:
    """Names the base by its name alone: other files of the same model may be served."""
    config = json.loads(path.read_text())
    config["base_model_name_or_path"] = BASE
    config.pop("fusebox_base_digest", None)
    path.write_text(json.dumps(config, indent=2) + "\n")


def is_done(folder: Path) -> bool:
    return (folder / "adapter_config.json").exists() and not (folder / "training_state.safetensors").exists()


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("fusebox")
    p.add_argument("model")
    p.add_argument("out", type=Path)
    p.add_argument("names", nargs="*", default=list(TASKS))
    p.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    a = p.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    for each in a.names:
        if not is_done(a.out / each):
            train(each, a.fusebox, a.model, a.out, a.threads)
