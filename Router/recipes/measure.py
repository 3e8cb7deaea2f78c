"""Measures how well `fusebox router` learns to route: every figure of evaluation.md, one set after the other.

    measure.py FUSEBOX ROWS SENTENCES REQUESTS OUT [--only NAME ...] [--against OTHER] [--train ARGUMENT ...]

ROWS is what convert.py and folds.py wrote, SENTENCES the test prompts of `multi_sentence` (gzip), REQUESTS a folder with
train.jsonl, validation.jsonl, paraphrases.jsonl and requests.jsonl. OUT gets a router, figures and predictions of each set; what is there
already is kept. OTHER is the OUT of another program or of other settings, on the same ROWS: its answers are compared row by
row (McNemar's exact test). ARGUMENTs go to `router train`.
"""

import argparse
import collections
import json
import math
import pathlib
import random
import subprocess

import measure_sentences

FOLDS = 4


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def names(row):
    return sorted(set(row.get("adapters") or [row["adapter"]]) - {"base"})


class Bench:
    def __init__(self, options):
        self.options = options
        self.rows, self.out = pathlib.Path(options.rows), pathlib.Path(options.out)
        self.out.mkdir(parents=True, exist_ok=True)

    def fusebox(self, *arguments):
        command = [self.options.fusebox, "router", *map(str, arguments)]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    def train(self, name, data, validation=None):
        """A router in OUT/name, and what `router train` said."""
        folder = self.out / name
        if (folder / "training.json").exists():
            return folder
        held = ["--validation", validation] if validation else []
        command = [self.options.fusebox, "router", "train", "--data", *data, *held, "--output", folder, *self.options.train]
        said = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout
        seconds = float(said.split("trained in ")[1].split(" s")[0])
        (folder / "training.json").write_text(json.dumps({"seconds": seconds}))
        return folder

    def evaluate(self, folder, data, name="test"):
        """The figures, and one (row is right, scope) for each row."""
        answers = folder / f"{name}.predictions.jsonl"
        figures = self.fusebox("evaluate", "--router", folder, "--data", data, "--predictions", answers, "--json")
        right = [a["predicted"] in (names(row) or ["base"]) for a, row in zip(read(answers), read(data))]
        return figures, right

    # One method a set; each returns figures to print and to keep.

    def intents(self, name):
        held = self.rows / f"{name}-val.jsonl"
        folder = self.train(name, [self.rows / f"{name}-train.jsonl"], held if held.exists() else None)
        data = self.rows / f"{name}-test.jsonl"
        figures, right = self.evaluate(folder, data)
        figures |= json.loads((folder / "training.json").read_text())
        if self.options.against:
            other = pathlib.Path(self.options.against) / name / "test.predictions.jsonl"
            inside = [bool(names(row)) for row in read(data)]
            before = [a["predicted"] in names(row) for a, row in zip(read(other), read(data))]
            figures["mcnemar"] = mcnemar([(b, r) for b, r, i in zip(before, right, inside) if i])
        return figures

    def learning_all(self, name):
        """Without rows to validate with alone: some of all are held out to calibrate with, and learned in the end."""
        folder = self.train(f"{name}-all", [self.rows / f"{name}-{split}.jsonl" for split in ("train", "val")])
        figures, _ = self.evaluate(folder, self.rows / f"{name}-test.jsonl")
        return figures | json.loads((folder / "training.json").read_text())

    def folds(self):
        correct, floor = collections.defaultdict(list), collections.defaultdict(list)
        for fold in range(FOLDS):
            train, test = (self.rows / f"tasks-{fold}-{split}.jsonl" for split in ("train", "test"))
            _, right = self.evaluate(self.train(f"tasks-{fold}", [train]), test)
            bayes = NaiveBayes([(row["text"], row["adapter"]) for row in read(train)])
            for row, hit in zip(read(test), right):
                correct[fold, row["adapter"]].append(hit)
                floor[fold, row["adapter"]].append(bayes(row["text"]) == row["adapter"])
        return bootstrap(correct, floor)

    def sentences(self):
        folder = self.train("sentences", [self.rows / "tasks26-train.jsonl", self.rows / "multi_sentence-train.jsonl"])
        counts = measure_sentences.count(self.options.fusebox, folder, self.options.sentences)
        return {name: count / counts["parts"] for name, count in counts.items() if name not in ("parts", "pieces", "right pieces")} | {
            "pieces": counts["pieces"], "per sentence": counts["right pieces"] / counts["pieces"]}

    def joining(self):
        folder = self.train("join", [self.rows / "join-train.jsonl"], self.rows / "join-val.jsonl")
        examples = self.rows / "join-examples.jsonl"
        joined = sorted({row["adapter"] for row in read(examples)})
        test = read(self.rows / "join-test.jsonl")
        (folder / "others.jsonl").write_text("".join(json.dumps(row) + "\n" for row in test if row["adapter"] not in joined))
        before, _ = self.evaluate(folder, folder / "others.jsonl", "others")
        grown = self.out / "join-grown"
        subprocess.run(["rm", "-rf", grown], check=True)
        subprocess.run(["cp", "-r", folder, grown], check=True)
        for name in joined:
            subprocess.run([self.options.fusebox, "router", "add", "--router", grown, name, "--examples", examples], check=True, capture_output=True)
        after, right = self.evaluate(grown, self.rows / "join-test.jsonl")
        share = lambda kept: sum(kept) / len(kept)
        new = [share([hit for hit, row in zip(right, test) if row["adapter"] == name]) for name in joined]
        old = share([hit for hit, row in zip(right, test) if row["adapter"] not in joined and row["adapter"] != "base"])
        return {"new": share(new), "old": old, "old before": before["accuracy"], "auroc": after["auroc"], "auroc before": before["auroc"]}

    def thousand(self):
        folder = self.train("thousand", [self.rows / "thousand-train.jsonl"])
        figures, _ = self.evaluate(folder, self.rows / "thousand-test.jsonl")
        return figures | json.loads((folder / "training.json").read_text())

    def typed(self, name):
        """The whole decision: the adapters that a request gets are those it asks for, no more and no fewer."""
        given = pathlib.Path(self.options.requests)
        folder = self.train("demo", [given / "train.jsonl"], given / "validation.jsonl")
        test = given / f"{name}.jsonl"
        figures, best = self.evaluate(folder, test)
        answers = []
        rows = read(test)
        for row, said in zip(rows, measure_sentences.explain(self.options.fusebox, folder, rows)):
            answers.append({"text": row["text"], "right": names(row), "kept": sorted({k["name"] for k in said["kept"] if k["weight"] > 0} - {"base"})})
        (folder / f"{name}.decisions.jsonl").write_text("".join(json.dumps(a, ensure_ascii=False) + "\n" for a in answers))
        share = lambda hits: sum(hits) / len(hits)
        return {
            "right adapters": share([a["kept"] == a["right"] for a in answers]),
            "all that are right among them": share([set(a["right"]) <= set(a["kept"]) and bool(a["kept"]) == bool(a["right"]) for a in answers]),
            "most probable one is right": share(best),
            "auroc": figures["auroc"],
        }


class NaiveBayes:
    """Multinomial naive Bayes over words and pairs of words, add-one smoothing."""

    def __init__(self, pairs):
        self.counts, self.sizes = collections.defaultdict(collections.Counter), collections.Counter(label for _, label in pairs)
        for text, label in pairs:
            self.counts[label].update(self.grams(text))
        self.totals = {label: sum(counts.values()) for label, counts in self.counts.items()}
        self.vocabulary = len(set().union(*self.counts.values()))

    @staticmethod
    def grams(text):
        words = text.lower().split()
        return words + list(zip(words, words[1:]))

    def __call__(self, text):
        grams = self.grams(text)
        def score(label):
            counts, floor = self.counts[label], math.log(self.totals[label] + self.vocabulary)
            return math.log(self.sizes[label]) + sum(math.log(counts[gram] + 1) - floor for gram in grams)
        return max(self.counts, key=score)


def mcnemar(pairs):
    """Rows that one of two got right alone, and the two-sided exact probability of such a split by chance."""
    lost, won = sum(b and not a for b, a in pairs), sum(a and not b for b, a in pairs)
    count, fewer = lost + won, min(lost, won)
    tail = sum(math.comb(count, k) for k in range(fewer + 1)) / 2 ** count if count else 1.0
    return {"lost": lost, "won": won, "p": min(1.0, 2 * tail)}


def bootstrap(correct, floor, draws=2000):
    """Mean accuracy over templates, the floor's, and the difference with its 95 % interval over templates drawn anew."""
    keys = sorted(correct)
    mean = lambda hits: sum(hits) / len(hits)
    accuracies = [(mean(correct[key]), mean(floor[key])) for key in keys]
    generator = random.Random(0)
    drawn = sorted(mean([a - b for a, b in generator.choices(accuracies, k=len(keys))]) for _ in range(draws))
    return {"templates": len(keys), "accuracy": mean([a for a, _ in accuracies]), "naive Bayes": mean([b for _, b in accuracies]),
            "difference": mean([a - b for a, b in accuracies]), "from": drawn[draws // 40], "to": drawn[-draws // 40]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("fusebox", "rows", "sentences", "requests", "out"):
        parser.add_argument(name)
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--against")
    parser.add_argument("--train", nargs=argparse.REMAINDER, default=[])
    options = parser.parse_args()
    bench = Bench(options)
    sets = {name: (lambda name=name: bench.intents(name)) for name in ("clinc150", "banking77", "hwu64", "snips")}
    sets["clinc150-all"] = lambda: bench.learning_all("clinc150")
    sets |= {name: getattr(bench, name) for name in ("folds", "joining", "sentences", "thousand")}
    sets |= {name: (lambda name=name: bench.typed(name)) for name in ("paraphrases", "requests")}
    for name in options.only or sets:
        figures = sets[name]()
        (bench.out / f"{name}.json").write_text(json.dumps(figures, indent=1))
        print(name, json.dumps({key: round(value, 4) if isinstance(value, float) else value for key, value in figures.items() if key not in ("router", "predictions")}), flush=True)


if __name__ == "__main__":
    main()
