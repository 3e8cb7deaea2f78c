"""Against a running service: the one that FUSEBOX_ENDPOINT names, or one on the demo."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest
from running_service import RunningService, needs_program

from fusebox_client import AsyncClient, Chunk, Client, Done, RequestFailed, Result

PROMPTS = ["Write a line about the sea.", "What is 2 + 2? Then say hello.", "Tell me a story."]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    named = os.environ.get("FUSEBOX_ENDPOINT")
    if named:
        yield named
        return
    needs_program()
    with RunningService() as service:
        yield service.endpoint


def test_status_and_adapters(endpoint: str) -> None:
    with Client(endpoint) as service:
        assert any(worker.state == "ready" for worker in service.status().workers)
        for adapter in service.adapters():
            assert adapter.name and len(adapter.digest) == 32


@pytest.mark.parametrize("prompt", PROMPTS)
def test_greedy_replies_repeat(endpoint: str, prompt: str) -> None:
    with Client(endpoint) as service:
        first = service.generate(prompt, select="base", max_tokens=24)
        second = service.generate(prompt, select="base", max_tokens=24)
        assert first.ids and first.ids == second.ids and first.text == second.text


def test_streams_without_gap(endpoint: str) -> None:
    with Client(endpoint) as service:
        offset = 0
        for event in service.submit(PROMPTS[2], select="base", max_tokens=32):
            if isinstance(event, Chunk):
                assert event.offset == offset
                offset += len(event.ids)
            elif isinstance(event, Done):
                assert event.completion_tokens == offset
                assert len(event.provenance.tokens) >= offset and len(event.provenance.base) == 32


def test_every_adapter_answers(endpoint: str) -> None:
    with Client(endpoint) as service:
        replies = {
            adapter.name: service.submit(PROMPTS[0], select={adapter.name: 1.0}, max_tokens=8)
            for adapter in service.adapters()
        }
        for name, reply in replies.items():
            segments = reply.result().segments
            assert [segment.weights for segment in segments] == [{name: 1.0}]


def test_prompts_are_scored_and_encoded(endpoint: str) -> None:
    with Client(endpoint) as service:
        status = service.status()
        assert status.model and status.context and status.vocabulary
        result = service.generate(
            PROMPTS[0], select="base", prompt_scores=True, top_scores=2, no_reply=True
        )
        assert not result.ids and result.finish_reason == "length"
        assert [score.id for score in result.prompt_scores] == result.prompt_ids
        assert result.prompt_scores[0].log_probability is None
        for score in result.prompt_scores[1:]:
            assert score.log_probability is not None
            assert score.log_probability <= score.top[0].log_probability <= 0
        ids = service.encode("Good day.", plain=True)
        assert service.decode(ids).endswith("Good day.") and service.decode([]) == ""
        reply = service.generate(PROMPTS[0], select="base", max_tokens=8, scores=True)
        assert [score.id for score in reply.scores] == reply.ids

    async def scenario() -> tuple[list[int], str]:
        async with AsyncClient(endpoint) as service:
            return await service.encode("Good day.", plain=True), await service.decode(ids)

    assert asyncio.run(scenario()) == (ids, service_text(endpoint, ids))


def service_text(endpoint: str, ids: list[int]) -> str:
    with Client(endpoint) as service:
        return service.decode(ids)


def test_a_detached_request_outlives_its_client(endpoint: str) -> None:
    with Client(endpoint) as producer:
        request = producer.detach(PROMPTS[0], max_tokens=24, temperature=0.7, seed=5).request
        right = producer.generate(PROMPTS[0], max_tokens=24, temperature=0.7, seed=5)
    with Client(endpoint) as consumer:
        tail = consumer.attach(request, [len(right.ids)]).result()
        assert not tail.ids and tail.finish_reason == right.finish_reason
        result = consumer.collect(request)
        assert (result.ids, result.text) == (right.ids, right.text)
        with pytest.raises(RequestFailed, match="not_found"):
            consumer.collect(request)


def test_refusals_say_why(endpoint: str) -> None:
    with Client(endpoint) as service:
        with pytest.raises(RequestFailed):
            service.generate("hi", select={"no-such-adapter": 1.0})
        with pytest.raises(RequestFailed):
            service.generate("")
        assert service.generate("hi", select="base", max_tokens=2).ids


def test_tasks_get_what_a_synchronous_client_gets(endpoint: str) -> None:
    async def scenario() -> list[Result]:
        async with AsyncClient(endpoint, window=4) as service:
            requests = (
                service.generate(prompt, max_tokens=24, temperature=0.7, seed=seed)
                for seed, prompt in enumerate(PROMPTS * 8)
            )
            return await asyncio.gather(*requests)

    results = asyncio.run(scenario())
    with Client(endpoint) as service:
        for seed, (prompt, result) in enumerate(zip(PROMPTS * 8, results)):
            again = service.generate(prompt, max_tokens=24, temperature=0.7, seed=seed)
            assert (again.ids, again.text) == (result.ids, result.text)


def test_a_cancelled_task_frees_its_place(endpoint: str) -> None:
    async def scenario() -> None:
        async with AsyncClient(endpoint) as service:
            before = await service.status()
            # The base alone, whatever a router would choose, goes on to the last of 900 tokens with this seed.
            long = service.generate(
                "Write a story.", select="base", max_tokens=900, temperature=4, seed=1
            )
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(long, 0.1)
            while (status := await service.status()).running:
                await asyncio.sleep(0.01)
            assert status.accepted == before.accepted + 1

    asyncio.run(asyncio.wait_for(scenario(), 10))
