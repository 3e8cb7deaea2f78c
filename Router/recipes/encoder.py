"""Measures what routers upon a sentence encoder do: all-MiniLM-L6-v2 with the nearest centroid, and with a logistic head.

    encoder.py ENCODER ROWS [SET ...]

ENCODER is the encoder's folder, ROWS what convert.py wrote. The logistic head's decay is chosen on a tenth of the training
rows; time is that of single texts with one thread. Needs torch and transformers.
"""

import json
import pathlib
import sys
import time

import numpy
import torch
import transformers
from torch.nn import functional

BATCH = 128


def read(path):
    with open(path, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row["text"] for row in rows], [row["adapter"] for row in rows]


class Encoder:
    def __init__(self, folder):
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        self.model = transformers.AutoModel.from_pretrained(folder).eval()

    @torch.no_grad()
    def __call__(self, texts):
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        result = torch.zeros(len(texts), self.model.config.hidden_size)
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            batch = self.tokenizer([texts[place] for place in places], padding=True, truncation=True, max_length=128, return_tensors="pt")
            mask = batch["attention_mask"].unsqueeze(-1).float()
            result[places] = functional.normalize((self.model(**batch).last_hidden_state * mask).sum(1) / mask.sum(1), dim=-1)
        return result

    def microseconds(self, texts):
        times = []
        for text in texts:
            start = time.perf_counter()
            self([text])
            times.append(time.perf_counter() - start)
        return 1e6 * sorted(times)[len(times) // 2]


def centroids(vectors, classes, count):
    sums = torch.zeros(count, vectors.shape[1]).index_add(0, classes, vectors)
    return functional.normalize(sums, dim=-1)


def logistic(vectors, classes, count, decay):
    """Multinomial logistic regression by L-BFGS."""
    weights = torch.zeros(vectors.shape[1], count, requires_grad=True)
    biases = torch.zeros(count, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, biases], max_iter=200, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = functional.cross_entropy(vectors @ weights + biases, classes) + decay * weights.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return weights.detach(), biases.detach()


def figures(scores, classes, labels):
    """Accuracy in scope, AUROC of the largest score, and what is rejected at 95 % coverage."""
    places = torch.tensor([classes.get(label, -1) for label in labels])
    inside = places >= 0
    largest, best = scores.max(1)
    said = {"accuracy": (best[inside] == places[inside]).float().mean().item()}
    if (~inside).any():
        above, below = largest[inside].numpy(), largest[~inside].numpy()
        ranks = numpy.concatenate([above, below]).argsort().argsort()[: len(above)] + 1
        said["auroc"] = float((ranks.sum() - len(above) * (len(above) + 1) / 2) / (len(above) * len(below)))
        said["rejection_at_95"] = float((below < numpy.quantile(above, 0.05)).mean())
    return said


def main(folder, rows, sets):
    torch.set_num_threads(1)
    encoder = Encoder(folder)
    for name in sets:
        texts, labels = read(rows / f"{name}-train.jsonl")
        kept = [place for place, label in enumerate(labels) if label != "base"]
        names = sorted({labels[place] for place in kept})
        classes = {label: place for place, label in enumerate(names)}
        vectors, targets = encoder([texts[place] for place in kept]), torch.tensor([classes[labels[place]] for place in kept])
        asked, right = read(rows / f"{name}-test.jsonl")
        tests, time_each = encoder(asked), encoder.microseconds(asked[:200])
        held = torch.zeros(len(kept), dtype=torch.bool)
        held[torch.randperm(len(kept), generator=torch.Generator().manual_seed(0))[: len(kept) // 10]] = True

        def right_held(decay):
            weights, biases = logistic(vectors[~held], targets[~held], len(names), decay)
            return ((vectors[held] @ weights + biases).argmax(1) == targets[held]).float().mean().item()

        weights, biases = logistic(vectors, targets, len(names), max((1e-4, 1e-5, 1e-6, 1e-7), key=right_held))
        for head, scores in (("nearest centroid", tests @ centroids(vectors, targets, len(names)).T), ("logistic", tests @ weights + biases)):
            print(json.dumps({"set": name, "head": head, **figures(scores, classes, right), "microseconds": time_each}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:] or ["clinc150", "banking77", "hwu64"])
