"""A classification: whether a sentence is positive or negative. Learned from reviews by people, of which nothing is in this repository, and from generated ones.

The environment's DATA names a folder of cleaned public collections, attr/*/train.jsonl.gz (text, sentiment). A twelfth of the rows, by their text's hash, is kept for testing.
"""
import gzip
import hashlib
import json
import os
import random
from rows import Row, Split, Task, generator, starts_as_wanted

COLLECTIONS = {"movies_sentence_polarity": 1800, "clothing_reviews": 700, "electronics_product_reviews": 700}  # rows for training
LONGEST = 170  # characters
MOODS = ("positive", "negative")
THINGS: dict[Split, list[str]] = {
    "train": "film book hotel phone restaurant car jacket game train lamp concert bakery".split(), "test": "museum laptop cafe dress bike show".split()}
PARTS = ["The {} was", "This {} is", "I found the {}", "Our {} was", "My new {} is"]
PRAISE = {"positive": ["wonderful", "great", "excellent", "a joy", "perfect", "better than expected", "worth every cent", "just lovely"],
          "negative": ["awful", "terrible", "a waste of money", "broken", "worse than expected", "far too expensive", "boring", "a disappointment"]}
MORE = {"positive": ["", "", " I will come back.", " I can only recommend it.", " Thank you!"], "negative": ["", "", " Never again.", " I want my money back.", " Stay away."]}
REQUESTS: dict[Split, list[str]] = {
    "train": ["Is this review positive or negative? {}", "Sentiment: {}", "Classify the sentiment: {}", "What is the sentiment of this text? {}", "Is the writer happy or not? {}", "Positive or negative: {}",
              "Rate the mood of this sentence as positive or negative: {}", "Sentiment of this review: {}"],
    "test": ["Does this sound positive or negative? {}", "Tell me the sentiment of this sentence: {}", "Judge the sentiment: {}"],
}
GENERATED: dict[Split, int] = {"train": 400, "test": 60}
TESTS = 240  # rows of each collection together


def is_kept(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[0] % 12 == 0


def reviews(collection: str, split: Split, rng: random.Random) -> list[tuple[str, str]]:
    """Texts and moods of a collection, as many of each mood."""
    with gzip.open(f"{os.environ['DATA']}/attr/{collection}/train.jsonl.gz", "rt", encoding="utf-8") as file:
        found = [(r["text"], r["sentiment"]) for r in map(json.loads, file) if r["sentiment"] in MOODS and 20 <= len(r["text"]) <= LONGEST]
    fitting = [(text, mood) for text, mood in found if is_kept(text) == (split == "test")]
    size = (COLLECTIONS[collection] if split == "train" else TESTS // len(COLLECTIONS)) // 2
    out: list[tuple[str, str]] = []
    for mood in MOODS:
        of_mood = [pair for pair in fitting if pair[1] == mood]
        out += rng.sample(of_mood, min(size, len(of_mood)))
    return out


def generated(split: Split, rng: random.Random) -> tuple[str, str]:
    mood = rng.choice(MOODS)
    return f"{rng.choice(PARTS).format(rng.choice(THINGS[split]))} {rng.choice(PRAISE[mood])}.{rng.choice(MORE[mood])}", mood


def rows(split: Split) -> list[Row]:
    """With DATA, reviews of people and generated ones; without, generated ones alone."""
    rng = generator("sentiment", split)
    written = [pair for name in COLLECTIONS for pair in reviews(name, split, rng)] if "DATA" in os.environ else []
    ours = [generated(split, rng) for _ in range(GENERATED[split])]
    return [Row(rng.choice(REQUESTS[split]).format(text), mood, (mood,), routed=is_ours)
            for pairs, is_ours in ((written, False), (ours, True)) for text, mood in pairs]


TASKS = {"sentiment": Task("classification", "says whether a sentence is positive or negative", rows, starts_as_wanted, 8)}
