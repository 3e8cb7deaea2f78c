"""The claims of DLP-LoRA (arXiv 2410.01497): 26 tasks, an adapter each, and a router that chooses among them.

    python tasks.py --fusebox BINARY --model BASE --data FOLDER --work FOLDER

FOLDER of the data has `tasks/NAME/train.jsonl.gz` and `router/tasks26`.
"""
import argparse
import os
import random
from pathlib import Path

from shelf import Shelf, rows_of

ROWS = 400


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("fusebox", "model"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("data", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    a = parser.parse_args()
    shelf = Shelf(a.fusebox, a.model, a.work, ["--rank", "4", "--epochs", "2", "--learning-rate", "1e-3", "--threads", str(a.threads)])
    labels = sorted({row["label"] for row in rows_of(a.data / "router" / "tasks26" / "train.jsonl.gz")} - {"oos"})
    for label in labels:
        rows = rows_of(a.data / "tasks" / label / "train.jsonl.gz")
        chosen = random.Random(label).sample(rows, min(ROWS, len(rows)))
        shelf.train(label, [{"prompt": row["prompt"], "answer": row["answer"]} for row in chosen])


if __name__ == "__main__":
    main()
