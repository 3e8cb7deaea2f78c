"""A client that asks for little and takes its answers: what the others' faults must not reach."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from fusebox_client import Client, FuseboxError, RequestFailed

PROMPT = "Write 12 in words."


def ask(client: Client) -> str:
    """Greedy, so that the answer is always the same."""
    return client.generate(PROMPT, max_tokens=10).text


def answer_time(endpoint: str) -> float | None:
    """Seconds until a newcomer has its answer; None when there is none."""
    start = time.monotonic()
    try:
        with Client(endpoint) as client:
            ask(client)
    except FuseboxError:
        return None
    return time.monotonic() - start


@dataclass
class Tally:
    """What became of the requests; `lost`: those without an end, or whose service was gone."""

    sent: int = 0
    right: int = 0
    wrong: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    #: Of each request that was answered, from sending it to its end.
    seconds: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0


class Polite:
    """Asks every `interval` seconds, or when the answer before has come; knows the right answer."""

    def __init__(self, endpoint: str, interval: float) -> None:
        self._endpoint, self._interval = endpoint, interval
        with Client(endpoint) as client:
            self._reference = ask(client)
        self.tally = Tally()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self, patience: float = 90) -> Tally:
        """Ends it; a request that is not over by then is lost."""
        self._over.set()
        self._thread.join(patience)
        tally = self.tally
        tally.lost = tally.sent - tally.right - tally.wrong - tally.refused.total()
        return tally

    def _run(self) -> None:
        # A front that has ended does not come back here.
        with Client(self._endpoint, reconnect_timeout=5) as client:
            due = time.monotonic()
            while not self._over.wait(max(0, due - time.monotonic())):
                due = max(due + self._interval, time.monotonic())
                self._ask(client)

    def _ask(self, client: Client) -> None:
        self.tally.sent += 1
        start = time.monotonic()
        try:
            answer = ask(client)
        except RequestFailed as failure:
            self.tally.refused[failure.code] += 1
            return
        except FuseboxError:
            return
        self.tally.seconds.append(time.monotonic() - start)
        if answer == self._reference:
            self.tally.right += 1
        else:
            self.tally.wrong += 1
