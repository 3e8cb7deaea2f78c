"""Write sentences that say which adapter they want, to train and check the router with; every sentence is generated here.

    python router_data.py OUT

OUT/train.jsonl and OUT/validation.jsonl hold {"text", "adapter"}, or {"text", "adapters"} for a tone and a domain. "base" stands for a
question that none of the adapters is for. No sentence, wording or name of the validation occurs in training.
"""
import argparse
import json
import random
import re
from pathlib import Path
import general
from mixes import MIXES, asked
from rows import Split, generator
from shelf import TASKS

SIZES: dict[Split, int] = {"train": 400, "test": 60}  # rows an adapter; as many for each mix, twice as many for the base
TELLING = {"pirate": ("pirate",), "sentiment": ("sentiment", "positive", "negative", "happy", "mood")}  # what of these adapters' prompts is a request by itself
FILES: dict[Split, str] = {"train": "train.jsonl", "test": "validation.jsonl"}


def as_typed(text: str, rng: random.Random) -> str:
    """The text as it stands, or as people may type it."""
    return text if rng.random() < 0.75 else rng.choice([text.lower(), text.rstrip(".?!"), f"Please: {text}", f"Hi! {text}"])


def piece(name: str, prompt: str, rng: random.Random) -> str:
    """The prompt, or, half of the time, one of its sentences that says as much: a service routes each sentence by itself."""
    said = [s for s in re.split(r"(?<=[.!?]) ", prompt) if len(s.split()) > 3]
    if name in TELLING:
        said = [s for s in said if any(word in s.lower() for word in TELLING[name])]
    return rng.choice(said) if said and rng.random() < 0.5 else prompt


def sentences(split: Split) -> list[dict[str, object]]:
    rng, size = generator("router", split), SIZES[split]
    made: list[dict[str, object]] = []
    for name, task in TASKS.items():
        prompts = [r.prompt for r in task.rows(split) if r.routed]
        made += [{"text": as_typed(piece(name, t, rng), rng), "adapter": name} for t in rng.sample(prompts, min(size, len(prompts)))]
    for tone, domain in MIXES:
        made += [{"text": as_typed(r.prompt, rng), "adapters": [tone, domain]} for r in asked(tone, domain, split, size)]
    questions = {as_typed(make(split, rng), rng) for make in (general.question, general.remark) for _ in range(size)}
    made += [{"text": t, "adapter": "base"} for t in sorted(questions)]
    rng.shuffle(made)
    return made


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("out", type=Path)
    a = p.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    for split, file in FILES.items():
        (a.out / file).write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in sentences(split)), encoding="utf-8")
