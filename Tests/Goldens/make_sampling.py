"""Writes expected.json: distributions of the next token as transformers' logits processors leave them.

Penalties come first, then top-k, top-p and min-p, the temperature last; cases with a temperature other
than 1 have no top-p and min-p, because transformers applies it before these and Fusebox, as llama.cpp,
after them.
Usage: make_sampling.py OUTPUT_FOLDER   (needs torch and transformers)
"""

import json
import random
import sys
from pathlib import Path

import torch
from transformers import (
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

COUNT = 48
VOCABULARY = 10


def case(random: random.Random) -> dict[str, object]:
    # Sixteenths are exact in every format; no two are equal.
    logits = [value / 16 for value in random.sample(range(-48, 48), VOCABULARY)]
    seen = [random.randrange(VOCABULARY) for _ in range(random.randrange(1, 8))]
    settings = {"repetition_penalty": random.choice([1.0, 1.0625, 1.25, 0.75, 2.0])}
    if random.random() < 0.5:
        settings["temperature"] = random.choice([0.25, 0.5, 2.0])
    else:
        settings["top_p"] = random.choice([1.0, 0.25, 0.5, 0.875])
        settings["min_p"] = random.choice([0.0, 0.0625, 0.25, 0.5])
    settings["top_k"] = random.choice([0, 1, 3, 7, 100])
    return {"logits": logits, "seen": seen, **settings, "probabilities": oracle(logits, seen, settings)}


def oracle(logits: list[float], seen: list[int], settings: dict[str, float]) -> list[float]:
    ids = torch.tensor([seen])
    scores = torch.tensor([logits], dtype=torch.float64)
    scores = RepetitionPenaltyLogitsProcessor(settings["repetition_penalty"])(ids, scores)
    if settings["top_k"] > 0:
        scores = TopKLogitsWarper(settings["top_k"])(ids, scores)
    if settings.get("top_p", 1.0) < 1.0:
        scores = TopPLogitsWarper(settings["top_p"])(ids, scores)
    if settings.get("min_p", 0.0) > 0.0:
        scores = MinPLogitsWarper(settings["min_p"])(ids, scores)
    if "temperature" in settings:
        scores = TemperatureLogitsWarper(settings["temperature"])(ids, scores)
    return [round(value, 9) for value in scores.softmax(-1)[0].tolist()]


def main() -> None:
    source = random.Random(7)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(case(source)) for _ in range(COUNT))
    (folder / "expected.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
