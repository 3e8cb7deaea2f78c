"""The claims of LoRA Soups (arXiv 2410.13025): two skills, trained apart, in one answer; learned coefficients against merges.

    python skills.py --fusebox BINARY --model BASE --data FOLDER --work FOLDER

Four pairs: numbers in words inside a passive sentence, dates in JSON, a class in JSON, and one (`either`) whose skills are never
needed together, where coefficients that never change cannot win. FOLDER of the data has `attr/synthetic_sentiment_topic_grid`.
"""
import random
from pathlib import Path
from typing import Callable

import wording
from shelf import Shelf, arguments, rows_of

ROWS, TESTS, COMBINED = 600, 200, 400
MERGES = {"linear": [], "svd": [], "ties": ["--density", "0.75"], "dare_linear": ["--density", "0.75"], "knots_ties": ["--density", "0.75"], "lego": []}
Draw = Callable[[random.Random], tuple[str, str]]


def rows(make: Draw, count: int, seed: str, without: frozenset[str] | set[str] = frozenset()) -> list[dict]:
    """Different questions, none of those without."""
    draw, found = random.Random(seed), {}
    for _ in range(40 * count):
        prompt, answer = make(draw)
        if prompt not in without:
            found[prompt] = answer
        if len(found) == count:
            break
    return [{"prompt": prompt, "answer": answer} for prompt, answer in found.items()]


def pairs(data: Path) -> dict[str, tuple[str, str, Draw]]:
    """The skills of a pair and what needs both; of `either` each question needs one."""
    grid = [row for row in rows_of(data / "attr" / "synthetic_sentiment_topic_grid" / "train.jsonl.gz") if row["sentiment"] != "neutral"]
    SKILLS["mood"] = lambda draw: wording.mood(draw.choice(grid))
    return {
        "spelled_passive": ("passive", "spelled", wording.spelled_passive),
        "date_in_json": ("date", "json_answer", wording.date_in_json),
        "mood_in_json": ("mood", "json_answer", lambda draw: wording.wrapped(wording.mood(draw.choice(grid)), draw)),
        "either": ("date", "passive", lambda draw: draw.choice([wording.date, wording.passive])(draw)),
    }


SKILLS: dict[str, Draw] = {
    "passive": wording.passive, "spelled": wording.spelled, "date": wording.date, "json_answer": wording.json_answer,
}


def main() -> None:
    a = arguments()
    threads = ["--threads", str(a.threads)]
    shelf = Shelf(a.fusebox, a.model, a.work, ["--rank", "8", "--epochs", str(a.epochs), "--batch", str(a.batch), "--learning-rate", "1e-3", *threads], a.threads)
    chosen = pairs(a.data)
    learned = {name: rows(make, round(ROWS * a.rows), f"learn {name}") for name, make in SKILLS.items()}
    for name, part in learned.items():
        shelf.train(name, part)
    tasks, configurations, tables = [], [], {}
    for name, (first, second, both) in chosen.items():
        seen = {row["prompt"] for row in learned[first] + learned[second]}
        tests = rows(both, round(TESTS * a.tests), f"test {name}", seen)
        shelf.data(f"test_{name}", [{**row, "adapters": [first, second]} for row in tests])
        mixed = learned[first] + learned[second]
        random.Random(name).shuffle(mixed)
        shelf.train(f"mixed_{name}", mixed)
        few = rows(both, 50, f"few {name}", {row["prompt"] for row in tests})
        for form in ("softmax", "free"):
            tables[f"cat_{form}_{name}"] = shelf.combine(f"cat_{form}_{name}", [first, second], mixed[:round(COMBINED * a.rows)], "--form", form, "--epochs", "1", *threads)
        tables[f"cat_few_{name}"] = shelf.combine(f"cat_few_{name}", [first, second], few, "--form", "free", "--epochs", "6", *threads)
        for method, options in MERGES.items():
            shelf.merge(f"{method}_{name}", method, {first: 1, second: 1}, *options)
        tasks.append({"name": name, "data": f"data/test_{name}.jsonl", "metrics": ["exact_match", "answer_perplexity"]})
        alone = [{"name": f"mixed data, {name}", "use": {f"mixed_{name}": 1}, "tasks": [name]}]
        alone += [{"name": f"{method}, {name}", "use": {f"{method}_{name}": 1}, "tasks": [name]} for method in MERGES]
        alone += [{"name": f"{label}, {name}", "use": "oracle", "coefficients": f"{table}_{name}", "tasks": [name]} for label, table in (("CAT", "cat_softmax"), ("CAT, free", "cat_free"), ("CAT, free, from 50 of both", "cat_few"))]
        configurations += alone
    shelf.evaluate({
        "suite": "Two skills in one answer", "type": a.type, "max_tokens": 48, "reference": "mean",
        "about": "Skills that were trained apart, composed for questions that need both, as in LoRA Soups (arXiv 2410.13025).",
        "tables": {name: path.name for name, path in tables.items()},
        "configurations": [
            {"use": "base"}, {"name": "first skill alone", "use": "oracle", "only": 1}, {"name": "second skill alone", "use": "oracle", "only": 2},
            {"name": "sum", "use": "oracle"}, {"name": "mean", "use": "oracle", "weighting": "mean"}, *configurations,
        ],
        "tasks": tasks,
    })


if __name__ == "__main__":
    main()
