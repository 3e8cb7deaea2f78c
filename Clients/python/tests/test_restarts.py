"""The client while the service ends, is gone and comes back: real sockets, a scripted front."""

from __future__ import annotations

from typing import Any

import pytest
from fake_front import FakeFront, replaced

from fusebox_client import Chunk, Client, Done, Event, Failed, Reply, RequestFailed, Unreachable
from fusebox_client.wire import client_pb2 as client


def tokens(events: list[Event], part: int = 0) -> list[int]:
    return [
        id
        for event in events
        if isinstance(event, Chunk) and event.part == part
        for id in event.ids
    ]


def submits(front: FakeFront) -> list[Any]:
    return [verb for verb in front.log if isinstance(verb, client.Submit)]


def read_chunks(reply: Reply, count: int) -> list[Event]:
    events: list[Event] = []
    while sum(isinstance(event, Chunk) for event in events) < count:
        events.append(next(reply))
    return events


def test_goes_on_after_a_kill(endpoint: str) -> None:
    first = FakeFront(endpoint, chunks_of_life=5)
    with Client(endpoint) as service:
        reply = service.submit("20")
        events = read_chunks(reply, 5)
        with replaced(first, seed=43) as successors:
            events += list(reply)
    assert tokens(events) == [42000 + i for i in range(20)]
    assert "".join(event.text for event in events if isinstance(event, Chunk)) == "".join(
        f"w{i} " for i in range(20)
    )
    assert isinstance(events[-1], Done)
    attach, again = successors[0].log[:2]
    assert list(attach.from_offsets) == [10]
    assert again.sampling.seed == 42


def test_goes_on_after_a_drain(endpoint: str) -> None:
    first = FakeFront(endpoint, chunks_until_drained=5)
    with Client(endpoint) as service, replaced(first, seed=43) as successors:
        events = list(service.submit("20"))
    assert tokens(events) == [42000 + i for i in range(20)]
    assert isinstance(events[-1], Done)
    assert [verb.sampling.seed for verb in submits(successors[0])] == [42]
    # The front that drains was asked again, after it had been told to forget what it had.
    assert isinstance(first.log[1], client.Close) and len(submits(first)) > 1


def test_a_drain_ends_no_part_twice(endpoint: str) -> None:
    first = FakeFront(endpoint, chunks_until_drained=4)
    with Client(endpoint) as service, replaced(first, seed=43):
        events = list(service.submit("4 9 6", split=True))
    assert [event.part for event in events if isinstance(event, Done)] == [0, 1, 2]
    for part, length in enumerate((4, 9, 6)):
        assert tokens(events, part) == [42000 + i for i in range(length)]


def test_waits_for_the_successor_of_a_front_that_drains(endpoint: str) -> None:
    first = FakeFront(endpoint, chunks_until_drained=0)
    with Client(endpoint, busy_timeout=0.6) as service:
        # Neither the time without a connection counts as busy, nor what was before it.
        with replaced(first, gap=0.4, busy_times=5):
            assert service.generate("3").text == "w0 w1 w2 "


def test_a_front_that_drains_for_too_long_is_an_error(endpoint: str) -> None:
    front = FakeFront(endpoint, chunks_until_drained=2)
    with Client(endpoint, busy_timeout=0.2) as service:
        events = list(service.submit("2 9 6", split=True))
    front.stop()
    ends = [event for event in events if isinstance(event, (Done, Failed))]
    assert [event.part for event in ends] == [0, 1, 2]
    assert [getattr(event, "code", "done") for event in ends] == ["done", *["unavailable"] * 2]


def test_a_failure_that_names_no_wait_is_final(endpoint: str) -> None:
    front = FakeFront(endpoint, chunks_until_drained=2, retry_after_ms=0)
    with Client(endpoint) as service, pytest.raises(RequestFailed, match="unavailable"):
        service.generate("9")
    front.stop()
    assert len(submits(front)) == 1


def test_a_service_that_does_not_come_back_is_one_clear_error(endpoint: str) -> None:
    front = FakeFront(endpoint, chunks_of_life=3)
    with Client(endpoint, reconnect_timeout=0.4) as service:
        reply = service.submit("20")
        read_chunks(reply, 3)
        front.stop()
        with pytest.raises(Unreachable, match="accepted.*0.4 s.*come: 6.*fusebox serve.*seed=42"):
            list(reply)
