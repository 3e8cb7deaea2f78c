"""Clients that keep a service busy: so many requests at once, or so many a second."""

from __future__ import annotations

import random
import time
from collections import Counter

from history import History
from observer import Observer
from questions import Question

from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common

CONNECTIONS = 8
#: Requests that are sent between two looks at what has come.
SHARE = 16
_STOPPED = (common.FINISH_REASON_CANCELLED, common.FINISH_REASON_DEADLINE)


class Load:
    """Asks one question over several connections, and closes what is over."""

    def __init__(
        self, endpoint: str, question: Question, rng: random.Random, deadline: float | None = None
    ) -> None:
        self.history = History()
        #: When a refused request may come back, and how often each was refused.
        self.refused: dict[bytes, float] = {}
        self.refusals: Counter[bytes] = Counter()
        self._question, self._rng, self._deadline = question, rng, deadline
        self._observers = [Observer(endpoint, self.history) for _ in range(CONNECTIONS)]
        self._places: dict[bytes, Observer] = {}
        #: Not over and not refused.
        self._open: set[bytes] = set()
        self.finished = 0

    def keep(self, count: int, seconds: float) -> float:
        """Requests a second that are answered when so many are always at the service."""
        start, before = time.monotonic(), self.finished
        while time.monotonic() < start + seconds:
            while len(self._open) < count:
                self.ask()
            self.read()
        return (self.finished - before) / seconds

    def pour(self, rate: float, seconds: float) -> float:
        """Requests a second that are answered when so many a second come, whatever happens."""
        start, before, asked = time.monotonic(), self.finished, 0
        while (since := time.monotonic() - start) < seconds:
            # A client that only asks would learn of nothing in time.
            for _ in range(min(int(since * rate) - asked, SHARE)):
                self.ask()
                asked += 1
            self.read()
        return (self.finished - before) / seconds

    def ask(self, request: bytes = b"") -> bytes:
        """A new request, or one that was refused once more."""
        observer = self._places.get(request) or self._rng.choice(self._observers)
        request = observer.submit(self._question, request, deadline=self._deadline)
        self._places[request] = observer
        self._open.add(request)
        return request

    def read(self) -> None:
        """Takes what has come."""
        for observer in self._observers:
            for message in observer.read():
                self._take(message, observer)
        time.sleep(0.0005)

    def come_back(self, patience: float) -> None:
        """Until all are answered, each refused one asking again when it was told to."""
        end = time.monotonic() + patience
        while (self._open or self.refused) and time.monotonic() < end:
            now = time.monotonic()
            for request in [request for request, due in self.refused.items() if due <= now]:
                del self.refused[request]
                self.ask(request)
            self.read()

    def wait(self, patience: float) -> None:
        """Until all that was taken has come to an end."""
        end = time.monotonic() + patience
        while self._open and time.monotonic() < end:
            self.read()

    def leave(self) -> None:
        for observer in self._observers:
            observer.leave()

    def _take(self, message: object, observer: Observer) -> None:
        if isinstance(message, client.Failed) and message.request in self._open:
            self._open.discard(message.request)
            self.refused[message.request] = time.monotonic() + message.retry_after_ms / 1000
            self.refusals[message.request] += 1
        elif isinstance(message, client.Done):
            self._open.discard(message.request)
            self.finished += message.reason not in _STOPPED
            observer.close(message.request)
