"""Whether cancels free their places at once and end each request once.

    python Benchmarks/faults/cancels.py --fusebox .build/release/fusebox [--cancels 1000] [--seed 1] [--json]

Four clients keep 24 replies running, so few that they read them in time, and cancel each at a random moment of its life,
some of them twice. Exits with 1 when one had no end or two, when more than 1 % of the ends came later than 200 ms or than
what the slowest hundredth of the steps takes between two tokens of a reply, or when the service does not come to rest
afterwards.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import pairwise

import questions
import report
from checker import check, counts
from history import History
from observer import Observer
from service import Service

LIMIT = 0.2
CLIENTS = 4
AT_ONCE = 24


class Client:
    """Submits, and cancels what is due; a share of what runs at once is its own."""

    def __init__(self, endpoint: str, history: History, rng: random.Random) -> None:
        self._history, self._rng = history, rng
        self._observer = Observer(endpoint, history)
        #: When each is to be cancelled.
        self._due: dict[bytes, float] = {}
        #: Cancelled and not over.
        self._ending: set[bytes] = set()
        self.cancels = 0

    def turn(self, may_ask: bool) -> None:
        self._observer.read()
        now = time.monotonic()
        while may_ask and len(self._due) < AT_ONCE // CLIENTS:
            request = self._observer.submit(self._rng.choice(questions.LONG))
            self._due[request] = now + self._rng.expovariate(2)
        for request in [request for request, due in self._due.items() if due <= now]:
            del self._due[request]
            if not self._history.requests[request].is_over:
                self._observer.cancel(request)
                self.cancels += 1
                if self._rng.random() < 0.1:
                    self._observer.cancel(request)
            self._ending.add(request)
        for request in list(self._ending):
            if self._history.requests[request].is_over:
                self._ending.remove(request)
                self._observer.close(request)

    @property
    def is_done(self) -> bool:
        return not self._due and not self._ending

    def leave(self) -> None:
        self._observer.leave()


def gaps(history: History) -> Iterator[float]:
    """Seconds between tokens of a reply that came one after the other."""
    for invocation in history.requests.values():
        for delivery in invocation.deliveries:
            for part in delivery.parts.values():
                for early, late in pairwise(part.pieces):
                    yield late.at - early.at


def main() -> None:
    parser = report.parser(__doc__)
    parser.add_argument("--cancels", type=int, default=200)
    options = parser.parse_args()
    result, history, rng = report.Report(), History(), random.Random(options.seed)
    with Service(options.fusebox) as service:
        reference = questions.reference(service.endpoint, questions.LONG)
        clients = [Client(service.endpoint, history, rng) for _ in range(CLIENTS)]
        end = time.monotonic() + 60 + options.cancels / 10
        while time.monotonic() < end:
            for client in clients:
                client.turn(may_ask=sum(each.cancels for each in clients) < options.cancels)
            if all(client.is_done for client in clients):
                break
            time.sleep(0.001)
        over = time.monotonic()
        while (status := service.status()).running and time.monotonic() < over + 5:
            time.sleep(0.01)
        rest = time.monotonic() - over
        for client in clients:
            client.leave()
    broken = check(history, reference)
    times = [
        ended - invocation.cancelled_at
        for invocation in history.requests.values()
        for ended in invocation.ended_at.values()
        if invocation.cancelled_at is not None
    ]
    steps = list(gaps(history))
    limit = max(LIMIT, report.percentile(steps, 0.99))
    late = sum(each > limit for each in times)
    result.figures = {
        "requests / cancelled": f"{len(history.requests)} / {len(times)}",
        "from a cancel to the end": report.spread(times, "ms"),
        "from a token to the next": report.spread(steps, "ms"),
        f"later than {1000 * limit:.0f} ms": late,
        "promises broken": counts(broken),
        "until nothing runs any more": f"{1000 * rest:.0f} ms",
    }
    result.broken = [str(violation) for violation in broken]
    result.expect(late <= len(times) / 100, f"{late} of {len(times)} ends came late")
    result.expect(status.running == 0, f"{status.running} parts still run")
    result.finish(options.json)


if __name__ == "__main__":
    main()
