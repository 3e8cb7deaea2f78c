"""Adapters that change while the service runs, against a scripted front and against the built program."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_front import FakeFront
from running_service import DEMO, RunningService, needs_program

from fusebox_client import (
    AdapterGeneration,
    AsyncClient,
    Client,
    RefusedAdapter,
    RequestFailed,
    ShelfChange,
)
from fusebox_client.wire import client_pb2 as client

MakeFront = Callable[..., FakeFront]
PROMPT = "Write a review of a film."


def changed(verb: str) -> ShelfChange:
    return ShelfChange(7, [f"ADAPTER_VERB_{verb}"], [RefusedAdapter("odd", "it fits another base")])


def test_every_change_is_one_message(endpoint: str, front: MakeFront) -> None:
    made = front()
    rows = Path("/rows.jsonl")
    with Client(endpoint) as service:
        shelf = service.shelf
        assert shelf.add("a", "/shelf/a", examples=rows, request=bytes(range(16))) == changed("ADD")
        assert shelf.replace("a", Path("b")) == changed("REPLACE")
        assert shelf.remove("a") == changed("REMOVE")
        assert shelf.rollback("a", 3) == changed("ROLLBACK")
        assert shelf.canary("a", "/shelf/c", 0.25) == changed("CANARY")
        assert shelf.promote("a") == changed("PROMOTE")
        assert shelf.rescan() == changed("RESCAN")
        with pytest.raises(RequestFailed) as refusal:
            shelf.add("taken", "/shelf/a")
        assert refusal.value.code == "already_exists"
        (poet,) = service.adapters()
    said = [verb for verb in made.log if isinstance(verb, client.ChangeAdapter)]
    assert said[0].request == bytes(range(16)) and said[0].examples == "/rows.jsonl"
    assert all(len(verb.request) == 16 for verb in said)
    paths = ["/shelf/a", f"{os.getcwd()}/b", "", "", "/shelf/c", "", "", "/shelf/a"]
    assert [verb.path for verb in said] == paths
    assert said[3].generation == 3 and said[4].share == 0.25
    assert poet.generation == 2
    assert poet.generations[1] == AdapterGeneration(3, b"", "canary", 0.25, 3, 1, 0, 0.0, 0.0)


def test_every_change_is_awaited(endpoint: str, front: MakeFront) -> None:
    made = front()

    async def change() -> None:
        async with AsyncClient(endpoint) as service:
            verbs = await asyncio.gather(
                service.shelf.add("a", "/shelf/a"),
                service.shelf.replace("a", "/shelf/b"),
                service.shelf.remove("a"),
                service.shelf.rollback("a"),
                service.shelf.canary("a", "/shelf/c"),
                service.shelf.promote("a"),
                service.shelf.rescan(),
            )
            names = ["ADD", "REPLACE", "REMOVE", "ROLLBACK", "CANARY", "PROMOTE", "RESCAN"]
            assert verbs == [changed(name) for name in names]
            with pytest.raises(RequestFailed, match="already_exists"):
                await service.shelf.add("taken", "/shelf/a")

    asyncio.run(change())
    assert made.has(client.ChangeAdapter, 8)


def test_a_change_that_is_lost_is_said_again(endpoint: str, front: MakeFront) -> None:
    made = front(deaf_times=1)
    with Client(endpoint, silence=0.1) as service:
        assert service.shelf.promote("a").revision == 7
    first, second = (verb for verb in made.log if isinstance(verb, client.ChangeAdapter))
    assert first == second


@pytest.fixture(scope="module")
def shelf_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    needs_program()
    folder = tmp_path_factory.mktemp("shelf")
    shutil.copytree(DEMO / "adapters/hotels", folder / "shelf/hotels")
    arguments = f"serve --model Demo/base --router Router --adapters {folder}/shelf --state {folder}/state"
    with RunningService(arguments.split()) as service:
        yield service


def test_a_name_changes_what_it_stands_for(shelf_service: RunningService) -> None:
    with Client(shelf_service.endpoint) as service:

        def answer(name: str) -> tuple[str, str]:
            """The text, and the digest of what made it."""
            result = service.generate(PROMPT, select={name: 1.0}, max_tokens=24, seed=1)
            assert result.provenance
            (share,) = result.provenance.segments[0].mix
            return result.text, share.adapter.hex()

        key = os.urandom(16)
        added = service.shelf.add("films", DEMO / "adapters/movies", request=key)
        assert service.shelf.add("films", DEMO / "adapters/movies", request=key) == added
        movies = answer("films")
        assert service.shelf.replace("films", DEMO / "adapters/books").revision > added.revision
        books = answer("films")
        assert books[1] != movies[1]
        service.shelf.rollback("films")
        assert answer("films") == movies
        service.shelf.canary("films", DEMO / "adapters/phones", 0.5)
        for number in range(8):
            service.generate(f"Film {number}.", select={"films": 1.0}, max_tokens=4)
        films = next(adapter for adapter in service.adapters() if adapter.name == "films")
        states = {generation.state: generation for generation in films.generations}
        assert states["canary"].share == 0.5 and states["serving"].number == films.generation == 1
        assert states["canary"].requests + states["serving"].requests >= 8
        service.shelf.promote("films")
        assert answer("films")[1] == states["canary"].digest.hex()
        service.shelf.remove("films")
        with pytest.raises(RequestFailed, match="not_found"):
            answer("films")
        service.shelf.rollback("films", 2)
        assert answer("films") == books


def test_what_cannot_be_is_refused_and_changes_nothing(
    shelf_service: RunningService, tmp_path: Path
) -> None:
    cut = shutil.copytree(DEMO / "adapters/movies", tmp_path / "cut")
    weights = cut / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])

    async def change() -> None:
        async with AsyncClient(shelf_service.endpoint) as service:
            before = await service.adapters()
            shelf = service.shelf
            for attempt, code in (
                (shelf.add("hotels", DEMO / "adapters/movies"), "already_exists"),
                (shelf.add("no/name", DEMO / "adapters/movies"), "invalid_argument"),
                (shelf.add("new", tmp_path / "nowhere"), "invalid_argument"),
                (shelf.add("new", cut), "invalid_argument"),
                (shelf.replace("nobody", DEMO / "adapters/movies"), "not_found"),
                (shelf.promote("hotels"), "invalid_argument"),
                (shelf.canary("hotels", DEMO / "adapters/movies", 1.0), "invalid_argument"),
            ):
                with pytest.raises(RequestFailed) as refusal:
                    await attempt
                assert refusal.value.code == code, refusal.value
            assert [adapter.digest for adapter in await service.adapters()] == [
                adapter.digest for adapter in before
            ]

    asyncio.run(change())


def test_a_shelf_without_state_says_so() -> None:
    needs_program()
    with RunningService() as service, Client(service.endpoint) as user:
        with pytest.raises(RequestFailed, match="--state"):
            user.shelf.remove("hotels")
