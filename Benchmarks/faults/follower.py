"""A client that holds on to its requests through whatever happens, on the bare wire."""

from __future__ import annotations

import random
import time

import questions
from history import Delivery, History, Invocation
from observer import Observer

#: What a request is asked again after.
AGAIN = ("resource_exhausted", "unavailable")
PAUSE = 0.3
#: Seconds without a word about a request after which its client comes back over a new connection: over the old one, where what
#: was asked before may still be answered, nobody could tell which answer is whose.
SILENCE = 15.0


class Follower:
    """Keeps a number of requests at a service, until each has come to its end."""

    def __init__(self, endpoint: str, history: History, rng: random.Random, count: int) -> None:
        self._endpoint, self._history, self._rng, self._count = endpoint, history, rng, count
        self._observer = Observer(endpoint, history)
        self._open: dict[bytes, questions.Question] = {}
        #: When a request was last heard of, or is to be asked again.
        self._heard: dict[bytes, float] = {}
        self._due: dict[bytes, float] = {}
        #: Requests that were given up since two workers had died with them, which chance may do.
        self.taken_for_poison = 0

    @property
    def is_idle(self) -> bool:
        return not self._open

    def turn(self, may_ask: bool) -> None:
        """Takes what has come, and says what is to be said."""
        now = time.monotonic()
        for message in self._observer.read():
            self._heard[message.request] = now
        for request in list(self._open):
            invocation = self._history.requests[request]
            if invocation.is_over:
                self._notice(invocation)
                self._close(request)
            elif request in self._due:
                if now >= self._due[request]:
                    self._resume(request)
            elif _asks_again(invocation.deliveries[-1]):
                self._due[request] = now + PAUSE * self._rng.uniform(0.5, 1.5)
        if any(now >= self._heard[request] + SILENCE for request in self._open):
            self.reconnect()
        while may_ask and len(self._open) < self._count:
            question = self._rng.choice(questions.ALL)
            request = self._observer.submit(question, keep=self._rng.random() < 0.5)
            self._open[request], self._heard[request] = question, now

    def cancel_one(self) -> None:
        if self._open:
            self._observer.cancel(self._rng.choice(list(self._open)))

    def reconnect(self) -> None:
        """Leaves, and comes back for everything over a new connection."""
        self._observer.read()
        self._observer.leave()
        self._observer = Observer(self._endpoint, self._history)
        for request in self._open:
            self._resume(request)

    def leave(self) -> None:
        self._observer.read(0.05)
        self._observer.leave()

    def _resume(self, request: bytes) -> None:
        self._due.pop(request, None)
        self._heard[request] = time.monotonic()
        if self._history.requests[request].accepted_at is None:
            self._observer.submit(self._open[request], request)
        else:
            self._observer.attach(request)

    def _close(self, request: bytes) -> None:
        self._observer.close(request)
        del self._open[request], self._heard[request]
        self._due.pop(request, None)

    def _notice(self, invocation: Invocation) -> None:
        ends = [end for part in invocation.deliveries[-1].parts.values() for end in part.ends]
        if any("workers died" in end.message for end in ends):
            invocation.may_fail = True
            self.taken_for_poison += 1


def _asks_again(delivery: Delivery) -> bool:
    ends = [end for part in delivery.parts.values() for end in part.ends]
    return delivery.refused in AGAIN or any(end.is_passing for end in ends)
