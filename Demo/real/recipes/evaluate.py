"""Measure the adapters of the real demo and some mixes on prompts that were kept from training.

    python evaluate.py SHELF evaluation.json --model MODEL.gguf [--form nf4|stored] [NAME ...]
    python evaluate.py SHELF evaluation.json --connect ENDPOINT --fusebox FUSEBOX [NAME ...]     asks a running service

Every prompt is asked twice, with and without the adapter, and decoded greedily; the judges are exact. Figures that are there already are kept. No sample is of a text that people wrote.
"""
import argparse
import json
import math
import subprocess
from pathlib import Path
from typing import Protocol
from mixes import MIXES, asked, has_fact
from rows import Task
from shelf import TASKS

MIX_PROMPTS = 100

Mix = dict[str, float]


class Replier(Protocol):
    def reply(self, prompts: list[str], mix: Mix, longest: int) -> list[str]:
        """Greedy replies of at most `longest` tokens under a mix of adapters; an empty one is the base alone."""
        ...


class Transformers:
    """transformers and peft in this process."""

    def __init__(self, model: str, form: str, shelf: Path) -> None:
        import torch
        from base import load_base
        torch.set_num_threads(1)
        self.base = load_base(model, form)
        self.shelf = shelf
        self.adapted: object = None

    def reply(self, prompts: list[str], mix: Mix, longest: int) -> list[str]:
        from generation import replies
        from peft import PeftModel
        from peft.tuners.lora import LoraLayer
        for name in mix:
            if self.adapted is None:
                self.adapted = PeftModel.from_pretrained(self.base.model, self.shelf / name, adapter_name=name)
            elif name not in self.adapted.peft_config:
                self.adapted.load_adapter(self.shelf / name, name)
        if not mix:
            if self.adapted is None:
                return replies(self.base, self.base.model, prompts, longest)
            with self.adapted.disable_adapter():
                return replies(self.base, self.adapted, prompts, longest)
        self.adapted.base_model.set_adapter(list(mix))
        for layer in self.adapted.modules():
            if isinstance(layer, LoraLayer):
                for name, weight in mix.items():
                    layer.set_scale(name, weight)
        return replies(self.base, self.adapted, prompts, longest)


class Service:
    """A running service, through `fusebox ask`."""

    def __init__(self, fusebox: str, endpoint: str) -> None:
        self.command = [fusebox, "ask", "--connect", endpoint, "--temperature", "0", "--jsonl", "-"]

    def reply(self, prompts: list[str], mix: Mix, longest: int) -> list[str]:
        select = ",".join(f"{name}={weight}" for name, weight in mix.items()) or "base"
        lines = [json.dumps({"id": i, "prompt": prompt, "select": select, "max_tokens": longest}) for i, prompt in enumerate(prompts)]
        done = subprocess.run(self.command, input="\n".join(lines), capture_output=True, text=True, check=True)
        texts = {r["id"]: r["text"] for r in map(json.loads, done.stdout.splitlines())}
        return [texts[i].strip() for i in range(len(prompts))]


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % Wilson interval of a proportion."""
    p, d = hits / n, 1 + z * z / n
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    middle = (p + z * z / (2 * n)) / d
    return middle - half, middle + half


def least_gain(hits: int, base_hits: int, n: int) -> float:
    """The lower 95 % bound of the difference of two proportions (Newcombe)."""
    p, q = hits / n, base_hits / n
    return p - q - math.sqrt((p - wilson(hits, n)[0]) ** 2 + (wilson(base_hits, n)[1] - q) ** 2)


def measure(name: str, task: Task, replier: Replier) -> dict[str, object]:
    rows = task.rows("test")
    prompts = [r.prompt for r in rows]
    plain, adapted = replier.reply(prompts, {}, task.longest), replier.reply(prompts, {name: 1.0}, task.longest)
    base = sum(task.judge(r, reply) for r, reply in zip(rows, plain))
    hits = sum(task.judge(r, reply) for r, reply in zip(rows, adapted))
    # Other people's texts stay out of the report.
    samples = [{"prompt": r.prompt, "base": a, "adapter": b, "right": task.judge(r, b)} for r, a, b in zip(rows, plain, adapted) if r.routed]
    return {"kind": task.kind, "n": len(rows), "base": base, "adapter": hits, "interval": wilson(hits, len(rows)), "least_gain": least_gain(hits, base, len(rows)),
            "samples": samples[:6] + [s for s in samples[6:] if not s["right"]][:6]}


def measure_mix(tone: str, domain: str, replier: Replier) -> dict[str, object]:
    """Questions of the domain that ask for the tone as well: how many replies have the fact, the tone, and both."""
    rows = asked(tone, domain, "test", MIX_PROMPTS)
    made = replier.reply([r.prompt for r in rows], {tone: 1.0, domain: 1.0}, TASKS[tone].longest)
    toned = [TASKS[tone].judge(r, reply) for r, reply in zip(rows, made)]
    right = [has_fact(r, reply) for r, reply in zip(rows, made)]
    both = sum(map(min, toned, right))
    return {"n": len(rows), "tone": sum(toned), "domain": sum(right), "both": both, "interval": wilson(both, len(rows)),
            "samples": [{"prompt": r.prompt, "mix": reply} for r, reply in zip(rows[:8], made)]}


def main() -> None:
    p = argparse.ArgumentParser()
    p.add_argument("shelf", type=Path)
    p.add_argument("out", type=Path)
    p.add_argument("names", nargs="*", default=list(TASKS))
    p.add_argument("--model")
    p.add_argument("--form", default="stored", choices=["nf4", "stored"])
    p.add_argument("--connect")
    p.add_argument("--fusebox", default="fusebox")
    a = p.parse_intermixed_args()
    replier: Replier = Service(a.fusebox, a.connect) if a.connect else Transformers(a.model, a.form, a.shelf)
    results = json.loads(a.out.read_text()) if a.out.exists() else {"adapters": {}, "mixes": {}}
    present = [name for name in a.names if (a.shelf / name / "adapter_config.json").exists()]

    def keep(part: str, name: str, figures: dict[str, object]) -> None:
        results[part][name] = figures
        print(name, json.dumps({k: v for k, v in figures.items() if k != "samples"}), flush=True)
        a.out.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    for name in present:
        if name not in results["adapters"]:
            keep("adapters", name, measure(name, TASKS[name], replier))
    for tone, domain in MIXES:
        if {tone, domain} <= set(present) and f"{tone} + {domain}" not in results["mixes"]:
            keep("mixes", f"{tone} + {domain}", measure_mix(tone, domain, replier))


if __name__ == "__main__":
    main()
