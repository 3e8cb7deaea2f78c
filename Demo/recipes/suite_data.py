"""Write the rows and the lexicon of the suites in Demo/suites; all of it is generated here, but for the lexicon of the generated reviews.

    python suite_data.py DATA ../suites

data/requests.jsonl   requests for a sentiment and a topic, in wordings that neither the adapters nor the router were trained on
data/texts.jsonl      the same pairs as free text
data/both/NAME.jsonl  questions that need two skills at once, which no adapter was trained on
data/skills/NAME.jsonl questions of one skill, in wordings that neither the adapters nor the router were trained on
data/lexicon.json     the words of judges.py, a topic's nouns three times as heavy as its other words
"""
import json
import random
import sys
from collections.abc import Callable
from pathlib import Path

from attributes import fix_article
from judges import GENERAL, GRID
from router_data import brackets
from tasks import ACTIONS, SUBJECTS, TIMES, inputs
from wordings import CHECK_BOTH_REQUESTS, CHECK_MOODS, CHECK_SKILLS, CHECK_THINGS

PAIR_ROWS = 10  # of each sentiment and topic
SKILL_ROWS = 60
BOTH_ROWS = 80

# What the adapters of these skills know; they were trained on small worlds, and the rows stay within them.
PEOPLE = "Sara Rose Jack Tina Paul Max Clara Henry Ben David Lucy Finn Iris Grace Olive Emma Leo Anna Kate Tom Mary Sam Noah".split()
DONE = [line.split("|") for line in """drink|drinks|drank|milk;open|opens|opened|the window;go|goes|went|to the market;walk|walks|walked|in the park;eat|eats|ate|an apple
play|plays|played|with the dog;help|helps|helped|the old man;wash|washes|washed|the car;call|calls|called|the doctor;find|finds|found|a coin;make|makes|made|a cake
clean|cleans|cleaned|the room;work|works|worked|in an office;want|wants|wanted|a new bike;start|starts|started|the car;drive|drives|drove|to work;read|reads|read|a book;bring|brings|brought|a map
buy|buys|bought|a hat;see|sees|saw|a bird;come|comes|came|to the party;cook|cooks|cooked|dinner;swim|swims|swam|in the lake;jump|jumps|jumped|over the wall;laugh|laughs|laughed|at the joke
watch|watches|watched|a film;look|looks|looked|at the sky;visit|visits|visited|the museum;talk|talks|talked|to a friend;listen|listens|listened|to music;tell|tells|told|a story
finish|finishes|finished|the book;take|takes|took|the train;paint|paints|painted|the wall""".replace("\n", ";").split(";")]
WHEN = ["", " after lunch", " on Monday", " every day", " every morning"]
ROLES = "manager actor professor judge tourist scientist secretary doctor senator author president banker student athlete artist lawyer".split()
DEEDS = "avoided recommended encouraged supported advised thanked recognized helped introduced admired contacted believed mentioned stopped".split()

UNITS = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen").split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}

Pair = tuple[str, str]


def words(n: int) -> str:
    """A number below ten thousand in British English."""
    if n < 20:
        return UNITS[n]
    if n < 100:
        return TENS[n // 10 - 2] + (f"-{UNITS[n % 10]}" if n % 10 else "")
    if n < 1000:
        return f"{UNITS[n // 100]} hundred" + (f" and {words(n % 100)}" if n % 100 else "")
    rest = n % 1000
    return f"{UNITS[n // 1000]} thousand" + ("" if not rest else f" and {words(rest)}" if rest < 100 else f", {words(rest)}")


def closed(text: str) -> str:
    left: list[str] = []
    for mark in text.split():
        if mark in CLOSING:
            left.append(CLOSING[mark])
        else:
            left.pop()
    return " ".join(reversed(left))


def statement(rng: random.Random) -> tuple[str, str, tuple[str, str, str], str]:
    """A subject, as it stands inside a sentence, an action and a time."""
    subject = rng.choice(SUBJECTS).replace("_", " ")
    return subject, subject if subject[0].isupper() else subject[0].upper() + subject[1:], rng.choice(ACTIONS), rng.choice(TIMES)


def plural(noun: str) -> str:
    return noun[:-1] + "ies" if noun.endswith("y") else noun + "s"


def past_tense(rng: random.Random) -> Pair:
    who, (_, third, past, rest), when = rng.choice(PEOPLE), rng.choice(DONE), rng.choice(WHEN)
    return f"{who} {third} {rest}{when}.", f"{who} {past} {rest}{when}."


def passive(rng: random.Random) -> Pair:
    (one, other), deed = rng.sample(ROLES, 2), rng.choice(DEEDS)
    many = rng.random() < 0.5
    agent, patient = plural(one) if rng.random() < 0.5 else one, plural(other) if many else other
    return f"The {agent} {deed} the {patient}.", f"The {patient} {'were' if many else 'was'} {deed} by the {agent}."


def bigger_number(rng: random.Random) -> Pair:
    one, other = rng.sample(range(10, 1000), 2)
    return f"{one} or {other}", str(max(one, other))


def number_words(rng: random.Random) -> Pair:
    n = rng.randint(100, 9999)
    return str(n), words(n)


def close_brackets(rng: random.Random) -> Pair:
    text = brackets(rng)
    return text, closed(text)


MADE: dict[str, Callable[[random.Random], Pair]] = {
    "past_tense": past_tense, "passive": passive, "bigger_number": bigger_number, "number_words": number_words, "close_brackets": close_brackets}


def held_out(name: str) -> list[Pair]:
    """Inputs that the adapter of a generated skill has not seen."""
    rng = random.Random(name)
    every = inputs(name, rng)
    keys = sorted({key for key, _, _ in every})
    held = set(rng.sample(keys, len(keys) // 8))
    return [(text, answer) for key, text, answer in every if key in held]


def skill(name: str) -> list[dict]:
    rng = random.Random(f"suite {name}")
    if name in MADE:
        pairs = list(dict.fromkeys(MADE[name](rng) for _ in range(3 * SKILL_ROWS)))
    else:
        pairs = held_out(name)
        rng.shuffle(pairs)
    return [{"prompt": rng.choice(CHECK_SKILLS[name]).format(text), "answer": answer, "adapters": [name]} for text, answer in pairs[:SKILL_ROWS]]


def future_question(rng: random.Random) -> Pair:
    inside, start, (base, third, rest), time = statement(rng)
    return f"{start} {third} {rest}{time}.", f"Will {inside} {base} {rest}{time}?"


def future_negation(rng: random.Random) -> Pair:
    _, start, (base, third, rest), time = statement(rng)
    return f"{start} {third} {rest}{time}.", f"{start} will not {base} {rest}{time}."


def past_question(rng: random.Random) -> Pair:
    who, (base, third, _, rest), when = rng.choice(PEOPLE), rng.choice(DONE), rng.choice(WHEN)
    return f"{who} {third} {rest}{when}.", f"Did {who} {base} {rest}{when}?"


def bigger_in_words(rng: random.Random) -> Pair:
    text, answer = bigger_number(rng)
    return text, words(int(answer))


def next_in_words(rng: random.Random) -> Pair:
    n = rng.randint(100, 999)
    return str(n), words(n + 1)


BOTH: dict[str, tuple[list[str], list[str], Callable[[random.Random], Pair]]] = {
    "future_question": (["question", "future_tense"], ["Turn this into a question in the future tense: {}", "Ask as a question whether this will happen tomorrow: {}"], future_question),
    "future_negation": (["negation", "future_tense"], ["Make this negative and put it into the future tense: {}", "Say in the future tense that this will not happen: {}"], future_negation),
    "past_question": (["question", "past_tense"], ["Turn this into a question in the past tense: {}", "Ask as a question whether this happened yesterday: {}"], past_question),
    "bigger_in_words": (["bigger_number", "number_words"], ["Write the bigger number in words: {}", "Which is bigger, {}? Answer in words."], bigger_in_words),
    "next_in_words": (["next_number", "number_words"], ["Write the number after {} in words.", "Which number follows {}? Answer in words."], next_in_words),
}


def both(name: str) -> list[dict]:
    adapters, wordings, make = BOTH[name]
    rng = random.Random(f"suite {name}")
    pairs = list(dict.fromkeys(make(rng) for _ in range(2 * BOTH_ROWS)))[:BOTH_ROWS]
    return [{"prompt": rng.choice(wordings).format(text), "answer": answer, "adapters": adapters} for text, answer in pairs]


def pairs() -> list[tuple[str, str]]:
    return [(mood, topic) for topic in sorted(CHECK_THINGS) for mood in sorted(CHECK_MOODS) for _ in range(PAIR_ROWS)]


def requests() -> list[dict]:
    rng = random.Random("suite requests")
    out = []
    for mood, topic in pairs():
        template = rng.choice(CHECK_BOTH_REQUESTS[mood])
        prompt = fix_article(template.format(mood=rng.choice(CHECK_MOODS[mood]), thing=rng.choice(CHECK_THINGS[topic])))
        out.append({"prompt": prompt, "attributes": {"sentiment": mood, "topic": topic}, "adapters": [mood, topic]})
    return out


def texts() -> list[dict]:
    return [{"prompt": "<|endoftext|>", "attributes": {"sentiment": mood, "topic": topic}, "adapters": [mood, topic]} for mood, topic in pairs()]


def lexicon(data: str) -> dict:
    grid = json.loads(Path(f"{data}/{GRID}/lexicon.json").read_text(encoding="utf-8"))
    # The same word may stand in several lists of the grid; it counts once.
    topics = {topic: {**{word: 1 for key in ("asp", "pa", "na", "pv", "nv") for word in entry[key]}, **{word: 3 for word in entry["noun"]}} for topic, entry in grid.items()}
    moods = {mood: {word: 1 for word in GENERAL[mood] + [w for entry in grid.values() for key in keys for w in entry[key]]} for mood, keys in (("positive", ("pa", "pv")), ("negative", ("na", "nv")))}
    return {"sentiment": moods, "topic": topics}


def main() -> None:
    data, out = sys.argv[1], Path(sys.argv[2]) / "data"
    files: dict[str, list[dict]] = {"requests": requests(), "texts": texts()}
    files |= {f"skills/{name}": skill(name) for name in CHECK_SKILLS}
    files |= {f"both/{name}": both(name) for name in BOTH}
    for name, rows in files.items():
        path = out / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    (out / "lexicon.json").write_text(json.dumps(lexicon(data), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
