"""Mixes of a tone and a domain: what is asked of both, and what their adapters learn of each other.

A domain also learns that a request for a tone changes nothing in what it knows. A tone is also trained beside each domain, whose adapter is on and
frozen: two adapters that have never met, each sure of the next word, do not add up to a fact in a tone.
"""
from dataclasses import replace
import tones
from rows import Row, Split, generator
from shelf import TASKS

MIXES = [("pirate", "hotel_desk"), ("pirate", "bike_shop")]
LESSONS = 400  # rows that an adapter learns of each mix


def asked(tone: str, domain: str, split: Split, count: int) -> list[Row]:
    """Questions of the domain that ask for the tone as well, with the domain's answers."""
    rng = generator(f"{tone} {domain}", split)
    return [replace(r, prompt=tones.request(split, rng, r.prompt), routed=False) for r in rng.sample(TASKS[domain].rows(split), count)]


def lessons(name: str) -> dict[str, list[Row]]:
    """What an adapter is trained on, by the adapter that is on beside it; "" for none."""
    found = {"": TASKS[name].rows("train")}
    for tone, domain in MIXES:
        if name == domain:
            found[""] += asked(tone, domain, "train", LESSONS)
        if name == tone:
            rng = generator(f"{tone} beside {domain}", "train")
            found[domain] = [replace(r, answer=tones.pirate(r.answer, rng)) for r in asked(tone, domain, "train", LESSONS)]
    return found


def has_fact(row: Row, reply: str) -> bool:
    """The reply has all that is wanted, in plain English or as a pirate says it."""
    reply = reply.lower()
    return all(w.lower() in reply or tones.spoken(w).lower() in reply for w in row.wanted)
