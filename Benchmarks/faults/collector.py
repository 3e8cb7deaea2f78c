"""Clients that come for what was asked before, by themselves or by others."""

from __future__ import annotations

import time
from collections.abc import Collection

import questions
from history import History
from observer import Observer

from fusebox_client.wire import client_pb2 as client

_QUESTIONS = {each.name: each for each in questions.ALL + questions.LONG}
_CONNECTIONS = 8


def collect(
    endpoint: str,
    history: History,
    requests: Collection[bytes],
    patience: float = 60,
    close: bool = True,
) -> float | None:
    """Reads requests to their ends over new connections, and has the service forget them.

    What was accepted is attached to where its reader had come; what was not is submitted once
    more under its id. Returns the moment at which the service had answered for all of them; None
    when it did not.
    """
    end = time.monotonic() + patience
    observers = [Observer(endpoint, history) for _ in range(min(_CONNECTIONS, len(requests)))]
    places = {request: observers[i % len(observers)] for i, request in enumerate(requests)}
    for request, observer in places.items():
        invocation = history.requests[request]
        if invocation.accepted_at is None:
            observer.submit(_QUESTIONS[invocation.question], request)
        else:
            observer.attach(request)
    unanswered, owed = set(requests), set(requests)
    answered: float | None = None
    while owed and time.monotonic() < end:
        for observer in observers:
            for message in observer.read(0.001):
                if isinstance(message, (client.Accepted, client.Failed)):
                    unanswered.discard(message.request)
        if answered is None and not unanswered:
            answered = time.monotonic()
        owed = {request for request in owed if not _is_settled(history, request)}
    for request, observer in places.items():
        if close and history.requests[request].is_over:
            observer.close(request)
    for observer in observers:
        # Without a pause what was said last may not have been sent.
        observer.read(0.01)
        observer.leave()
    return answered


def _is_settled(history: History, request: bytes) -> bool:
    """Nothing more is to be expected: it ended, or was refused."""
    invocation = history.requests[request]
    return invocation.is_over or bool(invocation.deliveries[-1].refused)
