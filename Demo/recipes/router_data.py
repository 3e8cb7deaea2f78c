"""Write sentences that say which adapter they want, to train and check the router with; every sentence is generated here.

    python router_data.py ADAPTERS OUT

OUT/train.jsonl and OUT/validation.jsonl hold {"text", "adapter"}, or {"text", "adapters"} for a request for a sentiment and a topic.
"base" stands for a sentence that none of the adapters is for. The wordings of the validation sentences do not occur in training, and
neither do most of their words; only the requests' frames come from wordings.py.
"""
import argparse, json, os, random
from attributes import fix_article
from wordings import (BASE, BOTH_REQUESTS, CHECK_BASE, CHECK_BOTH_REQUESTS, CHECK_MOOD_REQUESTS, CHECK_MOODS, CHECK_SKILLS, CHECK_THINGS, CHECK_TOPIC_REQUESTS,
                      MOOD_REQUESTS, MOODS, SKILLS, TASK_WORDINGS, THINGS, TOPIC_REQUESTS)

NAMES = "Adam Bella Carl Dora Erik Fay Gus Hanna Ivan Julia Karl Lena Mark Nina Oscar Petra Quinn Rita Steve Tom Ursula Vera Walter Yara Zoe".split()
PEOPLE = ["my brother", "the teacher", "our neighbour", "the old man", "her sister", "the driver", "my friend", "the girl next door", "the farmer", "a student"]
ACTIONS = ["opens the window", "bakes bread", "buys a ticket", "feeds the cat", "drinks tea", "rides a bike", "sings a song", "calls a friend", "cuts the grass", "takes the bus",
           "paints a wall", "washes the car", "writes a letter", "visits the museum", "plays chess", "cooks soup", "waits for the train", "climbs the hill", "reads the paper", "closes the shop"]
TIMES = ["", "", " every day", " in the evening", " on Friday", " at noon", " before dinner", " every winter", " after work", " at home"]
ROLES = ["doctor", "lawyer", "singer", "baker", "pilot", "nurse", "judge", "actor", "clerk", "painter", "guest", "waiter", "captain", "tailor", "poet", "banker"]
DEEDS = ["helped", "thanked", "called", "saw", "believed", "advised", "invited", "admired", "stopped", "met", "followed", "warned", "greeted", "trusted"]
GROUPS = {"animals": "horse cow pig goat lion bear wolf rabbit donkey camel", "fruit": "apple pear plum cherry lemon peach banana grape fig melon",
          "colours": "red blue green yellow white black brown pink grey orange", "clothes": "hat scarf glove sock coat shirt boot skirt belt jacket",
          "vehicles": "bus train tram bike lorry boat plane taxi ship van", "jobs": "baker nurse pilot farmer judge waiter tailor miner painter clerk",
          "weather": "rain snow wind storm fog hail thunder frost sunshine sleet", "body": "arm leg foot knee nose ear hand neck elbow chin"}
WORDS = ("garden window letter summer river mountain bottle candle market winter silver button ladder pocket hammer blanket kitchen tunnel lantern bridge forest island basket "
         "mirror engine ticket village station carpet pencil orchard valley meadow cabin kettle anchor feather pebble harbour teapot violin drum rocket planet comet thunder whistle "
         "paper apple stone cloud bread chair table door light dream voice story music night water earth grain spoon glass plate shelf").split()
THINGS_OWNED = "cup plate spoon lamp chair pen book key coin drum shirt hat apple onion carrot goat hen duck bike boat".split()
COUNTS = ["two", "three", "four", "five", "six"]


def sentence(rng):
    who = rng.choice(NAMES + PEOPLE)
    return f"{who[0].upper()}{who[1:]} {rng.choice(ACTIONS)}{rng.choice(TIMES)}."


def active_sentence(rng):
    a, b = rng.sample(ROLES, 2)
    return f"The {a}{rng.choice(['', 's'])} {rng.choice(DEEDS)} the {b}{rng.choice(['', 's'])}."


def numbers(rng):
    return " ".join(str(rng.randint(0, 99)) for _ in range(rng.randint(3, 5)))


def odd_words(rng):
    a, b = rng.sample(sorted(GROUPS), 2)
    words = rng.sample(GROUPS[a].split(), 3) + rng.sample(GROUPS[b].split(), 1)
    rng.shuffle(words)
    return ", ".join(words)


def brackets(rng):
    open_, pairs, out = [], {"(": ")", "[": "]", "{": "}", "<": ">"}, []
    for _ in range(rng.randint(4, 12)):
        if open_ and rng.random() < 0.4:
            out.append(pairs[open_.pop()])
        else:
            open_.append(rng.choice(sorted(pairs)))
            out.append(open_[-1])
    return " ".join(out if open_ else out + ["("])


def owned(rng):
    parts = []
    for thing in rng.sample(THINGS_OWNED, rng.randint(2, 6)):
        parts.append(f"{rng.choice(COUNTS)} {thing}s" if rng.random() < 0.4 else fix_article(f"a {thing}"))
    return f"I have {', '.join(parts[:-1])} and {parts[-1]}."


def python_task(rng):
    x, y = sorted(rng.sample(range(1, 99), 2))
    v, w = rng.choice("abcnxyzt"), rng.choice(WORDS)
    return rng.choice([f"print the numbers from {x} to {y}", f"print the word {w}", f"print the sum of {x} and {y}", f"print the product of {x} and {y}", f"set {v} to {x} and print it",
                       f"print the word {w} {rng.randint(2, 9)} times", f"print yes if {v} is bigger than {x}", f"print {y} minus {x}", f"print {w} in a loop", f"add {x} and {y}"])


INPUTS = {
    "past_tense": sentence, "passive": active_sentence, "sort_numbers": numbers, "odd_one_out": odd_words, "close_brackets": brackets, "count_objects": owned, "python_code": python_task,
    "number_words": lambda rng: str(rng.choice([rng.randint(1000, 9999), rng.randint(10, 9999)])),
    "bigger_number": lambda rng: f"{rng.randint(10, 999)} or {rng.randint(10, 999)}",
    "add": lambda rng: f"{rng.randint(0, 999)} + {rng.randint(0, 99)}",
    "subtract": lambda rng: "{1} - {0}".format(*sorted(rng.choices(range(200), k=2))),
    "uppercase": lambda rng: rng.choice(WORDS), "first_letter": lambda rng: rng.choice(WORDS),
}


def begin_lower(text):
    return text if text.split(" ")[0] in ("I", *NAMES) else text[0].lower() + text[1:]


def distinct(make, count, taken):
    """Up to count new texts; a class with few texts gives what it has."""
    out = []
    for _ in range(count * 40):
        text = make()
        if len(out) < count and text not in taken:
            taken.add(text)
            out.append(text)
    return out


def sentences(adapters, size, rng, taken, check):
    """All rows of one split: size texts a class."""
    moods, things = (CHECK_MOODS, CHECK_THINGS) if check else (MOODS, THINGS)
    skills = CHECK_SKILLS if check else {n: SKILLS[n] + TASK_WORDINGS[n] * 2 for n in SKILLS}
    topic_requests, mood_requests, both_requests, base = ((CHECK_TOPIC_REQUESTS, CHECK_MOOD_REQUESTS, CHECK_BOTH_REQUESTS, CHECK_BASE) if check else
                                                          (TOPIC_REQUESTS, MOOD_REQUESTS, BOTH_REQUESTS, BASE))
    vary = lambda text: text if rng.random() < 0.7 else rng.choice([text.lower(), text.rstrip(".?!"), "Please, " + begin_lower(text), "Hi, " + begin_lower(text)])
    mood = lambda s: rng.choice(moods[s]) if s else ""
    thing = lambda t: rng.choice(things[t]) if t else ""
    ask = lambda templates, s=None, t=None: vary(fix_article(rng.choice(templates).format(mood=mood(s), thing=thing(t))))
    out = []
    for name in adapters:
        if name in SKILLS:
            texts = distinct(lambda: vary(rng.choice(skills[name]).format(INPUTS[name](rng))), size, taken)
        elif name in MOODS:
            texts = distinct(lambda: ask(mood_requests[name], s=name), size, taken)
        else:
            texts = distinct(lambda: ask(topic_requests, t=name), size, taken)
        out += [{"text": t, "adapter": name} for t in texts]
    for s in MOODS:
        for t in THINGS:
            if s in adapters and t in adapters:
                out += [{"text": x, "adapters": [s, t]} for x in distinct(lambda: ask(both_requests[s], s, t), size // 4, taken)]
    fill = lambda: dict(name=rng.choice(NAMES), word=rng.choice(WORDS), who=rng.choice(PEOPLE), role=rng.choice(ROLES), animal=rng.choice(GROUPS["animals"].split()), colour=rng.choice(GROUPS["colours"].split()))
    out += [{"text": t, "adapter": "base"} for t in distinct(lambda: vary(fix_article(rng.choice(base).format(**fill()))), 2 * size, taken)]
    rng.shuffle(out)
    return out


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("adapters"); p.add_argument("out")
    p.add_argument("--train", type=int, default=300); p.add_argument("--validation", type=int, default=40)
    a = p.parse_args()
    os.makedirs(a.out, exist_ok=True)
    adapters = sorted(n for n in os.listdir(a.adapters) if n in SKILLS or n in MOODS or n in THINGS)
    rng, taken = random.Random(0), set()
    for split, size in (("validation", a.validation), ("train", a.train)):
        made = sentences(adapters, size, rng, taken, split == "validation")
        with open(f"{a.out}/{split}.jsonl", "w", encoding="utf-8") as f:
            f.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in made)
        print(split, len(made))
