"""Whether replies go on as if nothing had happened when workers are killed or stand still.

    python Benchmarks/faults/worker_kills.py --fusebox .build/release/fusebox [--kills 200] [--stops 3] [--json]

In each round sixteen replies run, and once a random one of them has come to a random token a random worker is killed
with `kill -9`. With `--stops`, one is stopped with SIGSTOP instead, for twenty seconds, and then goes on: by then
others have its work, and whatever it still says must reach nobody. Exits with 1 when a reply differs from the one
without kills, or when the 99th percentile of the pauses is above the four seconds of silence after which a worker is
given up, and two more.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from itertools import pairwise

import questions
import report
from checker import check, counts
from history import History, Invocation
from observer import Observer
from service import Service

PAUSE_LIMIT = 4.0 + 2.0
STOPPED_SECONDS = 20.0
REPLIES = 16
PATIENCE = 90.0


class Round:
    """Replies that run while something happens to a worker."""

    def __init__(self, service: Service, history: History, rng: random.Random) -> None:
        self._service, self._history, self._rng = service, history, rng
        self._observer = Observer(service.endpoint, history)
        asked = rng.choices(questions.LONG, k=REPLIES)
        self._requests = [self._observer.submit(question) for question in asked]

    def kill(self, reference: questions.Reference) -> list[float]:
        """The pauses of the replies that ran on when a worker was killed."""
        return self._disturb(reference, lambda pid: os.kill(pid, signal.SIGKILL))

    def stop(self, reference: questions.Reference) -> list[float]:
        """The pauses of the replies that ran on when a worker was stopped."""
        stopped: list[int] = []

        def stop(pid: int) -> None:
            os.kill(pid, signal.SIGSTOP)
            stopped.append(pid)

        start = time.monotonic()
        pauses = self._disturb(reference, stop)
        self._observer.read_for(start + STOPPED_SECONDS - time.monotonic())
        for pid in stopped:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                continue  # The service has ended it meanwhile.
        # Time for it to say what it had to say.
        self._observer.read_for(3)
        return pauses

    def leave(self) -> None:
        for request in self._requests:
            self._observer.close(request)
        self._observer.read(0.05)
        self._observer.leave()

    def _disturb(
        self, reference: questions.Reference, fault: Callable[[int], None]
    ) -> list[float]:
        watched = self._history.requests[self._rng.choice(self._requests)]
        moment = self._rng.randrange(len(reference[watched.question][0].ids))
        self._read_until(lambda: watched.is_over or watched.offsets[0] >= moment)
        fault(self._rng.choice(self._service.workers()))
        disturbed = time.monotonic()
        invocations = [self._history.requests[request] for request in self._requests]
        self._read_until(lambda: all(each.is_over for each in invocations))
        return [_pause(each, disturbed) for each in invocations if each.ended_at.get(0, 0) > disturbed]

    def _read_until(self, is_reached: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not is_reached() and time.monotonic() < end:
            self._observer.read(0.005)


def _pause(invocation: Invocation, disturbed: float) -> float:
    """The longest time in which nothing came of a reply, after a moment or across it."""
    times = [
        piece.at
        for delivery in invocation.deliveries
        for part in delivery.parts.values()
        for piece in part.pieces
    ] + list(invocation.ended_at.values())
    before = max((at for at in times if at <= disturbed), default=disturbed)
    after = sorted(at for at in times if at > disturbed)
    return max((late - early for early, late in pairwise([before, *after])), default=0)


def main() -> None:
    parser = report.parser(__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--stops", type=int, default=1)
    options = parser.parse_args()
    result, history, rng = report.Report(), History(), random.Random(options.seed)
    pauses: dict[str, list[float]] = {"kill": [], "stop": []}
    with Service(options.fusebox) as service:
        reference = questions.reference(service.endpoint, questions.LONG)
        for kind in ["kill"] * options.kills + ["stop"] * options.stops:
            round = Round(service, history, rng)
            pauses[kind] += round.kill(reference) if kind == "kill" else round.stop(reference)
            round.leave()
            service.wait_for_workers()
            history.looked(service.status())
        resumed = service.status().resumed
    broken = check(history, reference)
    result.figures = {
        "workers killed / stopped for 20 s": f"{options.kills} / {options.stops}",
        "replies": len(history.requests),
        "parts that went on at another worker": resumed,
        "promises broken": counts(broken),
        "pause of a reply, worker killed": report.spread(pauses["kill"]),
        "pause of a reply, worker stopped": report.spread(pauses["stop"]),
    }
    result.broken = [str(violation) for violation in broken]
    for kind, each in pauses.items():
        slowest = report.percentile(each, 0.99)
        result.expect(slowest <= PAUSE_LIMIT, f"after a {kind}, replies paused for {slowest:.1f} s")
    result.finish(options.json)


if __name__ == "__main__":
    main()
