"""Write sentences that say which adapter they want, to train and check the router with; every sentence is generated here.

    python router_data.py ADAPTERS OUT

OUT/train.jsonl and OUT/validation.jsonl hold {"text", "adapter"}, or {"text", "adapters"} for a request for a sentiment and a topic.
"base" stands for a sentence that none of the adapters is for. The wordings of the validation sentences do not occur in training.
"""
import argparse, json, os, random
from attributes import fix_article
import typed_attributes, typed_base, typed_skills
import wordings as w
from typed import typed
from wordings import MOODS, SKILLS, THINGS

NAMES = "Adam Bella Carl Dora Erik Fay Gus Hanna Ivan Julia Karl Lena Mark Nina Oscar Petra Quinn Rita Steve Tom Ursula Vera Walter Yara Zoe".split()
PEOPLE = ["my brother", "the teacher", "our neighbour", "the old man", "her sister", "the driver", "my friend", "the girl next door", "the farmer", "a student"]
ACTIONS = ["opens the window", "bakes bread", "buys a ticket", "feeds the cat", "drinks tea", "rides a bike", "sings a song", "calls a friend", "cuts the grass", "takes the bus",
           "paints a wall", "washes the car", "writes a letter", "visits the museum", "plays chess", "cooks soup", "waits for the train", "climbs the hill", "reads the paper", "closes the shop"]
TIMES = ["", "", " every day", " in the evening", " on Friday", " at noon", " before dinner", " every winter", " after work", " at home"]
ROLES = ["doctor", "lawyer", "singer", "baker", "pilot", "nurse", "judge", "actor", "clerk", "painter", "guest", "waiter", "captain", "tailor", "poet", "banker"]
DEEDS = ["helped", "thanked", "called", "saw", "believed", "advised", "invited", "admired", "stopped", "met", "followed", "warned", "greeted", "trusted"]
ANIMALS = "horse cow pig goat lion bear wolf rabbit donkey camel".split()
COLOURS = "red blue green yellow white black brown pink grey orange".split()
WORDS = ("garden window letter summer river mountain bottle candle market winter silver button ladder pocket hammer blanket kitchen tunnel lantern bridge forest island basket "
         "mirror engine ticket village station carpet pencil orchard valley meadow cabin kettle anchor feather pebble harbour teapot violin drum rocket planet comet thunder whistle "
         "paper apple stone cloud bread chair table door light dream voice story music night water earth grain spoon glass plate shelf").split()


def sentence(rng):
    who = rng.choice(NAMES + PEOPLE)
    return f"{who[0].upper()}{who[1:]} {rng.choice(ACTIONS)}{rng.choice(TIMES)}."


def active_sentence(rng):
    """Somebody does something to somebody or something, now or in the past."""
    if rng.random() < 0.3:
        return sentence(rng)
    a, b = rng.sample(ROLES, 2)
    return f"The {a}{rng.choice(['', 's'])} {rng.choice(DEEDS)} the {b}{rng.choice(['', 's'])}."


def any_sentence(rng):
    """Not only what one adapter is asked for, or its sentences would tell it without the request."""
    return active_sentence(rng) if rng.random() < 0.3 else sentence(rng)


def brackets(rng):
    open_, pairs, out = [], {"(": ")", "[": "]", "{": "}", "<": ">"}, []
    for _ in range(rng.randint(4, 12)):
        if open_ and rng.random() < 0.4:
            out.append(pairs[open_.pop()])
        else:
            open_.append(rng.choice(sorted(pairs)))
            out.append(open_[-1])
    return " ".join(out if open_ else out + ["("])


def number(rng):
    return str(rng.randint(*rng.choice([(0, 99), (100, 999), (1000, 9998)])))


INPUTS = {
    "past_tense": sentence, "future_tense": any_sentence, "negation": any_sentence, "question": any_sentence, "passive": active_sentence, "close_brackets": brackets,
    "number_words": lambda rng: str(rng.randint(100, 9999)), "even_or_odd": number, "next_number": number, "bigger_number": lambda rng: f"{rng.randint(10, 999)} or {rng.randint(10, 999)}",
}


def distinct(make, count, taken):
    """Up to count new texts; a class with few texts gives what it has."""
    out = []
    for _ in range(count * 40):
        text = make()
        if len(out) < count and text not in taken:
            taken.add(text)
            out.append(text)
    return out


def begin_lower(text):
    return text if text.split(" ")[0] in ("I", *NAMES) else text[0].lower() + text[1:]


def vary(text, rng):
    """The text as it stands, or as people may type it."""
    return text if rng.random() < 0.7 else rng.choice([text.lower(), text.rstrip(".?!"), "Please, " + begin_lower(text), "Hi, " + begin_lower(text)])


class Training:
    """Requests in the wordings that the adapters know and in more, half of them as people type them."""

    def __init__(self, rng):
        self.rng = rng

    def as_typed(self):
        return self.rng.random() < 0.5

    def vary(self, text):
        return typed(text, self.rng) if self.as_typed() else vary(text, self.rng)

    def skill(self, name):
        if self.as_typed():
            return self.rng.choice(typed_skills.SKILLS[name])
        return self.rng.choice(SKILLS[name] + w.TASK_WORDINGS[name] * 2 + w.MORE_SKILLS[name])

    def mood(self, sentiment):
        return self.rng.choice(MOODS[sentiment] + w.MORE_MOODS[sentiment])

    def thing(self, topic):
        if self.rng.random() < 0.4:
            return self.rng.choice(THINGS[topic])
        kind = self.rng.choice(["", "", self.rng.choice(w.KINDS) + " "])
        return f"{self.rng.choice(['a', 'a', 'the', 'my', 'this'])} {kind}{self.rng.choice(w.NOUNS[topic] + typed_attributes.NOUNS[topic])}"

    def attribute(self, sentiment, topic):
        if self.as_typed():
            return self.rng.choice(typed_attributes.BOTH_REQUESTS[sentiment] if sentiment and topic else typed_attributes.TOPIC_REQUESTS if topic else typed_attributes.MOOD_REQUESTS[sentiment])
        composed = f"{self.rng.choice(w.OPENINGS)} a {self.rng.choice(w.TEXTS)}"
        if sentiment and topic:
            return self.rng.choice([self.rng.choice(w.BOTH_REQUESTS[sentiment]), self.rng.choice(w.MORE_BOTH_REQUESTS[sentiment]), composed + " about {thing}."])
        if topic:
            return self.rng.choice([self.rng.choice(w.TOPIC_REQUESTS), self.rng.choice(w.MORE_TOPIC_REQUESTS), composed + self.rng.choice([" about", " on"]) + " {thing}."])
        return self.rng.choice([self.rng.choice(w.MOOD_REQUESTS[sentiment]), self.rng.choice(w.MORE_MOOD_REQUESTS[sentiment]), composed + "."])

    def base(self):
        return self.rng.choice(w.BASE + w.MORE_BASE + typed_base.BASE)


class Validation:
    """Requests in wordings that neither the adapters nor the router are trained on."""

    def __init__(self, rng):
        self.rng = rng

    def vary(self, text):
        return vary(text, self.rng)

    def skill(self, name):
        return self.rng.choice(w.CHECK_SKILLS[name])

    def mood(self, sentiment):
        return self.rng.choice(w.CHECK_MOODS[sentiment])

    def thing(self, topic):
        return self.rng.choice(w.CHECK_THINGS[topic])

    def attribute(self, sentiment, topic):
        return self.rng.choice(w.CHECK_BOTH_REQUESTS[sentiment] if sentiment and topic else w.CHECK_TOPIC_REQUESTS if topic else w.CHECK_MOOD_REQUESTS[sentiment])

    def base(self):
        return self.rng.choice(w.CHECK_BASE)


def sentences(adapters, size, rng, taken, source):
    """All rows of one split: size texts a class, a quarter of that a pair, twice that for the base."""

    def ask(sentiment, topic):
        template = source.attribute(sentiment, topic)
        mood = source.mood(sentiment) if sentiment else ""
        return source.vary(fix_article(template.format(mood=mood, tone=mood and mood + " ", thing=source.thing(topic) if topic else "")))

    def chat():
        words = dict(name=rng.choice(NAMES), word=rng.choice(WORDS), who=rng.choice(PEOPLE), role=rng.choice(ROLES), animal=rng.choice(ANIMALS), colour=rng.choice(COLOURS))
        return source.vary(fix_article(source.base().format(**words)))

    out = []
    for name in adapters:
        if name in SKILLS:
            texts = distinct(lambda: source.vary(source.skill(name).format(INPUTS[name](rng))), size, taken)
        else:
            texts = distinct(lambda: ask(name if name in MOODS else None, name if name in THINGS else None), size, taken)
        out += [{"text": t, "adapter": name} for t in texts]
    for s in MOODS:
        for t in THINGS:
            if s in adapters and t in adapters:
                out += [{"text": x, "adapters": [s, t]} for x in distinct(lambda: ask(s, t), size // 4, taken)]
    out += [{"text": t, "adapter": "base"} for t in distinct(chat, 2 * size, taken)]
    rng.shuffle(out)
    return out


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("adapters"); p.add_argument("out")
    p.add_argument("--train", type=int, default=600); p.add_argument("--validation", type=int, default=40)
    a = p.parse_args()
    os.makedirs(a.out, exist_ok=True)
    adapters = sorted(n for n in os.listdir(a.adapters) if n in SKILLS or n in MOODS or n in THINGS)
    rng, taken = random.Random(0), set()
    for split, size, source in (("validation", a.validation, Validation(rng)), ("train", a.train, Training(rng))):
        made = sentences(adapters, size, rng, taken, source)
        with open(f"{a.out}/{split}.jsonl", "w", encoding="utf-8") as f:
            f.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in made)
        print(split, len(made))
