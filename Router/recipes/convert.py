"""Turns the public intent sets into the rows that `fusebox router train` reads.

    convert.py DATA OUTPUT

DATA holds a folder for each set (clinc150, banking77, hwu64, snips, tasks26, multi_sentence); OUTPUT
gets <set>-<split>.jsonl with rows {"text": ..., "adapter": label}, where the label of texts out of
scope is "base". Sets without held-out rows are left without: the trainer then sets a tenth aside.
"""

import gzip
import json
import pathlib
import sys

OUT_OF_SCOPE = "oos"


def rows(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def write(path, pairs):
    with open(path, "w", encoding="utf-8") as output:
        for text, label in pairs:
            adapter = "base" if label == OUT_OF_SCOPE else label
            output.write(json.dumps({"text": text, "adapter": adapter}, ensure_ascii=False) + "\n")


def main(data, output):
    output.mkdir(parents=True, exist_ok=True)
    for name in ("clinc150", "banking77", "hwu64", "snips"):
        splits = {}
        for row in rows(data / name / "all.jsonl.gz"):
            splits.setdefault(row["split"], []).append((row["text"], row["label"]))
        for split, pairs in splits.items():
            write(output / f"{name}-{split}.jsonl", pairs)
    sentences = [
        (part["text"], part["label"])
        for row in rows(data / "multi_sentence" / "train.jsonl.gz")
        for part in row["sentences"]
    ]
    write(output / "multi_sentence-train.jsonl", sentences)
    for split in ("train", "test"):
        pairs = [(row["text"], row["label"]) for row in rows(data / "tasks26" / f"{split}.jsonl.gz")]
        write(output / f"tasks26-{split}.jsonl", pairs)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
