"""What a polite client notices while everything goes wrong at once.

    python Benchmarks/faults/storm.py --fusebox .build/release/fusebox [--seconds 600] [--seed 1] [--over tcp] [--json]

Workers are killed every few seconds; other clients send bursts and leave, send half a megabyte of short
sentences, cancel, read slowly, talk garbage. Meanwhile one client asks for a small greedy reply every 200 ms. Exits
with 1 when one of its requests came to no end or to another text than before the storm, or when the front ended.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import attackers
from polite import Polite, Tally
from service import TRANSPORTS, Service, Use

from fusebox_client import FuseboxError


@dataclass
class Storm:
    """All that was seen of one."""

    seconds: float
    tally: Tally
    kills: int
    restarts: int
    #: How the front ended; empty when it lives.
    ended: str
    start: Use
    peak: Use
    end: Use

    @property
    def is_good(self) -> bool:
        return not (self.ended or self.tally.lost or self.tally.wrong)

    @property
    def latencies(self) -> list[float]:
        """Milliseconds: median, 99th percentile, slowest."""
        return [round(self.tally.percentile(share) * 1000, 1) for share in (0.5, 0.99, 1)]

    @property
    def document(self) -> dict[str, Any]:
        document = asdict(self)
        del document["tally"]["seconds"]
        return document | dict(zip(("p50_ms", "p99_ms", "max_ms"), self.latencies))

    def print(self) -> None:
        tally = self.tally
        refused = ", ".join(f"{count} {code}" for code, count in tally.refused.items()) or "none"
        print(
            f"{self.seconds:.0f} s; polite requests: {tally.sent} sent, {tally.right} answered right, "
            f"{tally.wrong} wrong, refused: {refused}, {tally.lost} lost"
        )
        print(
            "latency p50 / p99 / max: " + " / ".join(f"{time:.0f}" for time in self.latencies) + " ms"
        )
        uses = (self.start, self.peak, self.end)
        print(
            "front at start / peak / end: "
            + " / ".join(f"{use.megabytes:.0f}" for use in uses)
            + " MB, "
            + " / ".join(str(use.descriptors) for use in uses)
            + " descriptors"
        )
        print(f"workers killed: {self.kills}, restarted: {self.restarts}")
        print(f"front: {self.ended or 'lives'}")


def kill_workers(service: Service, rng: random.Random, seconds: float) -> int:
    """Kills one every few seconds; how many it were."""
    kills, end = 0, time.monotonic() + seconds
    while service.lives and time.monotonic() < end:
        time.sleep(min(rng.uniform(2, 6), max(0, end - time.monotonic())))
        try:
            os.kill(rng.choice(service.workers()), signal.SIGKILL)
            kills += 1
        except (FuseboxError, IndexError, ProcessLookupError):
            continue  # Not answered, nobody there, or gone meanwhile.
    return kills


def settle(service: Service, patience: float = 60) -> int:
    """Waits until nothing is left to do; the restarts of all workers by then."""
    restarts, end = 0, time.monotonic() + patience
    while service.lives and time.monotonic() < end:
        try:
            status = service.status()
        except FuseboxError:
            continue
        restarts = sum(worker.restarts for worker in status.workers)
        if not status.queued and not status.running:
            break
        time.sleep(0.5)
    return restarts


def storm(program: Path, transport: str, seconds: float, seed: int) -> Storm:
    with Service(program, transport) as service:
        polite = Polite(service.endpoint, interval=0.2)
        time.sleep(1)
        start = service.use()
        processes = [
            multiprocessing.get_context("spawn").Process(
                target=attacker, args=(service.endpoint, seed + index, seconds), daemon=True
            )
            for index, attacker in enumerate(attackers.ALL)
        ]
        with service.watched() as peak:
            for process in processes:
                process.start()
            kills = kill_workers(service, random.Random(seed), seconds)
            for process in processes:
                process.join(10)
                process.terminate()
            tally = polite.stop()
            restarts = settle(service)
        ended = "" if service.lives else service.last_words
        return Storm(seconds, tally, kills, restarts, ended, start, peak, service.use())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fusebox", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--over", choices=TRANSPORTS, default="ipc")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    seen = storm(arguments.fusebox, arguments.over, arguments.seconds, arguments.seed)
    if arguments.json:
        print(json.dumps(seen.document))
    else:
        seen.print()
    sys.exit(not seen.is_good)


if __name__ == "__main__":
    main()
