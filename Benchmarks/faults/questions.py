"""What is asked while things go wrong, and what the answers have to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fusebox_client import Client, SubmitOptions


@dataclass(frozen=True)
class Question:
    """A request whose answer is the same each time; its name is unique."""

    name: str
    prompt: str
    options: SubmitOptions
    select: Any = "auto"


@dataclass(frozen=True)
class Answer:
    """One part of a reply, as a service gives it to which nothing happens."""

    ids: tuple[int, ...]
    text: str
    finish_reason: str


Reference = dict[str, list[Answer]]

_TASKS = "Write 12 in words. Write a happy review of a car."


def _seeded(seed: int) -> Question:
    """A reply of the base that is hot enough to go on for some hundred tokens."""
    options = SubmitOptions(temperature=4.0, seed=seed, max_tokens=300)
    return Question(f"seeded {seed}", "Go on.", options, select="base")


ALL: tuple[Question, ...] = (
    Question("routed", _TASKS, SubmitOptions(max_tokens=60)),
    Question("parts", _TASKS, SubmitOptions(max_tokens=40, split=True)),
    Question("greedy", _TASKS, SubmitOptions(max_tokens=60, temperature=0.0), select="base"),
    Question(
        "mixed",
        "Write a review of a hotel.",
        SubmitOptions(max_tokens=120, temperature=1.5, top_p=0.95, seed=7),
        select={"positive": 0.5, "hotels": 1.0},
    ),
    Question(
        "penalized",
        "Go on.",
        SubmitOptions(
            max_tokens=200, temperature=2.0, seed=8, frequency_penalty=0.5, presence_penalty=0.2
        ),
        select="base",
    ),
    Question(
        "stopped",
        "Go on.",
        SubmitOptions(max_tokens=300, temperature=4.0, seed=3, stop=["e o", "th"]),
        select="base",
    ),
    Question(
        "recomputed",
        "Write a sad review of a phone. Write 31 in words.",
        SubmitOptions(max_tokens=80, temperature=1.0, seed=9, kv_rule="recompute"),
    ),
    *(_seeded(seed) for seed in (1, 2, 3, 4, 5, 6, 7, 8)),
)

#: Those that run for long enough to be disturbed.
LONG: tuple[Question, ...] = tuple(_seeded(seed) for seed in range(10, 40))


def reference(endpoint: str, questions: tuple[Question, ...] = ALL) -> Reference:
    """The right answers, from a service that nothing happens to meanwhile."""
    with Client(endpoint, answer_timeout=60) as client:
        replies = {
            question.name: client.submit(
                question.prompt, select=question.select, **question.options
            )
            for question in questions
        }
        answers: Reference = {}
        for name, reply in replies.items():
            answers[name] = [
                Answer(tuple(part.ids), part.text, part.done.finish_reason)
                for part in reply.result().parts
                if part.done
            ]
        return answers
