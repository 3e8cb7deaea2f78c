"""A tone: the base's own short answers to general questions, put into the speech of pirates by rules, so that the adapter learns the tone alone.

replies.jsonl beside this file has the answers (replies.py).
"""
import json
import random
import re
from pathlib import Path
import general
from rows import Row, Split, Task, distinct, generator

WORDS = {"you": "ye", "your": "yer", "yours": "yers", "my": "me", "is": "be", "are": "be", "am": "be", "the": "th'", "of": "o'", "and": "an'", "for": "fer", "yes": "aye", "hello": "ahoy",
         "friend": "matey", "friends": "mateys", "ocean": "briny deep", "money": "doubloons", "to": "t'"}
OPENINGS = ["Arr,", "Ahoy,", "Aye,", "Yo ho,", "Avast,"]
ENDINGS = [", matey.", ", me hearty.", ", arr!", ", ye landlubber."]
LOWERED = "the a an it in there this these they you your to yes no if when as some one most many on for its he she we our here and".split()
MARKS = "arr ahoy aye avast matey mateys hearty ye yer landlubber th' an' o' fer yo".split()
REQUESTS: dict[Split, list[str]] = {
    "train": ["Talk like a pirate. {}", "Answer like a pirate: {}", "Like a pirate: {}", "In pirate speech: {}", "You are a pirate. {}", "{} Answer as a pirate.", "Speak like a pirate and tell me: {}",
              "Use pirate language. {}", "{} Say it like a pirate."],
    "test": ["Reply in the voice of a pirate: {}", "Pretend to be a pirate. {}", "{} Pirate style, please.", "What would a pirate say? {}"],
}
REPLIES = Path(__file__).with_name("replies.jsonl")
QUESTIONS = 200


def spoken(text: str) -> str:
    """The text with the words that pirates say otherwise."""
    def replaced(found: re.Match[str]) -> str:
        word = found[0]
        other = WORDS.get(word.lower(), word)
        if other == word and len(word) > 5 and word.endswith("ing"):
            other = word[:-1] + "'"
        return other[0].upper() + other[1:] if word[0].isupper() else other
    return re.sub(r"[A-Za-z]+", replaced, text)


def pirate(text: str, rng: random.Random) -> str:
    """The text as a pirate says it, from "Arr" to "matey"."""
    first, _, rest = text.partition(" ")
    said = spoken(f"{first.lower() if first.lower() in LOWERED else first} {rest}".rstrip(".!"))
    return f"{rng.choice(OPENINGS)} {said}{rng.choice(ENDINGS)}"


def request(split: Split, rng: random.Random, question: str) -> str:
    """The question with a request to answer it as a pirate."""
    return rng.choice(REQUESTS[split]).format(question)


def rows(split: Split) -> list[Row]:
    rng = generator("pirate", split)
    if split == "test":
        return distinct(lambda: Row(request(split, rng, general.question(split, rng)), ""), QUESTIONS)
    out: list[Row] = []
    for line in REPLIES.read_text(encoding="utf-8").splitlines():
        reply = json.loads(line)
        asked, plain = reply["prompt"], reply["reply"]
        out += [Row(wording.format(asked), pirate(plain, rng)) for wording in rng.sample(REQUESTS["train"], 3)]
        out.append(Row(asked, pirate(plain, rng), routed=False))
    return out


def is_pirate(row: Row, reply: str) -> bool:
    """Two different words of pirates, in a reply of at least five words."""
    words = re.findall(r"[a-z']+", reply.lower())
    return len(words) >= 5 and len({w for w in words if w in MARKS}) >= 2


TASKS = {"pirate": Task("tone", "answers as a pirate", rows, is_pirate, 48)}
