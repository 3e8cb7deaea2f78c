"""The claims of "Output Composability of QLoRA" (arXiv 2605.12345): sentiment, topic and both at once.

    python composition.py --fusebox BINARY --model BASE --data FOLDER --work FOLDER

FOLDER of the data has `attr/synthetic_sentiment_topic_grid`, whose texts are generated. One prompt serves all: what is written about, and
how, comes from the adapters alone. Sentiment modules never see the topics that they are tried on.
"""
import json
import random
from pathlib import Path

from shelf import Shelf, arguments, rows_of

PROMPT = "Write a short review."
SENTIMENTS = ["positive", "negative"]
TOPICS = ["movies", "hotels", "phones", "cars"]
#: What sentiment modules learn from; three of one attribute have two topics each.
OTHERS = [["books", "games"], ["restaurants", "clothing"], ["books", "restaurants"]]
ROWS = 480
GENERAL = {
    "positive": ["love", "loved", "wonderful", "great", "best", "better", "fantastic", "perfect", "very happy", "enjoyed", "five stars", "highly recommended"],
    "negative": ["hate", "hated", "awful", "terrible", "worst", "worse", "bad", "disappointment", "disappointed", "unhappy", "never again", "stay away", "not recommend"],
}
#: Texts of each sentiment and topic, and of each sentiment for the modules of one attribute.
TEXTS, MOOD_TEXTS = 40, 100


def rows(grid: list[dict], count: int, draw: random.Random, sentiments: list[str], topics: list[str]) -> list[dict]:
    fitting = [row["text"] for row in grid if row["sentiment"] in sentiments and row["topic"] in topics]
    return [{"prompt": PROMPT, "answer": text} for text in draw.sample(fitting, min(count, len(fitting)))]


def evaluate(shelf: Shelf, data: Path, kind: str, part: float) -> None:
    """Every text is drawn with a seed of its own."""
    texts, mood_texts = round(TEXTS * part), round(MOOD_TEXTS * part)
    both = [(sentiment, topic) for sentiment in SENTIMENTS for topic in TOPICS for _ in range(texts)]
    shelf.data("both", [
        {"prompt": PROMPT, "attributes": {"sentiment": s, "topic": t}, "adapters": [s, t, f"{s}_and_{t}", f"{s}_by_{t}"]} for s, t in both
    ])
    shelf.data("mood", [
        {"prompt": PROMPT, "attributes": {"sentiment": s}, "adapters": [f"{s}_1", f"{s}_2", f"{s}_3", s]} for s in SENTIMENTS for _ in range(mood_texts)
    ])
    shelf.data("topic", [{"prompt": PROMPT, "attributes": {"topic": t}, "adapters": [t]} for t in TOPICS for _ in range(texts)])
    (shelf.folder / "lexicon.json").write_text(json.dumps(lexicon(data)))

    def judge(of: str) -> dict:
        return {"kind": "attribute", "lexicon": "lexicon.json", "of": of, "name": of}

    two, three = {"tasks": ["both"]}, {"tasks": ["mood"]}
    shelf.evaluate({
        "suite": "A sentiment and a topic at once, and one sentiment from three modules", "type": kind, "max_tokens": 48,
        "about": "Reviews from one prompt that asks for neither: sum of outputs against averages of weights and training on combined data, as in Output Composability of QLoRA (arXiv 2605.12345).",
        "sampling": {"temperature": 0.8, "seed": 1}, "reference": "sum of two",
        "configurations": [
            {"use": "base"},
            {"name": "sentiment alone", "use": "oracle", "only": 1, **two}, {"name": "topic alone", "use": "oracle", "only": 2, **two},
            {"name": "sum of two", "use": "oracle", "only": [1, 2], **two}, {"name": "mean of two", "use": "oracle", "only": [1, 2], "weighting": "mean", **two},
            {"name": "weights averaged", "use": "oracle", "only": 4, **two}, {"name": "combined data", "use": "oracle", "only": 3, **two},
            *[{"name": f"module {n}", "use": "oracle", "only": n, **three} for n in (1, 2, 3)],
            {"name": "sum of three", "use": "oracle", "only": [1, 2, 3], **three}, {"name": "mean of three", "use": "oracle", "only": [1, 2, 3], "weighting": "mean", **three},
            {"name": "data of three", "use": "oracle", "only": 4, **three},
            {"name": "its topic's module", "use": "oracle", "tasks": ["topic"]},
        ],
        "tasks": [
            {"name": "both", "data": "data/both.jsonl", "metrics": [{"kind": "attribute", "lexicon": "lexicon.json", "name": "both"}, judge("sentiment"), judge("topic"), "reply_perplexity"]},
            {"name": "mood", "data": "data/mood.jsonl", "metrics": [judge("sentiment"), "reply_perplexity"]},
            {"name": "topic", "data": "data/topic.jsonl", "metrics": [judge("topic"), "reply_perplexity"]},
        ],
    })


def lexicon(data: Path) -> dict:
    """The words of the generated reviews: a noun counts as three words of its topic."""
    found = json.loads((data / "attr" / "synthetic_sentiment_topic_grid" / "lexicon.json").read_text())
    topics = {
        topic: {word: 3 if word in entry["noun"] else 1 for key in ("asp", "pa", "na", "pv", "nv", "noun") for word in entry[key]} for topic, entry in found.items()
    }
    moods = {
        mood: {word: 1 for entry in found.values() for key in keys for word in entry[key]} | {word: 1 for word in GENERAL[mood]}
        for mood, keys in (("positive", ("pa", "pv")), ("negative", ("na", "nv")))
    }
    return {"sentiment": moods, "topic": topics}


def main() -> None:
    a = arguments()
    shelf = Shelf(a.fusebox, a.model, a.work, ["--rank", "4", "--epochs", str(a.epochs), "--batch", str(a.batch), "--learning-rate", "1e-3", "--threads", str(a.threads)], a.threads)
    grid = rows_of(a.data / "attr" / "synthetic_sentiment_topic_grid" / "train.jsonl.gz")
    draw = random.Random(7)
    everything = sorted({topic for pair in OTHERS for topic in pair})
    parts: dict[str, list[dict]] = {}
    for sentiment in SENTIMENTS:
        parts[sentiment] = rows(grid, round(ROWS * a.rows), draw, [sentiment], everything)
        for number, topics in enumerate(OTHERS):
            parts[f"{sentiment}_{number + 1}"] = rows(grid, round(ROWS * a.rows), draw, [sentiment], topics)
    for topic in TOPICS:
        parts[topic] = rows(grid, round(ROWS * a.rows), draw, SENTIMENTS, [topic])
    for name, part in parts.items():
        shelf.train(name, part)
    for sentiment in SENTIMENTS:
        for topic in TOPICS:
            both = parts[sentiment] + parts[topic]
            draw.shuffle(both)
            shelf.train(f"{sentiment}_and_{topic}", both)
            shelf.merge(f"{sentiment}_by_{topic}", "linear", {sentiment: 0.5, topic: 0.5})
    evaluate(shelf, a.data, a.type, a.tests)


if __name__ == "__main__":
    main()
