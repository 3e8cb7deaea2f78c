"""Log probabilities of tokens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fusebox_client.wire import common_pb2 as common


@dataclass(frozen=True)
class Alternative:
    """One of the likeliest tokens of a place."""

    id: int
    log_probability: float
    #: What it stands for, perhaps half a character.
    text: bytes


@dataclass(frozen=True)
class TokenScore:
    """A token's natural logarithm of probability, before temperature, penalties and filters."""

    id: int
    #: None for the first token of a prompt, which follows nothing.
    log_probability: float | None
    #: What it stands for, perhaps half a character.
    text: bytes
    #: Best first.
    top: tuple[Alternative, ...]


def token_scores(messages: Iterable[common.TokenScore]) -> list[TokenScore]:
    return [
        TokenScore(
            id=score.id,
            log_probability=score.log_probability if score.HasField("log_probability") else None,
            text=score.text,
            top=tuple(Alternative(one.id, one.log_probability, one.text) for one in score.top),
        )
        for score in messages
    ]
