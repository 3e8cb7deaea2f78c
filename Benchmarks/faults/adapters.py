"""Adapters replaced, rolled back and removed while streams run and workers are killed.

    python Benchmarks/faults/adapters.py --fusebox .build/release/fusebox [--streams 100] [--changes 200] [--seed 1] [--json]

So many streams run all the time, each under one of a few names, while the names' adapters change. Exits with 1 when a
request failed, when a reply came from more than one generation or from one that was not in force when it was accepted, and
when its tokens are not those of `fusebox generate` with that generation.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from service import ROOT, Service

from fusebox_client import AsyncClient, Chunk, Done, Failed, FuseboxError, RequestFailed

SHELF = ROOT / "Demo/adapters"
#: Names that change, and the adapters whose bytes they get.
NAMES = ("hotels", "positive", "past_tense")
BYTES = ("hotels", "positive", "past_tense", "phones", "negative", "movies", "question")
PROMPTS = (
    "Tell me about a hotel.",
    "Write a cheerful review.",
    "Past tense: Lena opens the window.",
    "Write 4823 in words.",
)
TOKENS = 40
#: Generations that a registry remembers to go back to.
REMEMBERED = 16


@dataclass
class Change:
    """A change of a name; what it stands for afterwards, None where it was removed."""

    name: str
    digest: bytes | None
    begin: float
    end: float


@dataclass
class Show:
    """What was seen."""

    streams: int
    changes: Counter[str] = field(default_factory=Counter)
    #: Changes that a worker's death undid; they were made again.
    undone: int = 0
    change_seconds: list[float] = field(default_factory=list)
    replies: int = 0
    tokens: int = 0
    generations: int = 0
    #: Asked for by a name that was removed at that moment.
    unnamed: int = 0
    resumed: int = 0
    kills: int = 0
    failed: list[str] = field(default_factory=list)
    mixed: int = 0
    untimely: int = 0
    different: int = 0
    seconds: float = 0

    @property
    def is_good(self) -> bool:
        return not (self.failed or self.mixed or self.untimely or self.different)

    def print(self) -> None:
        made = ", ".join(f"{count} {verb}" for verb, count in sorted(self.changes.items()))
        times = sorted(self.change_seconds)
        print(
            f"{self.seconds:.0f} s, {self.streams} streams at a time; changes: {made}; "
            f"{self.undone} undone by a worker's death and made again"
        )
        print(
            f"a change takes {times[len(times) // 2]:.2f} s, at most {times[-1]:.2f} s; "
            f"workers killed: {self.kills}, parts that went on elsewhere: {self.resumed}"
        )
        print(
            f"{self.replies} replies of {self.tokens} tokens by {self.generations} generations; "
            f"{self.unnamed} times the name was removed"
        )
        print(
            f"failed: {len(self.failed)}, of several generations: {self.mixed}, of one that was not in force: "
            f"{self.untimely}, other than `fusebox generate`: {self.different}"
        )
        for message in self.failed[:5]:
            print(f"  {message}")


class Shelf:
    """What names stand for, as far as somebody beside the service can know it."""

    def __init__(self, digests: dict[str, bytes]) -> None:
        self._changes = [Change(name, digests[name], 0, 0) for name in NAMES]
        #: By name, what served and can be gone back to, what serves or served last at the end.
        self.history: dict[str, list[bytes]] = {name: [digests[name]] for name in NAMES}
        self.removed: set[str] = set()

    def note(self, change: Change) -> None:
        self._changes.append(change)

    def possible(self, name: str, begin: float, end: float) -> set[bytes | None]:
        """What a name may have stood for between two moments."""
        found: set[bytes | None] = set()
        settled: bytes | None = None
        for change in (c for c in self._changes if c.name == name):
            if change.end <= begin:
                settled = change.digest
            elif change.begin <= end:
                found.add(change.digest)
        return found | {settled}


class Changer:
    """Changes the shelf by the commands that a user would type."""

    def __init__(self, program: Path, service: Service, shelf: Shelf, show: Show, seed: int) -> None:
        self._program, self._service, self._shelf, self._show = program, service, shelf, show
        self._random = random.Random(seed)

    async def run(self, count: int, digests: dict[str, bytes]) -> None:
        while sum(self._show.changes.values()) < count:
            await self._change(digests)
            await asyncio.sleep(self._random.uniform(0, 0.1))

    async def _change(self, digests: dict[str, bytes]) -> None:
        name = self._random.choice(NAMES)
        history, removed = self._shelf.history[name], name in self._shelf.removed
        verb = self._random.choice(("replace", "replace", "rollback", "remove"))
        if removed:
            verb = self._random.choice(("add", "rollback"))
        source = self._random.choice(BYTES)
        if verb in ("add", "replace"):
            digest: bytes | None = digests[source]
            arguments = [verb, name, str(SHELF / source)]
        elif verb == "remove":
            digest, arguments = None, [verb, name]
        else:
            if not removed and len(history) < 2:
                return
            digest = history[-1] if removed else history[-2]
            arguments = [verb, name]
        begin = time.monotonic()
        status, message = await self._command(arguments)
        end = time.monotonic()
        if status:
            if "was lost" not in message:
                self._show.failed.append(f"{' '.join(arguments)}: {message}")
            self._show.undone += 1
            return
        self._shelf.note(Change(name, digest, begin, end))
        self._show.changes[verb] += 1
        self._show.change_seconds.append(end - begin)
        if digest is None:
            self._shelf.removed.add(name)
            return
        self._shelf.removed.discard(name)
        if verb == "rollback" and not removed:
            history.pop()
        elif digest != history[-1]:
            history.append(digest)
            del history[: -REMEMBERED - 1]

    async def _command(self, arguments: list[str]) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            str(self._program.resolve()),
            "adapters",
            *arguments,
            "--connect",
            self._service.endpoint,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        output, errors = await process.communicate()
        return process.returncode or 0, (output or errors).decode().strip()


@dataclass
class Reply:
    name: str
    prompt: str
    begin: float
    accepted: float
    digests: set[bytes]
    ids: list[int]


async def ask(client: AsyncClient, name: str, prompt: str) -> Reply:
    reply = client.submit(prompt, select={name: 1}, max_tokens=TOKENS, temperature=0)
    begin, accepted = time.monotonic(), 0.0
    ids: list[int] = []
    digests: set[bytes] = set()
    async for event in reply:
        accepted = accepted or time.monotonic()
        if isinstance(event, Failed):
            raise RequestFailed(event.code, event.message)
        if isinstance(event, Chunk):
            ids += event.ids
        if isinstance(event, Done):
            for segment in event.provenance.segments:
                digests |= {share.adapter for share in segment.mix}
    return Reply(name, prompt, begin, accepted, digests, ids)


async def stream(
    client: AsyncClient, show: Show, replies: list[Reply], over: asyncio.Event, seed: int
) -> None:
    """Asks again and again until the changes are over, and once more than that."""
    chance = random.Random(seed)
    while not over.is_set():
        try:
            replies.append(await ask(client, chance.choice(NAMES), chance.choice(PROMPTS)))
        except RequestFailed as error:
            if error.code == "not_found":
                show.unnamed += 1
                await asyncio.sleep(0.05)
            else:
                show.failed.append(str(error))
        except FuseboxError as error:
            show.failed.append(str(error))


async def kill(service: Service, show: Show, over: asyncio.Event, seed: int) -> None:
    """Kills a worker every few seconds, never the last one."""
    chance = random.Random(seed)
    while not over.is_set():
        await asyncio.sleep(chance.uniform(2, 6))
        workers = await asyncio.to_thread(service.workers)
        if len(workers) > 1:
            os.kill(chance.choice(workers), signal.SIGKILL)
            show.kills += 1


def expected(program: Path, prompt: str, adapter: str) -> list[int]:
    """What `fusebox generate` makes of a prompt with an adapter."""
    arguments = ["--model", str(ROOT / "Demo/base"), "--adapter", f"{adapter}={SHELF / adapter}"]
    arguments += ["--prompt", prompt, "--max-tokens", str(TOKENS), "--temperature", "0", "--json"]
    output = subprocess.run(
        [str(program), "generate", *arguments], check=True, capture_output=True, text=True
    )
    ids: list[int] = json.loads(output.stdout)["ids"]
    return ids


def judge(program: Path, show: Show, shelf: Shelf, replies: list[Reply], digests: dict[str, bytes]) -> None:
    adapters = {digest: name for name, digest in digests.items()}
    right: dict[tuple[str, bytes], list[int]] = {}
    for reply in replies:
        show.replies += 1
        show.tokens += len(reply.ids)
        if len(reply.digests) != 1:
            show.mixed += 1
            continue
        (digest,) = reply.digests
        if digest not in shelf.possible(reply.name, reply.begin, reply.accepted):
            show.untimely += 1
        key = (reply.prompt, digest)
        if key not in right:
            right[key] = expected(program, reply.prompt, adapters[digest])
        if right[key] != reply.ids:
            show.different += 1
    show.generations = len({(reply.name, digest) for reply in replies for digest in reply.digests})


async def run(program: Path, streams: int, changes: int, seed: int) -> Show:
    show, over = Show(streams), asyncio.Event()
    replies: list[Reply] = []
    with Service(program, changes=True) as service:
        async with AsyncClient(service.endpoint) as client:
            digests = {adapter.name: adapter.digest for adapter in await client.adapters()}
            shelf = Shelf(digests)
            start = time.monotonic()
            tasks = [
                asyncio.create_task(stream(client, show, replies, over, seed + 1 + index))
                for index in range(streams)
            ]
            tasks.append(asyncio.create_task(kill(service, show, over, seed)))
            try:
                await Changer(program, service, shelf, show, seed).run(changes, digests)
            finally:
                over.set()
            await asyncio.gather(*tasks)
            show.seconds = time.monotonic() - start
            show.resumed = (await client.status()).resumed
    judge(program, show, shelf, replies, digests)
    return show


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fusebox", type=Path, required=True)
    parser.add_argument("--streams", type=int, default=100)
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    show = asyncio.run(
        run(arguments.fusebox, arguments.streams, arguments.changes, arguments.seed)
    )
    if arguments.json:
        document: dict[str, Any] = asdict(show) | {"is_good": show.is_good}
        print(json.dumps(document))
    else:
        show.print()
    sys.exit(not show.is_good)


if __name__ == "__main__":
    main()
