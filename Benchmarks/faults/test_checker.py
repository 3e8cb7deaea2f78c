"""The checker finds what is planted, and nothing in a history that is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from checker import check
from history import History
from questions import Answer

from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common

ID = bytes(range(16))
IDS = (5, 6, 7, 8)
REFERENCE = {"question": [Answer(IDS, "abcd", "length")]}


def accepted() -> client.Accepted:
    return client.Accepted(request=ID, seed=1, parts=1, durable=True)


def chunk(offset: int, count: int = 2, text: str | None = None) -> client.Chunk:
    text = "abcd"[offset : offset + count] if text is None else text
    return client.Chunk(request=ID, offset=offset, ids=IDS[offset : offset + count], text=text)


def done(tokens: int = 4, reason: Any = common.FINISH_REASON_LENGTH) -> client.Done:
    return client.Done(request=ID, reason=reason, usage=common.Usage(completion_tokens=tokens))


def failed(code: Any, retry_after_ms: int = 0) -> client.Failed:
    return client.Failed(request=ID, code=code, retry_after_ms=retry_after_ms)


def history(*messages: Any, deadline_ms: int = 0) -> History:
    """Of a request over one connection."""
    made = History()
    limits = common.Limits(deadline_ms=deadline_ms)
    made.asked(client.Submit(request=ID, limits=limits), "question", 1)
    return went_on(made, 1, *messages)


def went_on(made: History, connection: int, *messages: Any) -> History:
    for message in messages:
        made.received(message, connection)
    return made


def attached(made: History, connection: int, offset: int, *messages: Any) -> History:
    made.attached(client.Attach(request=ID, from_offsets=[offset]), connection)
    return went_on(made, connection, *messages)


def rules(made: History, **options: Any) -> list[str]:
    return [violation.rule for violation in check(made, REFERENCE, **options)]


def test_a_reply_that_is_right() -> None:
    assert rules(history(accepted(), chunk(0), chunk(2), done())) == []
    # A piece without ids brings text that was held back until the end.
    late = client.Chunk(request=ID, offset=4, text="d")
    assert rules(history(accepted(), chunk(0), chunk(2, text="c"), late, done())) == []


def test_a_reply_that_goes_on_elsewhere() -> None:
    made = history(accepted(), chunk(0))
    assert rules(attached(made, 2, 2, accepted(), chunk(2), done())) == []
    # Read again from the beginning, and once more after its end.
    made = attached(made, 3, 0, accepted(), chunk(0, 4), done())
    assert rules(attached(made, 4, 4, accepted(), done())) == []


def test_what_was_never_accepted_is_owed_nothing() -> None:
    assert rules(history()) == []
    assert rules(history(failed(common.CODE_RESOURCE_EXHAUSTED, 100))) == []


def test_what_may_happen() -> None:
    made = history(accepted(), chunk(0))
    assert rules(made, pending=[ID]) == []
    made.closed(ID)
    assert rules(made) == []
    cancelled = history(accepted(), chunk(0))
    cancelled.cancelled(ID)
    assert rules(went_on(cancelled, 1, done(2, common.FINISH_REASON_CANCELLED))) == []
    # A front that leaves, and one that waits for a slow reader: the reply goes on.
    for code in (common.CODE_UNAVAILABLE, common.CODE_SLOW_CONSUMER):
        made = history(accepted(), chunk(0), failed(code, retry_after_ms=50))
        assert rules(attached(made, 2, 2, accepted(), chunk(2), done())) == []


Planted = Callable[[], History]

PLANTED: list[tuple[str, Planted]] = [
    ("C1", lambda: history(accepted(), chunk(0), chunk(2), done(), done())),
    ("C1", lambda: history(accepted(), accepted(), chunk(0, 4), done())),
    (
        "C1",
        lambda: attached(
            history(accepted(), chunk(0, 4), done()),
            *(2, 4, accepted(), done(4, common.FINISH_REASON_END)),
        ),
    ),
    ("C2", lambda: history(accepted(), chunk(0), chunk(3, 1), done())),
    ("C2", lambda: history(accepted(), chunk(0), chunk(0), chunk(2), done())),
    ("C2", lambda: history(accepted(), chunk(2), done())),
    ("C2", lambda: history(accepted(), chunk(0), done())),
    ("C2", lambda: attached(history(accepted(), chunk(0)), 2, 2, accepted(), chunk(1, 3), done())),
    ("C2", lambda: attached(history(accepted(), chunk(0)), 2, 2, accepted(), chunk(3), done())),
    (
        "C3",
        lambda: history(
            accepted(), client.Chunk(request=ID, ids=[5, 6, 9, 8], text="abxd"), done()
        ),
    ),
    ("C3", lambda: history(accepted(), chunk(0), chunk(2, text="c"), done())),
    ("C3", lambda: history(accepted(), chunk(0, 3), done(3))),
    ("C3", lambda: history(accepted(), chunk(0), done(2, common.FINISH_REASON_CANCELLED))),
    ("C3", lambda: history(accepted(), chunk(0), done(2, common.FINISH_REASON_DEADLINE))),
    (
        "C3",
        lambda: attached(
            history(accepted(), chunk(0)), 2, 2, accepted(), chunk(2, text="bcd"), done()
        ),
    ),
    ("C3", lambda: history(client.Accepted(request=ID, parts=2), chunk(0, 4), done())),
    ("C4", lambda: history(accepted(), chunk(0))),
    ("C4", lambda: history(accepted(), chunk(0), failed(common.CODE_INTERNAL))),
    ("C4", lambda: attached(history(accepted()), 2, 0, failed(common.CODE_NOT_FOUND))),
    ("C5", lambda: history(accepted(), chunk(0, 4), done(), chunk(3, 1))),
    ("C5", lambda: attached(history(accepted(), chunk(0), done(2)), 2, 2, accepted(), chunk(2))),
]


@pytest.mark.parametrize(("rule", "planted"), PLANTED)
def test_what_is_planted_is_found(rule: str, planted: Planted) -> None:
    assert rule in rules(planted())


def test_a_deadline_that_passes_is_found() -> None:
    made = history(
        accepted(), chunk(0), done(2, common.FINISH_REASON_DEADLINE), deadline_ms=1000
    )
    assert rules(made) == []
    made.requests[ID].ended_at[0] += 5
    assert rules(made) == ["C4"]
    unbegun = (accepted(), failed(common.CODE_DEADLINE_EXCEEDED))
    assert rules(history(*unbegun, deadline_ms=1000)) == [] and rules(history(*unbegun)) == ["C4"]


def test_places_and_attempts_are_counted() -> None:
    made = history(accepted(), chunk(0, 4), done())
    made.places.append({"worker-0": (3, 2), "worker-1": (1, 0)})
    made.tried(ID, 3)
    assert rules(made) == ["C7"]
    made.tried(ID, 4)
    assert rules(made) == ["C7", "C8"]
