"""A rewriting skill: a chat message becomes formal English. The formal sentence is written first and made casual by rules, so that the answer is exact."""
import random
import re
import general
from rows import Row, Split, Task, distinct, equals_answer, generator
from tickets import complaint

CASUAL = [  # formal phrase and its casual forms; longer phrases first
    ("I do not know", "idk"), ("let me know", "lmk"), ("by the way", "btw"), ("By the way", "btw"), ("as soon as possible", "asap"), ("in my opinion", "imo"), ("Thank you", "thx|thanks"),
    ("I am going to", "im gonna"), ("am going to", "gonna"), ("are going to", "gonna"), ("is going to", "gonna"), ("want to", "wanna"), ("have to", "gotta"), ("Could you please", "can u pls|could u pls"),
    ("Could you", "can u"), ("I am", "im"), ("I will", "ill|i'll"), ("I have not", "i havent"), ("I have", "i've|ive"), ("do not", "dont"), ("does not", "doesnt"), ("did not", "didnt"), ("cannot", "cant"),
    ("is not", "isnt"), ("was not", "wasnt"), ("will not", "wont"), ("It is", "its"), ("it is", "its"), ("you are", "ur"), ("We are", "were"), ("There is", "theres"), ("That is", "thats"),
    ("please", "pls"), ("Please", "pls"), ("because", "cuz|bc"), ("tomorrow", "tmrw|tmr"), ("tonight", "2nite"), ("before", "b4"), ("later", "l8r"), ("great", "gr8"), ("with", "w/"), ("about", "abt"),
    ("your", "ur"), ("you", "u"), ("are", "r"), ("for", "4"), ("people", "ppl"), ("message", "msg"), ("minutes", "mins"), ("information", "info"), ("weekend", "wknd"), ("Yes,", "yeah,|yep,"), ("No,", "nope,"),
    ("very", "rly|super"), ("and", "n|&"), ("see", "c"), ("why", "y"), ("something", "smth"),
]
GREETINGS = [("Hello {},", "hey {},|hi {}|yo {},|hey {}"), ("Hello,", "hey|hi|hey,|hiya"), ("", "")]
CLOSINGS = [(" Thank you.", " thx| thanks| thx!| ty"), ("", ""), ("", "")]
NAMES: dict[Split, list[str]] = {
    "train": "Anna Ben Clara David Emma Felix Grace Hugo Jack Karen Luis Maria Noah Olga Paul Rosa Sam Tina Vera Will Zoe".split(), "test": "Oscar Lena Mila Ahmed Chloe Ivan Nadia Peter".split()}
SENTENCES: dict[Split, list[str]] = {
    "train": ["I am going to be late for the {event}.", "Could you please send me the {file} as soon as possible?", "I do not know where the {file} is.", "We are going to leave before the {event}.",
              "I cannot come to the {event} because I am ill.", "Please let me know about the {event}.", "I want to talk with you about the {file}.", "I have to work tonight.", "It is a great {file}.",
              "There is something wrong with the {file}.", "That is very kind of you.", "I will call you {when}.", "You are not on the list for the {event}, and I do not know why.", "I did not get your message.",
              "The {file} is not ready.", "I have not read the {file}.", "Do you want to come to the {event}?", "By the way, the {event} is {when}.", "I am very happy with your {file}.", "It is going to rain {when}.",
              "We will not need the {file} for the {event}.", "Could you help me with the {file}?", "Are you free {when}?", "How many people are going to come to the {event}?", "In my opinion the {file} is great.",
              "I will be there in ten minutes.", "I have lost the {file} and cannot find it.", "Please bring the {file} {when}.", "Yes, I want to see you {when}.", "No, I cannot do that before the {event}.",
              "I am sorry, but the {event} was not very good.", "She does not want to wait for the {file}.", "They are late because of the {event}.", "I need more information about the {event}.", "See you later at the {event}.",
              "What are you going to do this weekend?", "You have to see the {file}.", "I will send you the {file} later.", "Where are you and why did you not call?", "Please do not forget the {file}."],
    "test": ["I am going to bring the {file} {when}.", "Could you please check the {file} before the {event}?", "I do not know about the {event}.", "I cannot open the {file} because it is too big.",
             "Please let me know when you are ready for the {event}.", "I want to see the {file} {when}.", "We have to wait for the {file}.", "There is a great {event} this weekend.", "I have not seen your message about the {file}.",
             "Are you going to sing at the {event}?", "I will be late, please wait for me.", "No, I do not want to go there with you.", "The people at the {event} are very nice.", "It is not your fault.", "By the way, I am free {when}."],
}
EVENTS: dict[Split, list[str]] = {"train": "meeting|party|dinner|exam|wedding|concert|lesson|interview|game|call|show|trip|lunch".split("|"), "test": "match|workshop|film|festival|training|conference".split("|")}
FILES: dict[Split, list[str]] = {"train": "report|list|photos|invoice|contract|plan|address|book|slides|key|ticket|letter|bill|map".split("|"), "test": "essay|budget|video|draft|receipt|form".split("|")}
WHENS = ["tomorrow", "tonight", "later", "on Monday", "on Friday", "next week", "at noon"]
REQUESTS: dict[Split, list[str]] = {
    "train": ["Make this formal: {}", "Rewrite this formally: {}", "Formal: {}", "Turn this chat message into formal English: {}", "Write this in formal English: {}", "Make this sound professional: {}",
              "Rewrite this message politely and formally: {}", "Clean up this message: {}"],
    "test": ["Please rewrite this in a formal way: {}", "Say this in proper English: {}", "Can you make this message formal? {}"],
}
QUESTIONS: dict[Split, int] = {"train": 2000, "test": 200}


def casual(text: str, rng: random.Random) -> str:
    """The text as a hurried person types it: most phrases of the table shortened, mostly in small letters, often without a full stop."""
    def shorten(found: re.Match[str]) -> str:
        return rng.choice(forms[found[0]]) if rng.random() < 0.85 else found[0]
    forms = {phrase: short.split("|") for phrase, short in CASUAL}
    text = re.sub("|".join(rf"(?<!\w){re.escape(phrase)}(?!\w)" for phrase in forms), shorten, text)
    text = text.lower() if rng.random() < 0.85 else text
    return text.rstrip(".") if rng.random() < 0.7 else text


def sentence(split: Split, rng: random.Random) -> str:
    """A formal sentence: one of those above, a customer's, or a general question."""
    kind = rng.choices(["own", "ticket", "question"], [5, 3, 2])[0]
    if kind == "ticket":
        return complaint(split, rng)[0]
    if kind == "question":
        return general.question(split, rng)
    return rng.choice(SENTENCES[split]).format(event=rng.choice(EVENTS[split]), file=rng.choice(FILES[split]), when=rng.choice(WHENS))


def message(split: Split, rng: random.Random) -> Row:
    text = sentence(split, rng)
    (greeting, hey), (closing, thx) = rng.choice(GREETINGS), rng.choice(CLOSINGS)
    name = rng.choice(NAMES[split])
    hey, thx = rng.choice(hey.split("|")).format(rng.choice([name, name.lower()])), rng.choice(thx.split("|"))
    typed = f"{hey} {casual(text, rng)}{thx}".strip()
    if greeting and not text.startswith("I "):
        text = text[0].lower() + text[1:]
    return Row(rng.choice(REQUESTS[split]).format(typed), f"{greeting.format(name)} {text}{closing}".strip())


def rows(split: Split) -> list[Row]:
    rng = generator("formal", split)
    return distinct(lambda: message(split, rng), QUESTIONS[split])


TASKS = {"formal": Task("rewriting", "rewrites a chat message in formal English", rows, equals_answer, 48)}
