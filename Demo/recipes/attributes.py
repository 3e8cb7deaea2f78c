"""Training texts of the sentiment and topic adapters: free text, replies to a request, and replies to a request for both attributes.

A text is {text, sentiment, topic}. A sentiment adapter sees every topic equally often and a topic adapter both sentiments equally often,
so that each learns its own attribute and leaves the other to its partner in a mix.
"""
import gzip, json
from collections import defaultdict
from wordings import BOTH_REQUESTS, MOOD_REQUESTS, MOODS, THINGS, TOPIC_REQUESTS

GENERATED = "synthetic_sentiment_topic_grid"
NATURAL = ["movies_sentence_polarity", "clothing_reviews"]  # short real reviews with a label
NATURAL_SHARE = 0.15
LONGEST = 180  # characters


def texts(folder, data):
    with gzip.open(f"{data}/attr/{folder}/train.jsonl.gz", "rt", encoding="utf-8") as f:
        return [r for r in map(json.loads, f) if len(r["text"]) <= LONGEST]


def balanced(items, key, rng):
    """As many items of each value of key."""
    groups = defaultdict(list)
    for r in items:
        groups[r[key]].append(r)
    size = min(map(len, groups.values()))
    return [r for g in groups.values() for r in rng.sample(g, size)]


def request(sentiment, topic, rng, text=""):
    """A request for a text of this sentiment, this topic, or both; it names the very thing that the text is about if it can."""
    things = THINGS.get(topic, [""])
    words = set(text.lower().replace(".", " ").replace("!", " ").split()) - {"a", "an", "the", "my", "at", "by", "i", "our", "your"}
    named = [t for t in things if words & set(t.split())]
    if sentiment and topic:
        template = rng.choice(BOTH_REQUESTS[sentiment])
    else:
        template = rng.choice(MOOD_REQUESTS[sentiment] if sentiment else TOPIC_REQUESTS)
    return fix_article(template.format(mood=rng.choice(MOODS[sentiment]) if sentiment else "", thing=rng.choice(named or things)))


def fix_article(text):
    """Write an for a before a vowel."""
    words = text.split(" ")
    for i in range(len(words) - 1):
        if words[i] in ("a", "A") and words[i + 1][0] in "aeiou" and not words[i + 1].startswith(("one", "use", "uni")):
            words[i] += "n"
    return " ".join(words)


def select(name, items, rng):
    """The texts of one attribute, the other attribute balanced."""
    if name in THINGS:
        return balanced([r for r in items if r["topic"] == name and r["sentiment"] in MOODS], "sentiment", rng)
    return balanced([r for r in items if r["sentiment"] == name], "topic", rng)


def examples(name, data, rng):
    """(context, completion) pairs for the adapter: a third free text, a third its own requests, a third requests for both attributes."""
    picked = select(name, texts(GENERATED, data), rng)
    natural = [r for f in NATURAL for r in texts(f, data) if name in (r["sentiment"], r["topic"])]
    if natural:
        natural = select(name, natural, rng)
        picked += rng.sample(natural, min(len(natural), int(NATURAL_SHARE * len(picked))))
    out = []
    for r in picked:
        own = (None, name) if name in THINGS else (name, None)
        for ask in (None, own, (r["sentiment"], r["topic"])):
            context = f"<|user|>{request(*ask, rng, r['text'])}<|assistant|>" if ask else "<|endoftext|>"
            out.append((context, r["text"].strip() + "<|endoftext|>"))
    return out
