"""What happens to a request as people type it: in a hurry, on a small keyboard. The requests are in typed_skills.py, typed_attributes.py and typed_base.py."""

# "can u" is not put before these.
ASKING = set("is are was were am do does did can could would will should may have has who what whats what's which whose when where why how hows how's isn't any hi hey hello please".split())
HABITS = (
    (0.5, str.lower), (0.4, lambda t: t.rstrip(".?!")),
    (0.1, lambda t: t.replace("please", "pls").replace("Please", "pls")), (0.1, lambda t: t.replace("'", "")), (0.06, lambda t: t.replace(", ", ",")), (0.1, lambda t: t.replace(" and ", " & ")),
    (0.15, lambda t: t.replace(" you ", " u ").replace(" your ", " ur ").replace(" are ", " r ")), (0.2, lambda t: t.replace("going to", "gonna").replace("want to", "wanna")), (0.05, lambda t: t.replace(" the ", " ").replace(" a ", " ")),
    (0.06, lambda t: "hey, " + t), (0.03, lambda t: "hi, " + t), (0.05, lambda t: "ok so " + t), (0.03, lambda t: "quick one: " + t), (0.06, lambda t: t if t.split(" ")[0].lower() in ASKING else "can u " + t),
    (0.08, lambda t: t + " pls"), (0.05, lambda t: t + " thx"), (0.02, lambda t: t + " asap"), (0.06, lambda t: t + "!!"), (0.03, lambda t: t + " ..."), (0.04, lambda t: t.replace("?", "??")), (0.02, str.upper),
)


def typed(text, rng):
    """The text as it stands, or with what happens to words in a hurry."""
    for chance, change in HABITS:
        if rng.random() < chance:
            text = change(text)
    return misspelled(text, rng) if rng.random() < 0.12 else text


def misspelled(text, rng):
    """One letter of one long word is lost, doubled or changes places."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if long:
        i = rng.choice(long)
        word, at = words[i], rng.randrange(1, len(words[i]) - 1)
        words[i] = rng.choice([word[:at] + word[at + 1:], word[:at] + word[at + 1] + word[at] + word[at + 2:], word[:at + 1] + word[at:]])
    return " ".join(words)
