"""Generated rows to train on: requests of twenty to a hundred words and their answers."""
import json
import random
from pathlib import Path

PLACES = ["the harbour", "a small workshop", "the north garden", "an old mill", "the reading room", "the market square"]
THINGS = ["lamp", "bicycle", "kettle", "letter", "clock", "ladder", "violin", "map", "basket", "engine"]
PEOPLE = ["Mira", "Jonas", "Ada", "Tomas", "Lena", "Omar"]
DEEDS = ["was cleaned", "was sold", "went missing", "was repaired twice", "was lent to a neighbour", "stood in the rain"]


def story(draw: random.Random, sentences: int) -> list[tuple[str, str]]:
    return [
        (draw.choice(THINGS), f"In {draw.choice(PLACES)} the {{}} of {draw.choice(PEOPLE)} {draw.choice(DEEDS)} on day {draw.randint(1, 30)}.")
        for _ in range(sentences)
    ]


def write(path: Path, count: int, seed: int = 1) -> None:
    draw = random.Random(seed)
    with path.open("w") as file:
        for _ in range(count):
            told = story(draw, draw.randint(1, 6))
            text = " ".join(sentence.format(thing) for thing, sentence in told)
            answer = "The story names " + ", ".join(f"a {thing}" for thing, _ in told) + "."
            file.write(json.dumps({"prompt": f"List the things in this story. {text}", "answer": answer}) + "\n")
