"""The skills' questions: read from a task collection, or generated here.

A row is {prompt, input, answer}. The generated sentences are split by subject and action, the numbers by number, so that no test input occurs in training.
"""
import gzip, json, random
from wordings import TASK_WORDINGS

SUBJECTS = ("Amir Beth Colin Diana Elsa Frank Greta Harry Irene Jonas Klara Liam Mona Nora Otto Paula Rosa Simon Tara Victor "
            "the_teacher the_nurse the_baker my_aunt my_cousin our_neighbour his_father her_mother the_old_woman the_young_man the_gardener the_captain").split()
ACTIONS = [  # base form, third person, what follows
    ("open", "opens", "the window"), ("close", "closes", "the gate"), ("read", "reads", "a newspaper"), ("write", "writes", "a letter"), ("drink", "drinks", "a cup of tea"),
    ("eat", "eats", "an apple"), ("cook", "cooks", "the dinner"), ("bake", "bakes", "a cake"), ("wash", "washes", "the car"), ("clean", "cleans", "the kitchen"),
    ("paint", "paints", "a picture"), ("buy", "buys", "some bread"), ("sell", "sells", "old books"), ("carry", "carries", "a heavy box"), ("feed", "feeds", "the horses"),
    ("visit", "visits", "a friend"), ("call", "calls", "the doctor"), ("watch", "watches", "a film"), ("play", "plays", "the piano"), ("sing", "sings", "a song"),
    ("walk", "walks", "to the station"), ("run", "runs", "along the river"), ("drive", "drives", "to work"), ("swim", "swims", "in the lake"), ("sleep", "sleeps", "in the garden"),
    ("sit", "sits", "under the tree"), ("wait", "waits", "for the bus"), ("work", "works", "in the shop"), ("study", "studies", "at the library"), ("dance", "dances", "in the hall"),
    ("climb", "climbs", "the hill"), ("help", "helps", "the children"), ("teach", "teaches", "a class"), ("repair", "repairs", "the roof"), ("cut", "cuts", "the grass"),
    ("send", "sends", "a parcel"), ("find", "finds", "a coin"), ("lose", "loses", "the key"), ("hide", "hides", "the present"), ("draw", "draws", "a map")]
TIMES = ["", "", " on Sunday", " every day", " in the morning", " after lunch", " at night", " at noon", " in spring", " before school"]


def sentence(subject, action, time):
    """A statement and its three other forms."""
    base, third, rest = action
    named = subject[0].isupper()
    start, inside = (subject, subject) if named else (subject[0].upper() + subject[1:], subject)
    return f"{start} {third} {rest}{time}.", {
        "future_tense": f"{start} will {base} {rest}{time}.", "negation": f"{start} does not {base} {rest}{time}.", "question": f"Does {inside} {base} {rest}{time}?"}


def inputs(name, rng):
    """(key, input, answer) of a generated skill; a key is all in training or all in the test."""
    if name in ("even_or_odd", "next_number"):
        numbers = [*range(1000), *rng.sample(range(1000, 9999), 3000)]
        return [(n, str(n), str(n + 1) if name == "next_number" else "odd" if n % 2 else "even") for n in numbers]
    out = []
    for s in (s.replace("_", " ") for s in SUBJECTS):
        for a in ACTIONS:
            for time in rng.sample(TIMES, 4):
                text, forms = sentence(s, a, time)
                out.append(((s, a), text, forms[name]))
    return out


GENERATED = ("future_tense", "negation", "question", "even_or_odd", "next_number")


def generate(name, split):
    rng = random.Random(name)
    all_ = inputs(name, rng)
    keys = sorted({k for k, _, _ in all_})
    held = set(rng.sample(keys, len(keys) // 8))
    picked = [(i, answer) for k, i, answer in all_ if (k in held) == (split == "test")]
    rng.shuffle(picked)
    picked = picked[:600] if split == "test" else picked
    return [{"prompt": rng.choice(TASK_WORDINGS[name]).format(i), "input": i, "answer": answer} for i, answer in picked]


def task_rows(name, data, split):
    """The rows of one skill, split train or test."""
    if name in GENERATED:
        return generate(name, split)
    with gzip.open(f"{data}/tasks/{name}/{split}.jsonl.gz", "rt", encoding="utf-8") as f:
        return [json.loads(line) for line in f]
