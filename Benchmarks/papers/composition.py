"""The claims of "Output Composability of QLoRA" (arXiv 2605.12345): sentiment, topic and both at once.

    python composition.py --fusebox BINARY --model BASE --data FOLDER --work FOLDER

FOLDER of the data has `attr/synthetic_sentiment_topic_grid`, whose texts are generated. One prompt serves all: what is written about, and
how, comes from the adapters alone. Sentiment modules never see the topics that they are tried on.
"""
import argparse
import os
import random
from pathlib import Path

from shelf import Shelf, rows_of

PROMPT = "Write a short review."
SENTIMENTS = ["positive", "negative"]
TOPICS = ["movies", "hotels", "phones", "cars"]
#: What sentiment modules learn from; three of one attribute have two topics each.
OTHERS = [["books", "games"], ["restaurants", "clothing"], ["books", "restaurants"]]
ROWS = 480


def rows(grid: list[dict], draw: random.Random, sentiments: list[str], topics: list[str]) -> list[dict]:
    fitting = [row["text"] for row in grid if row["sentiment"] in sentiments and row["topic"] in topics]
    return [{"prompt": PROMPT, "answer": text} for text in draw.sample(fitting, min(ROWS, len(fitting)))]


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("fusebox", "model"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("data", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    a = parser.parse_args()
    shelf = Shelf(a.fusebox, a.model, a.work, ["--rank", "4", "--epochs", "1", "--learning-rate", "1e-3", "--threads", str(a.threads)])
    grid = rows_of(a.data / "attr" / "synthetic_sentiment_topic_grid" / "train.jsonl.gz")
    draw = random.Random(7)
    everything = sorted({topic for pair in OTHERS for topic in pair})
    parts: dict[str, list[dict]] = {}
    for sentiment in SENTIMENTS:
        parts[sentiment] = rows(grid, draw, [sentiment], everything)
        for number, topics in enumerate(OTHERS):
            parts[f"{sentiment}_{number + 1}"] = rows(grid, draw, [sentiment], topics)
    for topic in TOPICS:
        parts[topic] = rows(grid, draw, SENTIMENTS, [topic])
    for name, part in parts.items():
        shelf.train(name, part)
    for sentiment in SENTIMENTS:
        for topic in TOPICS:
            both = parts[sentiment] + parts[topic]
            draw.shuffle(both)
            shelf.train(f"{sentiment}_and_{topic}", both)


if __name__ == "__main__":
    main()
