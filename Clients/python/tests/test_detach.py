"""Requests whose replies are another's to read, against a scripted front on real sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from fake_front import FakeFront, replaced

from fusebox_client import Accepted, AsyncClient, Chunk, Client, Done, RequestFailed
from fusebox_client.progress import ReplyProgress, Resume
from fusebox_client.wire import client_pb2 as client

MakeFront = Callable[..., FakeFront]


def ids(length: int) -> list[int]:
    return [42000 + i for i in range(length)]


def test_another_client_collects(endpoint: str, front: MakeFront) -> None:
    made = front(durable=True)
    with Client(endpoint) as producer:
        accepted = producer.detach("9")
    assert accepted == Accepted(seed=42, parts=1, request=accepted.request, durable=True)
    assert made.log[0].keep and made.log[0].credit == 0
    with Client(endpoint) as consumer:
        (summary,) = consumer.requests()
        assert (summary.request, summary.kept) == (accepted.request, True)
        assert (summary.accepted_at, summary.attempts) == (1.5, 1)
        assert consumer.collect(accepted.request).ids == ids(9)
        assert made.has(client.Close, 1) and not made.requests
        with pytest.raises(RequestFailed, match="not_found"):
            consumer.collect(accepted.request)
    assert made.has(client.Close, 1) and not made.has(client.Cancel, 1, patience=0)


def test_a_short_reply_that_is_over_at_once_stays(endpoint: str, front: MakeFront) -> None:
    made = front()
    with Client(endpoint) as service:
        taken = [service.detach(str(length)).request for length in range(20)]
        # Long enough for all of them to have come to this client, which does not want them.
        time.sleep(0.2)
        service.status()
        assert not made.has(client.Close, 1, patience=0)
        for length, request in enumerate(taken):
            assert service.collect(request).ids == ids(length)
        assert made.has(client.Close, 20)


def test_a_refusal_is_an_error(endpoint: str, front: MakeFront) -> None:
    front(busy_times=100)
    with Client(endpoint, busy_timeout=0.1) as service:
        with pytest.raises(RequestFailed, match="resource_exhausted"):
            service.detach("9")


def test_it_is_submitted_again_until_it_is_accepted(endpoint: str) -> None:
    first = FakeFront(endpoint, deaf_times=1 << 30)
    with Client(endpoint) as service, replaced(first, busy_times=1, durable=True) as successors:
        accepted = service.detach("9")
    assert accepted.durable
    assert {verb.request for verb in first.log} == {accepted.request}
    assert successors[0].log[:2] == [first.log[0]] * 2


def test_a_service_that_remembers_is_attached_to(endpoint: str) -> None:
    first = FakeFront(endpoint, chunks_of_life=3, durable=True)
    with Client(endpoint) as service:
        reply = service.submit("20")
        events = [next(reply) for _ in range(5)]
        first.stop()
        successor = FakeFront(endpoint, requests=first.requests, durable=True)
        events += list(reply)
        successor.stop()
    assert [id for event in events if isinstance(event, Chunk) for id in event.ids] == ids(20)
    assert isinstance(events[-1], Done)
    kinds = [type(verb) for verb in successor.log]
    assert kinds[0] is client.Attach and client.Submit not in kinds
    assert list(successor.log[0].from_offsets) == [6]


def test_a_reply_is_read_from_where_its_reader_is(endpoint: str, front: MakeFront) -> None:
    made = front(durable=True)
    with Client(endpoint) as service:
        request = service.detach("4 20 5", split=True).request
        reply = service.attach(request, [4, 6])
        chunks = [event for event in reply if isinstance(event, Chunk)]
        assert [(chunk.part, chunk.offset) for chunk in chunks][:2] == [(1, 6), (1, 8)]
        assert [id for chunk in chunks if chunk.part == 1 for id in chunk.ids] == ids(20)[6:]
        assert [id for chunk in chunks if chunk.part == 2 for id in chunk.ids] == ids(5)
        assert "".join(chunk.text for chunk in chunks if chunk.part == 2) == "w0 w1 w2 w3 w4 "
        assert not made.has(client.Close, 1, patience=0)


def test_it_goes_on_from_where_its_reader_is(endpoint: str) -> None:
    first = FakeFront(endpoint, chunks_of_life=0, durable=True)
    with Client(endpoint) as service:
        reply = service.attach(service.detach("20").request, [4])
        events = [next(reply)]
        first.chunks_of_life = 3
        events += [next(reply) for _ in range(4)]
        first.stop()
        successor = FakeFront(endpoint, requests=first.requests, durable=True)
        events += list(reply)
        successor.stop()
    assert [id for event in events if isinstance(event, Chunk) for id in event.ids] == ids(20)[4:]
    assert list(successor.log[0].from_offsets) == [10]


def test_requests_are_looked_after(endpoint: str, front: MakeFront) -> None:
    made = front()

    async def scenario(request: bytes) -> None:
        async with AsyncClient(endpoint) as service:
            assert (await service.retry(request)).tokens == 4
            assert (await service.drop(request)).request == request
            for question in (service.retry(request), service.drop(request)):
                with pytest.raises(RequestFailed, match="not_found"):
                    await question

    with Client(endpoint, keep_replies=True) as service:
        reply = service.submit("4")
        assert reply.result().ids == ids(4)
        assert service.retry(reply.request).state == "done"
        asyncio.run(scenario(reply.request))
        with pytest.raises(RequestFailed, match="not_found"):
            service.drop(reply.request)
    assert not made.requests


def test_tasks_detach_and_collect(endpoint: str, front: MakeFront) -> None:
    made = front(durable=True)

    async def scenario() -> None:
        async with AsyncClient(endpoint) as producer:
            lengths = range(30)
            taken = await asyncio.gather(*(producer.detach(str(length)) for length in lengths))
            assert all(accepted.durable for accepted in taken)
            with pytest.raises(RequestFailed, match="not_found"):
                await producer.collect(bytes(16))
        async with AsyncClient(endpoint) as consumer:
            assert len(await consumer.requests(limit=20)) == 20
            tail = await consumer.attach(taken[9].request, [4]).result()
            assert tail.ids == ids(9)[4:]
            results = await asyncio.gather(
                *(consumer.collect(accepted.request) for accepted in taken)
            )
            assert [result.ids for result in results] == [ids(length) for length in lengths]

    asyncio.run(scenario())
    assert made.has(client.Close, 30) and not made.requests


def test_what_was_on_its_way_to_the_reader_before_is_dropped() -> None:
    progress = ReplyProgress([4])
    assert progress.receive(client.Chunk(offset=2, ids=[1, 2, 3], text="x")) == []
    assert progress.offsets == [4]
    (event,) = progress.receive(client.Chunk(offset=4, ids=[3, 4], text="y"))
    assert isinstance(event, Chunk) and (event.ids, event.text) == ([3, 4], "y")
    with pytest.raises(Resume):
        progress.receive(client.Chunk(offset=7, ids=[6], text="z"))
    assert progress.offsets == [6]
