"""What sacrebleu, rouge-score and an exhaustive bootstrap say of small cases.

    python make_metrics.py OUTPUT_FOLDER

bleu.json       [{"pairs": [[reply, [reference, ...]], ...], "score"}]: corpus BLEU by sacrebleu 2.6 (13a, exponential smoothing), and
                "tokens": [[text, [token, ...]], ...] of its tokenizer
rouge.json      [{"reply", "references", "rouge1", "rougeL"}]: F measures by rouge-score 0.1.2 without stemming, the best reference
bootstrap.json  [{"left", "right", "mean", "confidence", "interval"}]: percentile intervals of the mean paired difference over all
                n^n resamples, each as likely as the other
lexicon.json    {"lexicon", "cases": [[text, {attribute: value or null}], ...]}: attributes by counting with Python's `re`
"""
import itertools
import json
import random
import re
import sys
from pathlib import Path

import numpy as np
import sacrebleu
from rouge_score import rouge_scorer

TEXTS = [
    "The hotel was clean, quiet and close to everything.", "the hotel was quiet and clean", "A hotel; 3.5 stars, 1,000 rooms - really?", "",
    "It costs $5.00 (five dollars), i.e. 5,00 EUR.", "“Quoted” text… and an em—dash, café naïve 12-13", "&quot;a&quot; &amp; b &lt;c&gt; d", "...,,.. .5 5. a.b,c",
    "Ja, das ist 1-2-3 gut!!", "x", "The the THE the", "well-known re-use of 24-hour/7-day shifts", "line one\nline two-\nline three", "a\u00a0b\u2003c\td  e",
    "[brackets] {braces} <angles> `ticks` ~tilde^ | pipe", "Ünïcödé 東京 タワー", "end with space ", " begin with space", "100% sure @home #1 _under_", "don't won't it's",
    "She sells sea shells by the sea shore, and the shells she sells are sea shells.", "sea shells are what she sells by the shore", "no", "yes", "Yes.",
]


def bleu() -> list[dict]:
    rng = random.Random(1)
    cases = []
    for size in (1, 1, 1, 2, 3, 5, 8, 13):
        for _ in range(3):
            pairs = []
            for _ in range(size):
                reply = rng.choice(TEXTS)
                words = reply.split()
                near = " ".join(w for w in words if rng.random() < 0.8) or rng.choice(TEXTS)
                pairs.append([reply, [rng.choice([near, rng.choice(TEXTS)]) for _ in range(rng.choice([1, 1, 2, 3]))]])
            most = max(len(r) for _, r in pairs)
            streams = [[r[i] if i < len(r) else None for _, r in pairs] for i in range(most)]
            cases.append({"pairs": pairs, "score": sacrebleu.corpus_bleu([p for p, _ in pairs], streams).score})
    return cases


def tokens() -> list[list]:
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
    tokenizer = Tokenizer13a()
    return [[t, tokenizer(t.rstrip()).split()] for t in TEXTS]


def rouge() -> list[dict]:
    rng = random.Random(2)
    scorer = rouge_scorer.RougeScorer(["rouge1", "rougeL"], use_stemmer=False)
    cases = []
    for _ in range(40):
        reply, references = rng.choice(TEXTS), rng.sample(TEXTS, rng.choice([1, 1, 2]))
        scores = scorer.score_multi(references, reply)
        cases.append({"reply": reply, "references": references, "rouge1": scores["rouge1"].fmeasure, "rougeL": scores["rougeL"].fmeasure})
    return cases


def bootstrap() -> list[dict]:
    cases = []
    for left, right in [([1, 0, 1, 1, 1], [0, 0, 1, 0, 1]), ([0.2, 0.9, 0.4, 0.7, 0.1, 0.8], [0.1, 0.5, 0.6, 0.2, 0.3, 0.4]), ([1, 1, 0, 0, 1, 0], [0, 1, 1, 0, 0, 1])]:
        differences = np.array(left) - np.array(right)
        n = len(differences)
        means = np.array([differences[list(i)].mean() for i in itertools.product(range(n), repeat=n)])
        for confidence in (0.8, 0.95):
            low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
            cases.append({"left": left, "right": right, "mean": float(differences.mean()), "confidence": confidence, "interval": [float(low), float(high)]})
    return cases


LEXICON = {
    "topic": {"hotels": {"hotel": 3, "guest house": 3, "room": 1, "bed": 1}, "cars": {"car": 3, "engine": 1, "drive": 1}},
    "sentiment": {"positive": {"clean": 1, "close to everything": 1, "loved": 1, "well paced": 1}, "negative": {"dirty": 1, "closed": 1, "never again": 1, "too loud": 1}},
}


def lexicon() -> dict:
    texts = ["The hotel was clean, and close to everything!", "Two hotels, one car.", "A guest house. Rooms were dirty and TOO LOUD; never again", "cars' engines", "I loved the beds", "", "hotelier carpet bedding",
             "A car in a hotel", "clean but dirty", "well-paced drive", "The guest\nhouse", "hôtel hotel's", "room_bed car2", "never, again"]

    def judge(text: str, values: dict[str, dict[str, int]]) -> str | None:
        totals = {}
        for value, terms in values.items():
            find = re.compile(r"\b(" + "|".join(sorted(map(re.escape, terms), key=len, reverse=True)) + r")s?\b", re.I)
            totals[value] = sum(terms[m.lower()] for m in find.findall(text))
        best = max(totals.values())
        winners = [v for v, total in totals.items() if total == best]
        return winners[0] if best and len(winners) == 1 else None

    return {"lexicon": LEXICON, "cases": [[t, {a: judge(t, v) for a, v in LEXICON.items()}] for t in texts]}


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(exist_ok=True)
    for name, content in [("bleu", {"cases": bleu(), "tokens": tokens()}), ("rouge", rouge()), ("bootstrap", bootstrap()), ("lexicon", lexicon())]:
        (out / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
