"""The asynchronous client against a scripted front on real sockets."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest
from fake_front import FakeFront, version

from fusebox_client import (
    AsyncClient,
    Chunk,
    Closed,
    Done,
    Event,
    ProtocolMismatch,
    RequestFailed,
    Unreachable,
)
from fusebox_client.wire import client_pb2 as client

MakeFront = Callable[..., FakeFront]


def ids(length: int, seed: int = 42) -> list[int]:
    return [seed * 1000 + i for i in range(length)]


def tokens(events: list[Event]) -> list[int]:
    return [id for event in events if isinstance(event, Chunk) for id in event.ids]


def verbs(front: FakeFront, kind: type[Any]) -> list[Any]:
    return [verb for verb in front.log if isinstance(verb, kind)]


async def seen(front: FakeFront, kind: type[Any], count: int = 1) -> list[Any]:
    """What the front has got of a kind, once it is so much."""
    while len(verbs(front, kind)) < count:
        await asyncio.sleep(0.01)
    return verbs(front, kind)


def test_generates_and_asks(endpoint: str, front: MakeFront) -> None:
    front()

    async def scenario() -> None:
        async with AsyncClient(endpoint) as service:
            result = await service.generate("7", max_tokens=7)
            assert result.ids == ids(7) and result.finish_reason == "length"
            assert (await service.route("Where to?")).weights == {"poet": 0.75}
            assert [adapter.name for adapter in await service.adapters()] == ["poet"]
            assert (await service.status()).workers[0].cached_tokens == 32

    asyncio.run(scenario())


def test_many_tasks_at_once(endpoint: str, front: MakeFront) -> None:
    made = front()

    async def scenario() -> None:
        async with AsyncClient(endpoint) as service:
            requests = [service.generate(str(length)) for length in range(100)]
            for length, result in enumerate(await asyncio.gather(*requests)):
                assert result.ids == ids(length)
            await seen(made, client.Close, 100)

    asyncio.run(scenario())


def test_other_tasks_run_while_one_reads(endpoint: str, front: MakeFront) -> None:
    front()

    async def scenario() -> None:
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0)
                beats += 1

        task = asyncio.create_task(beat())
        async with AsyncClient(endpoint) as service:
            await service.generate("2000")
        task.cancel()
        assert beats > 50

    asyncio.run(scenario())


def test_cancels_as_asked(endpoint: str, front: MakeFront) -> None:
    front()

    async def scenario() -> None:
        async with AsyncClient(endpoint) as service:
            reply = service.submit("1000000")
            last = None
            async for last in reply:
                if isinstance(last, Chunk):
                    service.cancel(reply)
            assert isinstance(last, Done) and last.finish_reason == "cancelled"

    asyncio.run(scenario())


def test_a_cancelled_task_stops_its_request_alone(endpoint: str, front: MakeFront) -> None:
    made = front(chunks_of_life=3)

    async def scenario() -> None:
        async with AsyncClient(endpoint) as service:
            other = asyncio.create_task(service.generate("8"))
            await seen(made, client.Submit)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(service.generate("1000000"), 0.3)
            cancelled = (await seen(made, client.Cancel))[0]
            assert cancelled.request == verbs(made, client.Submit)[1].request
            assert (await seen(made, client.Close))[0].request == cancelled.request
            made.chunks_of_life = 1000
            assert (await other).ids == ids(8)

    asyncio.run(scenario())


def test_a_reply_that_is_closed_stops(endpoint: str, front: MakeFront) -> None:
    made = front()

    async def scenario() -> None:
        async with AsyncClient(endpoint) as service:
            async with aclosing(service.submit("1000000")) as reply:
                async for event in reply:
                    if isinstance(event, Chunk):
                        break
            await seen(made, client.Cancel)
            assert [event async for event in reply] == []
            async with aclosing(service.submit("1000000", keep=True)) as kept:
                await anext(kept)
            assert (await service.generate("3")).ids == ids(3)
            assert len(verbs(made, client.Cancel)) == 1

    asyncio.run(scenario())


def test_a_slow_reader_holds_up_its_request_alone(endpoint: str, front: MakeFront) -> None:
    made = front()

    async def scenario() -> None:
        async with AsyncClient(endpoint, window=8, silence=0.1) as service:
            slow = service.submit("400")
            await anext(slow)
            assert (await service.generate("40")).ids == ids(40)
            await asyncio.sleep(0.3)
            # Eight chunks of two tokens, and no Attach for what the service holds back.
            part = next(iter(made.requests.values())).parts[0]
            assert part.next == 16 and not verbs(made, client.Attach)
            events = [event async for event in slow]
            assert tokens(events) == ids(400)
            assert sum(credit.chunks for credit in verbs(made, client.Credit)) >= 192

    asyncio.run(scenario())


def test_goes_on_at_the_successor_of_a_front_that_was_killed(endpoint: str) -> None:
    first = FakeFront(endpoint, chunks_of_life=5)

    async def scenario() -> None:
        async with AsyncClient(endpoint) as service:
            reply = service.submit("20")
            events: list[Event] = []
            while sum(isinstance(event, Chunk) for event in events) < 5:
                events.append(await anext(reply))
            await asyncio.to_thread(first.stop)
            successor = FakeFront(endpoint, seed=43)
            events += [event async for event in reply]
            attach, again = successor.log[:2]
            assert tokens(events) == ids(20) and isinstance(events[-1], Done)
            assert list(attach.from_offsets) == [10] and again.sampling.seed == 42
            await asyncio.to_thread(successor.stop)

    asyncio.run(scenario())


def test_waits_for_the_successor_of_a_front_that_drains(endpoint: str) -> None:
    first = FakeFront(endpoint, chunks_until_drained=5)

    async def scenario() -> None:
        async with AsyncClient(endpoint) as service:
            reading = asyncio.create_task(service.generate("20"))
            await seen(first, client.Submit, 2)
            await asyncio.to_thread(first.stop)
            successor = FakeFront(endpoint, seed=43)
            assert (await reading).ids == ids(20)
            assert verbs(successor, client.Submit)[0].sampling.seed == 42
            await asyncio.to_thread(successor.stop)

    asyncio.run(scenario())


def test_another_client_attaches(endpoint: str, front: MakeFront) -> None:
    front()

    async def scenario() -> None:
        async with AsyncClient(endpoint, keep_replies=True, window=2) as first:
            reply = first.submit("60")
            assert (await reply.result()).ids == ids(60)
        async with AsyncClient(endpoint) as second:
            assert (await second.attach(reply.request).result()).ids == ids(60)

    asyncio.run(scenario())


def test_failures_are_clear(endpoint: str, front: MakeFront) -> None:
    async def missing() -> None:
        async with AsyncClient(endpoint, connect_timeout=0.2) as service:
            with pytest.raises(Unreachable, match="fusebox serve"):
                await service.generate("3")

    async def busy() -> None:
        async with AsyncClient(endpoint, busy_timeout=0.1) as service:
            with pytest.raises(RequestFailed, match="resource_exhausted"):
                await service.generate("3")

    async def another_version() -> None:
        async with AsyncClient(endpoint) as service:
            with pytest.raises(ProtocolMismatch, match="2 to 3"):
                await service.status()

    start = time.monotonic()
    asyncio.run(missing())
    assert time.monotonic() - start < 2
    front(busy_times=1000)
    asyncio.run(busy())
    made = FakeFront(endpoint + "2", version=version(3, 2))
    endpoint += "2"
    asyncio.run(another_version())
    made.stop()


def test_closing_ends_what_waits(endpoint: str, front: MakeFront) -> None:
    front(chunks_of_life=0)

    async def scenario() -> None:
        service = AsyncClient(endpoint)
        reading = asyncio.create_task(service.generate("3"))
        await asyncio.sleep(0.1)
        await service.close()
        with pytest.raises(Closed):
            await reading
        with pytest.raises(Closed):
            await service.status()
        await service.close()

    asyncio.run(scenario())


def test_one_loop_and_one_reader(endpoint: str, front: MakeFront) -> None:
    front(chunks_of_life=0)
    errors: list[BaseException] = []

    async def scenario() -> None:
        async with AsyncClient(endpoint) as service:
            reply = service.submit("3")
            reading = asyncio.create_task(reply.result())
            await asyncio.sleep(0.1)
            with pytest.raises(RuntimeError, match="another task"):
                await anext(reply)

            def elsewhere() -> None:
                try:
                    asyncio.run(service.status())
                except RuntimeError as error:
                    errors.append(error)

            thread = threading.Thread(target=elsewhere)
            thread.start()
            await asyncio.to_thread(thread.join)
            assert "another event loop" in str(errors[0])
            reading.cancel()

    asyncio.run(scenario())
