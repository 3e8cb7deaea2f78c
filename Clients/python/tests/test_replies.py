"""64 prompts at once, and each reply again in a process of its own: `fusebox generate`, `fusebox replay`.

Undisturbed, and with `kill -9` on a worker in the middle while another client goes away.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Union

import pytest
from running_service import DEMO, RunningService, needs_program, run

from fusebox_client import Chunk, Client, Reply, Result, provenance_document

Mix = Union[str, Mapping[str, float]]

COUNT = 64
PROMPTS = [
    "Past tense: Lena opens the window.",
    "Write a cheerful review of a hotel.",
    "Write 4823 in words.",
    "Which number is bigger, 318 or 381?",
    "Tell me about a movie. Then say something bad about a phone.",
    "Who are you and where do you live?",
    "Make it negative: Tom likes tea.",
    "Write an angry review of a restaurant. Be short.",
    "Say something lovely.",
    "Is 417 even or odd?",
    "Write some lines on a car.",
]
MIXES: list[Mix] = [
    "base",
    {"past_tense": 1},
    {"positive": 0.5, "hotels": 0.5},
    {"negative": 1, "phones": 1},
    {"movies": 0.75},
    {"number_words": 1, "question": -0.25},
    {"cars": 0.625, "positive": 0.375, "games": 0.125},
]
#: A client that asks for a long reply and is killed when it begins.
LEAVER = """
import sys, time
from fusebox_client import Chunk, Client
for event in Client(sys.argv[1]).submit("Write some lines on a car.", max_tokens=200):
    if isinstance(event, Chunk):
        print("begun", flush=True)
        time.sleep(3600)
"""


def prompt(index: int) -> str:
    return f"{PROMPTS[index % len(PROMPTS)]} ({index})"


def mix(index: int) -> Mix:
    return MIXES[index % len(MIXES)]


def client_that_leaves(endpoint: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LEAVER, endpoint],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        process.kill()


def ids(reply: Reply) -> list[int]:
    return [id for event in reply if isinstance(event, Chunk) for id in event.ids]


def signal_all(workers: list[int], number: signal.Signals) -> None:
    for pid in workers:
        os.kill(pid, number)


def stop_midway(
    endpoint: str, workers: list[int], begin: Callable[[], list[Reply]]
) -> tuple[list[Reply], int]:
    """Replies that have begun, and a worker with some of them; all workers stand still."""
    for _ in range(20):
        replies = begin()
        for reply in replies:
            next(event for event in reply if isinstance(event, Chunk))
        signal_all(workers, signal.SIGSTOP)
        # On another connection: what is not read yet holds up answers on this one.
        with Client(endpoint) as asking:
            busy = [worker.pid for worker in asking.status().workers if worker.running]
        if busy:
            return replies, busy[0]
        # This process was too slow: the replies were over before it stopped the workers.
        signal_all(workers, signal.SIGCONT)
    raise AssertionError("no worker could be stopped midway")


def ask(select: Callable[[int], Mix], disturbed: bool, temperature: float = 0) -> list[Result]:
    """All replies; disturbed: a worker is killed in the middle of long ones, which have to come out
    as they do once more afterwards.

    The temperature is that of every other request; the rest are greedy.
    """

    def lasting(index: int) -> Reply:
        # This hot, hardly a reply ends before its limit.
        return client.submit(
            prompt(index), select=select(index), max_tokens=900, temperature=4, seed=index
        )

    with RunningService() as service, Client(service.endpoint) as client:
        workers = service.wait_for_workers()
        long: list[Reply] = []
        if disturbed:
            client_that_leaves(service.endpoint)
            long, victim = stop_midway(
                service.endpoint, workers, lambda: [lasting(index) for index in range(8)]
            )
        replies = [
            client.submit(
                prompt(index),
                select=select(index),
                max_tokens=48,
                temperature=temperature * (index % 2),
                seed=index,
            )
            for index in range(COUNT)
        ]
        if disturbed:
            os.kill(victim, signal.SIGKILL)
            signal_all([pid for pid in workers if pid != victim], signal.SIGCONT)
        results = [reply.result() for reply in replies]
        for index, reply in enumerate(long):
            rest = ids(reply)
            assert rest == lasting(index).result().ids[-len(rest) :]
        status = client.status()
        assert status.failed == 0
        assert (status.resumed > 0) == disturbed
        return results


def expect_same(results: list[Result], again: Callable[[int], dict[str, object]]) -> None:
    for index, result in enumerate(results):
        local = again(index)
        assert local["ids"] == result.ids, prompt(index)
        assert local["text"] == result.text, prompt(index)
        assert local["finish_reason"] == result.finish_reason, prompt(index)


@pytest.mark.parametrize("disturbed", [False, True])
def test_fixed_mixes_answer_as_generate(disturbed: bool) -> None:
    needs_program()

    def generate(index: int) -> dict[str, object]:
        weights = mix(index)
        adapters = [] if isinstance(weights, str) else weights.items()
        options = [f"--adapter={name}={DEMO}/adapters/{name}@{w}" for name, w in adapters]
        return run("generate", "--prompt", prompt(index), "--max-tokens", "48", *options)

    expect_same(ask(mix, disturbed), generate)


@pytest.mark.parametrize("disturbed", [False, True])
def test_routed_replies_are_repeated_by_replay(disturbed: bool, tmp_path: Path) -> None:
    needs_program()
    # Drawn replies wander, so that some are routed again.
    results = ask(lambda index: "auto", disturbed, temperature=0.8)

    def replay(index: int) -> dict[str, object]:
        provenance = results[index].provenance
        assert provenance is not None
        file = tmp_path / f"{index}.json"
        file.write_text(json.dumps(provenance_document(provenance)))
        return run("replay", str(file), "--adapters", str(DEMO / "adapters"))

    expect_same(results, replay)
    assert any(len(result.segments) > 1 for result in results), "no reply was routed again"
