"""Judges of attributes: the lexicon of the generated reviews, and a classifier trained on texts that no adapter sees."""
import gzip, json, math, re
from collections import Counter

GRID = "attr/synthetic_sentiment_topic_grid"
GENERAL = {"positive": ["love", "loved", "wonderful", "great", "best", "better", "fantastic", "perfect", "very happy", "enjoyed", "five stars", "only recommend", "highly recommended", "worth every cent"],
           "negative": ["hate", "hated", "awful", "terrible", "worst", "worse", "bad", "disappointment", "disappointed", "unhappy", "did not enjoy", "one star", "not recommend", "never again", "stay away", "avoid", "waste"]}
OTHER = ["attr/products_pros_cons", "attr/electronics_product_reviews", "attr/chat_goemotions"]


def read(path, limit=None):
    with gzip.open(path, "rt", encoding="utf-8") as f:
        return [json.loads(line) for _, line in zip(range(limit or 10 ** 9), f)]


class LexiconJudge:
    """Counts the words of each topic and of each sentiment (of the lexicon, and some general ones); the one with most words wins, a tie is None."""

    def __init__(self, data):
        self.data = data
        with open(f"{data}/{GRID}/lexicon.json") as f:
            lexicon = json.load(f)
        find = lambda words: re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, set(words)), key=len, reverse=True)) + r")s?\b", re.I)
        self.nouns = {t: find(e["noun"]) for t, e in lexicon.items()}
        self.words = {t: find(e["asp"] + e["pa"] + e["na"] + e["pv"] + e["nv"]) for t, e in lexicon.items()}
        self.moods = {mood: find(GENERAL[mood] + [w for e in lexicon.values() for k in keys for w in e[k]])
                      for mood, keys in (("positive", ("pa", "pv")), ("negative", ("na", "nv")))}

    def topic(self, text):
        """A noun counts as three words."""
        return most({t: 3 * len(self.nouns[t].findall(text)) + len(self.words[t].findall(text)) for t in self.nouns})

    def sentiment(self, text):
        return most({m: len(find.findall(text)) for m, find in self.moods.items()})

    def accuracy(self, key, n=2000):
        rows = [r for r in read(f"{self.data}/{GRID}/train.jsonl.gz", 2 * n) if r["sentiment"] in self.moods][:n]
        return sum(getattr(self, key)(r["text"]) == r[key] for r in rows) / len(rows)


def most(counts):
    best = max(counts.values())
    winners = [k for k, v in counts.items() if v == best]
    return winners[0] if best and len(winners) == 1 else None


class SentimentClassifier:
    """Naive Bayes over words and pairs of words; None where neither sentiment is three times as likely as the other."""

    def __init__(self, data):
        self.data = data
        self.counts = {"positive": Counter(), "negative": Counter()}
        for folder in OTHER:
            for r in read(f"{data}/{folder}/train.jsonl.gz"):
                if r["sentiment"] in self.counts:
                    self.counts[r["sentiment"]].update(set(features(r["text"])))
        self.total = {m: sum(c.values()) for m, c in self.counts.items()}
        self.kinds = len(set().union(*self.counts.values()))

    def score(self, text):
        """Logarithm of the odds of positive."""
        logp = lambda m, f: math.log((self.counts[m][f] + 1) / (self.total[m] + self.kinds))
        return sum(logp("positive", f) - logp("negative", f) for f in set(features(text)))

    def sentiment(self, text):
        s = self.score(text)
        return "positive" if s > math.log(3) else "negative" if s < -math.log(3) else None

    def accuracy(self, folder, n=2000):
        """Share of labelled texts on the right side of even odds."""
        rows = [r for r in read(f"{self.data}/{folder}/train.jsonl.gz")[::4] if r["sentiment"] in self.counts][:n]
        return sum((self.score(r["text"]) > 0) == (r["sentiment"] == "positive") for r in rows) / len(rows)


def features(text):
    words = re.findall(r"[a-z']+", text.lower())
    return words + [f"{a} {b}" for a, b in zip(words, words[1:])]
