"""The claims of DLP-LoRA (arXiv 2410.01497): 26 tasks, an adapter each, and a router that chooses among them.

    python tasks.py --fusebox BINARY --model BASE --data FOLDER --work FOLDER

FOLDER of the data has `tasks/NAME/train.jsonl.gz` and `router/tasks26`.
"""
import random
from pathlib import Path

from shelf import Shelf, arguments, rows_of

ROWS, TESTS = 400, 40
MEANINGS = Path(__file__).resolve().parents[2] / "Router/meanings/table.safetensors"


def main() -> None:
    a = arguments()
    shelf = Shelf(a.fusebox, a.model, a.work, ["--rank", "4", "--epochs", str(a.epochs), "--batch", str(a.batch), "--learning-rate", "1e-3", "--threads", str(a.threads)], a.threads)
    folder = a.data / "router" / "tasks26"
    labels = sorted({row["label"] for row in rows_of(folder / "train.jsonl.gz")} - {"oos"})
    for label in labels:
        rows = rows_of(a.data / "tasks" / label / "train.jsonl.gz")
        chosen = random.Random(label).sample(rows, min(round(ROWS * a.rows), len(rows)))
        shelf.train(label, [{"prompt": row["prompt"], "answer": row["answer"]} for row in chosen])
    router = a.work / "router"
    routed = shelf.data("router", [{"text": row["text"], "adapter": row["label"]} for row in rows_of(folder / "train.jsonl.gz") if row["label"] != "oos"])
    if not (router / "router.json").exists():
        shelf.run("router", "train", "--data", routed, "--adapters", a.work / "adapters", "--meanings", MEANINGS, "--output", router, name="router")
    tests = []
    for label in labels:
        rows = [row for row in rows_of(folder / "test.jsonl.gz") if row["label"] == label]
        tests += [{"prompt": row["text"], "answer": row["answer"], "adapters": [label]} for row in rows[:round(TESTS * a.tests)]]
    shelf.data("tests", tests)
    shelf.evaluate({
        "suite": "26 tasks, and nobody names an adapter", "type": a.type, "max_tokens": 64, "reference": "right adapter", "router": "router",
        "about": "What a router's choice costs against the right adapter, and whether a mix is better than its first choice, as in DLP-LoRA (arXiv 2410.01497).",
        "configurations": [
            {"use": "base"}, {"name": "right adapter", "use": "oracle"}, {"name": "router, top-1", "use": "router", "weighting": "top1"},
            {"name": "router, top-p", "use": "router"}, {"name": "router, paper's weights", "use": "router", "weighting": "paper"},
            {"name": "router, sum", "use": "router", "weighting": "sum"},
        ],
        "tasks": [{"name": "26 tasks", "data": "data/tests.jsonl", "metrics": ["exact_match", "rouge_l"]}],
    })


if __name__ == "__main__":
    main()
