"""The client against a scripted front on real sockets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing

import pytest
from fake_front import FakeFront, version

from fusebox_client import (
    AdapterUse,
    Chunk,
    Client,
    Closed,
    Done,
    Latency,
    NoAnswer,
    ProtocolMismatch,
    RefusedAdapter,
    RequestFailed,
    Result,
    RunningPart,
    Unreachable,
)
from fusebox_client.frames import decode, encode
from fusebox_client.request import encode_message, prompt_message, selection_message, submit_message
from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common

MakeFront = Callable[..., FakeFront]


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
    assert made.has(client.Close, 30)


def test_questions(endpoint: str, front: MakeFront) -> None:
    front()
    with Client(endpoint) as service:
        routing = service.route("Where to?")
        assert routing.weights == {"poet": 0.75} and routing.reason == "routed"
        assert routing.sentences[0].text == "Where to?"
        assert routing.sentences[0].candidates == {"poet": 0.75} and routing.unread_bytes == 7
        poet = service.adapters()[0]
        assert poet.name == "poet"
        assert (poet.resident, poet.loads, poet.evictions, poet.uses) == (1, 2, 3, 4)
        assert poet.load_ms == 5.5
        status = service.status()
        assert status.version == "test"
        assert (status.model, status.context, status.vocabulary) == ("tiny", 512, 99)
        assert status.refused_adapters == [RefusedAdapter("odd", "it fits another base")]
        worker = status.workers[0]
        assert (worker.prompt_tokens, worker.cached_tokens, worker.evicted_blocks) == (48, 32, 5)
        assert worker.parts == [RunningPart(bytes(range(16)), 1, {"poet": 0.75}, 9)]
        assert status.adapters == [AdapterUse("poet", 4, 0.75, 20)]
        assert (status.tokens, status.refused) == (30, 2)
        assert status.first_token == Latency(5, 0, 12.5, 0) and status.inter_token.count == 0
        assert (worker.adapter_loads, worker.adapter_bytes) == (6, 7)


def test_scores(endpoint: str, front: MakeFront) -> None:
    front()
    with Client(endpoint) as service:
        result = service.generate("5", scores=True, prompt_scores=True, top_scores=3)
        assert [score.id for score in result.scores] == result.ids == ids(5)
        assert [score.log_probability for score in result.scores] == [0, -1, -2, -3, -4]
        assert [score.id for score in result.prompt_scores] == [7, 8, 9]
        assert [score.log_probability for score in result.prompt_scores] == [None, -8, -9]
        plain = service.generate("5")
        assert not plain.scores and not plain.prompt_scores


def test_scores_come_once_though_the_service_is_replaced(endpoint: str) -> None:
    first = FakeFront(endpoint, chunks_of_life=3)
    with Client(endpoint, silence=0.3) as service:
        reply = service.submit("9", scores=True, prompt_scores=True)
        events = [next(reply) for _ in range(6)]
        first.stop()
        successor = FakeFront(endpoint)
        events += list(reply)
        successor.stop()
    result = Result.of(events)
    assert [score.id for score in result.scores] == result.ids == ids(9)
    assert [score.id for score in result.prompt_scores] == [7, 8, 9]


def test_cancels(endpoint: str, front: MakeFront) -> None:
    front()
    with Client(endpoint) as service:
        reply = service.submit("1000000")
        last = None
        for last in reply:
            if isinstance(last, Chunk):
                service.cancel(reply)
        assert isinstance(last, Done) and last.finish_reason == "cancelled"


def test_a_reply_that_is_closed_stops(endpoint: str, front: MakeFront) -> None:
    made = front()
    with Client(endpoint) as service:
        with closing(service.submit("1000000")) as reply:
            next(event for event in reply if isinstance(event, Chunk))
        assert list(reply) == []
        assert service.generate("3").ids == ids(3)
    assert made.has(client.Cancel, 1)


def test_a_closed_client_answers_nothing(endpoint: str, front: MakeFront) -> None:
    front(chunks_of_life=0)
    with Client(endpoint) as service:
        reply = service.submit("3")
    with pytest.raises(Closed):
        reply.result()
    with pytest.raises(Closed):
        service.status()
    service.close()


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


def test_requests_become_messages() -> None:
    submit = submit_message(
        "hi", select={"poet": 0.5}, kv_rule="pin", priority="low", stop="x", deadline=1.5, seed=0, temperature=0.7
    )
    assert submit.selection.fixed.shares[0].name == "poet"
    assert submit.kv_rule == common.KV_RULE_PIN
    assert submit.priority == client.PRIORITY_LOW
    assert list(submit.limits.stop) == ["x"] and submit.limits.deadline_ms == 1500
    assert submit.sampling.HasField("seed") and submit.sampling.seed == 0
    assert submit_message("hi").sampling == common.Sampling()
    assert submit_message("hi", temperature=0).sampling.HasField("temperature")
    for name in ("max_tokens", "top_p", "repetition_penalty"):
        with pytest.raises(ValueError, match=name):
            submit_message("hi", **{name: 0})  # type: ignore[arg-type]
    assert submit_message("hi", keep=True).keep and not submit.keep
    assert prompt_message([{"role": "user", "content": "hi"}]).chat.messages[0].content == "hi"
    assert list(prompt_message([1, 2]).tokens.ids) == [1, 2]
    assert prompt_message("hi", raw=True).raw == "hi"
    assert prompt_message("hi", plain=True).plain == "hi"
    with pytest.raises(ValueError):
        prompt_message("hi", raw=True, plain=True)
    assert list(selection_message(["a", "b"]).auto.allowed) == ["a", "b"]
    assert selection_message("base").WhichOneof("kind") == "base"
    assert selection_message("auto", "sum").auto.weighting == common.WEIGHTING_SUM
    with pytest.raises(ValueError):
        selection_message("poet")
    with pytest.raises(ValueError):
        selection_message("base", "sum")


def test_scores_become_messages() -> None:
    assert not submit_message("hi").HasField("scores")
    message = submit_message("hi", prompt_scores=True, top_scores=5, no_reply=True)
    assert message.scores.prompt and not message.scores.reply and message.scores.top == 5
    assert message.limits.no_reply and not message.limits.ignore_eos
    assert submit_message("hi", ignore_eos=True).limits.ignore_eos
    with pytest.raises(ValueError):
        submit_message("hi", no_reply=True, max_tokens=3)
    encoding = encode_message([1, 2])
    assert encoding.encode_only and list(encoding.prompt.tokens.ids) == [1, 2]


def test_misspelt_options_are_errors(endpoint: str) -> None:
    # `mypy --strict` reports an ignored error that is none: each of these is one for it, too.
    with Client(endpoint) as service:
        with pytest.raises(TypeError):
            service.submit("hi", max_token=3)  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            service.generate("hi", max_tokens="3")  # type: ignore[arg-type]
        with pytest.raises(ValueError):
            service.generate("hi", kv_rule="sometimes")  # type: ignore[arg-type]
        with pytest.raises(ValueError):
            service.generate("hi", weighting="heavy")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Client(endpoint, busy_time=1)  # type: ignore[call-arg]


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
