"""The client against a scripted front on real sockets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_front import FakeFront, version

from fusebox_client import (
    Chunk,
    Client,
    Done,
    NoAnswer,
    ProtocolMismatch,
    RequestFailed,
    Unreachable,
)
from fusebox_client.frames import decode, encode
from fusebox_client.reply import Reply, Resume
from fusebox_client.request import prompt_message, selection_message, submit_message
from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common

MakeFront = Callable[..., FakeFront]


@pytest.fixture
def endpoint(tmp_path: Path) -> str:
    return f"ipc://{tmp_path}/front.sock"


@pytest.fixture
def front(endpoint: str) -> Iterator[MakeFront]:
    fronts: list[FakeFront] = []

    def make(**behaviour: Any) -> FakeFront:
        fronts.append(FakeFront(endpoint, **behaviour))
        return fronts[-1]

    yield make
    for made in fronts:
        made.stop()


def ids(length: int, seed: int = 42) -> list[int]:
    return [seed * 1000 + i for i in range(length)]


def text(length: int) -> str:
    return "".join(f"w{i} " for i in range(length))


def test_generates(endpoint: str, front: MakeFront) -> None:
    front()
    with Client(endpoint) as service:
        result = service.generate("7", max_tokens=7)
        assert result.text == text(7)
        assert result.ids == ids(7)
        assert result.finish_reason == "length"
        assert [segment.reason for segment in result.segments] == ["no_router"]
        assert [segment.unread_bytes for segment in result.segments] == [7]


def test_many_requests_at_once(endpoint: str, front: MakeFront) -> None:
    made = front()
    with Client(endpoint) as service:
        replies = [service.submit(str(length)) for length in range(30)]
        for length, reply in reversed(list(enumerate(replies))):
            assert reply.result().ids == ids(length)
    made.stop()
    assert sum(isinstance(verb, client.Close) for verb in made.log) == 30


def test_questions(endpoint: str, front: MakeFront) -> None:
    front()
    with Client(endpoint) as service:
        routing = service.route("Where to?")
        assert routing.weights == {"poet": 0.75} and routing.reason == "routed"
        assert routing.sentences[0].text == "Where to?"
        assert routing.sentences[0].candidates == {"poet": 0.75} and routing.unread_bytes == 7
        assert [adapter.name for adapter in service.adapters()] == ["poet"]
        status = service.status()
        assert status.version == "test"
        worker = status.workers[0]
        assert (worker.prompt_tokens, worker.cached_tokens, worker.evicted_blocks) == (48, 32, 5)


def test_cancels(endpoint: str, front: MakeFront) -> None:
    front()
    with Client(endpoint) as service:
        reply = service.submit("1000000")
        last = None
        for last in reply:
            if isinstance(last, Chunk):
                service.cancel(reply)
        assert isinstance(last, Done) and last.finish_reason == "cancelled"


def test_waits_for_a_busy_service(endpoint: str, front: MakeFront) -> None:
    front(busy_times=3)
    with Client(endpoint) as service:
        assert service.generate("3").ids == ids(3)
    front_is_full = FakeFront(endpoint + "2", busy_times=100)
    with Client(endpoint + "2", busy_timeout=0.1) as service:
        with pytest.raises(RequestFailed) as failure:
            service.generate("3")
    front_is_full.stop()
    assert failure.value.code == "resource_exhausted" and failure.value.retry_after == 0.02


def test_asks_again_where_nothing_is_heard(endpoint: str, front: MakeFront) -> None:
    made = front(deaf_times=2)
    with Client(endpoint, silence=0.1) as service:
        assert service.status().version == "test"
        made.deaf_times = 2
        assert service.generate("3").ids == ids(3)
        made.deaf_times = 1000
    with Client(endpoint, silence=0.1, answer_timeout=0.3) as service:
        with pytest.raises(NoAnswer):
            service.status()


def test_another_client_reads_it_again(endpoint: str, front: MakeFront) -> None:
    front()
    with Client(endpoint, keep_replies=True) as first:
        reply = first.submit("6")
        assert reply.result().ids == ids(6)
    with Client(endpoint) as second:
        assert second.attach(reply.request).result().ids == ids(6)


def test_a_missing_service_is_one_clear_error(endpoint: str) -> None:
    start = time.monotonic()
    with Client(endpoint) as service, pytest.raises(Unreachable, match="fusebox serve"):
        service.status()
    assert time.monotonic() - start < 3
    with pytest.raises(Unreachable):
        Client("nowhere")


def test_another_version_is_one_clear_error(endpoint: str, front: MakeFront) -> None:
    front(version=version(3, 2))
    with Client(endpoint) as service, pytest.raises(ProtocolMismatch, match="2 to 3"):
        service.status()


def test_clients_of_several_threads(endpoint: str, front: MakeFront) -> None:
    front()
    results: list[list[int]] = []

    def ask() -> None:
        with Client(endpoint) as service:
            results.append(service.generate("9").ids)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [ids(9)] * 4


def chunk(offset: int, ids: list[int], text: str) -> client.Chunk:
    return client.Chunk(offset=offset, ids=ids, text=text)


def test_a_reply_drops_what_it_has() -> None:
    reply = Reply(bytes(16), lambda reply: reply.take())
    reply.receive(client.Accepted(seed=1, parts=1))
    reply.receive(chunk(0, [5, 6], "a"))
    reply.receive(chunk(0, [5, 6], "a"))
    reply.receive(chunk(0, [5, 6, 7], "aü"))
    reply.receive(chunk(3, [], "end"))
    reply.receive(chunk(3, [], "end"))
    chunks = [event for event in reply if isinstance(event, Chunk)]
    assert [(c.offset, c.ids, c.text) for c in chunks] == [
        (0, [5, 6], "a"),
        (2, [7], "ü"),
        (3, [], "end"),
    ]


def test_a_reply_notices_gaps_and_other_replies() -> None:
    reply = Reply(bytes(16), lambda reply: reply.take())
    reply.receive(client.Accepted(seed=1, parts=1))
    reply.receive(chunk(0, [5, 6], "a"))
    with pytest.raises(Resume):
        reply.receive(chunk(4, [9], "x"))
    assert reply.offsets == [2]
    with pytest.raises(Resume):
        reply.receive(chunk(1, [6, 7], "x"))
    assert reply.offsets == [0]
    with pytest.raises(NoAnswer):
        reply.receive(chunk(0, [5, 9], "a"))
    done = client.Done()
    done.usage.completion_tokens = 4
    with pytest.raises(Resume):
        reply.receive(done)
    reply.receive(done)
    assert reply.is_finished


def test_requests_become_messages() -> None:
    submit = submit_message(
        "hi", select={"poet": 0.5}, kv_rule="pin", stop="x", deadline=1.5, seed=0, temperature=0.7
    )
    assert submit.selection.fixed.shares[0].name == "poet"
    assert submit.kv_rule == common.KV_RULE_PIN
    assert list(submit.limits.stop) == ["x"] and submit.limits.deadline_ms == 1500
    assert submit.sampling.HasField("seed") and submit.sampling.seed == 0
    assert not submit_message("hi").sampling.HasField("seed")
    assert submit_message("hi", keep=True).keep and not submit.keep
    with pytest.raises(ValueError):
        submit_message("hi", kv_rule="sometimes")
    assert prompt_message([{"role": "user", "content": "hi"}]).chat.messages[0].content == "hi"
    assert list(prompt_message([1, 2]).tokens.ids) == [1, 2]
    assert prompt_message("hi", raw=True).raw == "hi"
    assert list(selection_message(["a", "b"]).auto.allowed) == ["a", "b"]
    assert selection_message("base").WhichOneof("kind") == "base"
    assert selection_message("auto", "sum").auto.weighting == common.WEIGHTING_SUM
    with pytest.raises(ValueError):
        selection_message("poet")
    with pytest.raises(ValueError):
        selection_message("base", "sum")


def test_frames() -> None:
    encoded = encode(client.Cancel(request=bytes(range(16))))
    assert encoded[0] == b"FBX1\x01\x00\x01\x00\x00\x00\x00\x00" and encoded[1] == b"CANCEL"
    with pytest.raises(ValueError):
        encode(client.Submit(prompt=common.Prompt(text="x" * (1 << 20))))
    for foreign in ([], [b""], [b"HTTP/1.1 400"], [encoded[0], b"SUBMIT", b""], [encoded[0]]):
        with pytest.raises(ProtocolMismatch):
            decode(foreign)
    with pytest.raises(ProtocolMismatch):
        decode([encoded[0], b"CHUNK", b"\x0a\x50x"])
