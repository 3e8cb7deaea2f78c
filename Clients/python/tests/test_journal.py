"""What a killed service had accepted is answered by its successor."""

from __future__ import annotations

import asyncio

import pytest
from running_service import RunningService, needs_program

from fusebox_client import AsyncClient, Chunk, Client, Event, Result

#: With this seed the base, this hot, goes on to the last of the tokens.
PROMPT, TOKENS = "Write a story.", 900


def test_replies_go_on_after_a_kill() -> None:
    needs_program()
    with RunningService() as service:
        with Client(service.endpoint) as client:
            if not client.status().journal:
                pytest.skip("the service keeps no journal")
            right = client.generate(PROMPT, select="base", max_tokens=TOKENS, temperature=4, seed=1)
        with Client(service.endpoint) as producer:
            left = [
                producer.detach(PROMPT, select="base", max_tokens=TOKENS, temperature=4, seed=1)
                for _ in range(4)
            ]
            assert all(accepted.durable for accepted in left)
        events: list[Event] = []
        with Client(service.endpoint) as client:
            reply = client.submit(PROMPT, select="base", max_tokens=TOKENS, temperature=4, seed=1)
            while sum(isinstance(event, Chunk) for event in events) < 20:
                events.append(next(reply))
            service.kill()
            service.start()
            events += list(reply)
        assert Result.of(events).ids == right.ids and Result.of(events).text == right.text

        async def collect() -> list[Result]:
            async with AsyncClient(service.endpoint) as consumer:
                requests = (consumer.collect(accepted.request) for accepted in left)
                return await asyncio.gather(*requests)

        for result in asyncio.run(collect()):
            assert (result.ids, result.text) == (right.ids, right.text)
