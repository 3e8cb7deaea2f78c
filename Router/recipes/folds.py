"""Rows for what the public splits do not ask: wordings never seen, adapters that join, a thousand classes.

    folds.py DATA ROWS

DATA is the folder of the collections with `tasks` and `router`; ROWS is what convert.py wrote. Everything is drawn with
fixed seeds.

- tasks-<fold>-{train,test}: four folds over the tasks. Each holds out one template of every task that has several: the
  training rows lack it, the test rows have no other.
- join-{train,val,test}, join-examples: clinc150 without fifteen classes, and twenty examples of each of them.
- thousand-{train,test}: all public sets together, filled up with generated requests, a verb and a thing a class. The test
  has other wordings.
"""

import collections
import json
import pathlib
import random
import sys

from convert import rows, write

FOLDS = 4
ROWS_A_TEMPLATE = 100
JOINING = 15
EXAMPLES = 20
CLASSES = 1000
LARGEST = {"train": 20, "test": 10}  # rows of a public class among a thousand
SETS = ("clinc150", "banking77", "hwu64", "snips")

VERBS = "wash paint borrow weigh wrap polish carry bury hide lift fold sketch photograph auction insure rebuild donate measure label smuggle rescue tickle frost whistle unpack".split()
THINGS = "piano canoe beehive lantern statue teapot rocket anvil puppet igloo walnut trumpet barrel hammock cactus marble saddle lighthouse scarecrow waffle pumpkin telescope anchor quilt sundial acorn trapeze bagpipe toboggan".split()
LEARNED = ["{} the {}", "how do i {} a {}", "i want to {} my {}", "please {} that {} for me", "can you help me {} the {}", "what do i need to {} a {}", "we have to {} this {} today", "show me how to {} a {}", "is it hard to {} a {}", "time to {} the {}"]
ASKED = ["would you {} the {}", "tell me the best way to {} a {}", "my sister would like to {} her {}", "let's {} some {}"]


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [(row["text"], row["adapter"]) for row in map(json.loads, lines)]


def tasks(data, output):
    folds = {(fold, split): [] for fold in range(FOLDS) for split in ("train", "test")}
    keys = []
    for folder in sorted((data / "tasks").iterdir()):
        generator = random.Random(folder.name)
        split_rows = {split: list(rows(folder / f"{split}.jsonl.gz")) for split in ("train", "test")}
        templates = sorted({row["template"] for row in split_rows["train"]})
        for fold in range(FOLDS):
            held = templates[fold % len(templates)] if len(templates) > 1 else None
            for split, chosen in (("train", [t for t in templates if t != held]), ("test", [held])):
                for template in chosen:
                    texts = [row["prompt"] for row in split_rows[split] if row["template"] == template]
                    generator.shuffle(texts)
                    folds[fold, split] += [(text, folder.name) for text in texts[:ROWS_A_TEMPLATE]]
    for (fold, split), pairs in folds.items():
        write(output / f"tasks-{fold}-{split}.jsonl", pairs)


def joining(output):
    names = sorted({name for _, name in read(output / "clinc150-train.jsonl")} - {"base"})
    chosen = set(random.Random(15).sample(names, JOINING))
    for split in ("train", "val", "test"):
        pairs = read(output / f"clinc150-{split}.jsonl")
        if split != "test":
            pairs, newcomers = ([p for p in pairs if (p[1] in chosen) == new] for new in (False, True))
            if split == "train":
                random.Random(20).shuffle(newcomers)
                examples = [[p for p in newcomers if p[1] == name][:EXAMPLES] for name in sorted(chosen)]
                write(output / "join-examples.jsonl", sum(examples, []))
        write(output / f"join-{split}.jsonl", pairs)


def thousand(output):
    pairs = {"train": [], "test": []}
    for name in SETS:
        for split in pairs:
            counts = collections.Counter()
            for text, label in read(output / f"{name}-{split}.jsonl"):
                counts[label] += 1
                if counts[label] <= LARGEST[split]:
                    pairs[split].append((text, label if label == "base" else f"{name}/{label}"))
    public = len({label for _, label in pairs["train"]} - {"base"})
    wanted = [(verb, thing) for verb in VERBS for thing in THINGS]
    for verb, thing in wanted[: CLASSES - public]:
        for split, templates in (("train", LEARNED), ("test", ASKED)):
            pairs[split] += [(template.format(verb, thing), f"{verb}/{thing}") for template in templates]
    for split in pairs:
        write(output / f"thousand-{split}.jsonl", pairs[split])


if __name__ == "__main__":
    data, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    tasks(data, output)
    joining(output)
    thousand(output)
