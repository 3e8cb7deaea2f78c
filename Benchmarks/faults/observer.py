"""A client of the bare wire whose whole conversation goes into a history."""

from __future__ import annotations

import itertools
import time
from typing import Any

import messages
import zmq
from history import History
from questions import Question

from fusebox_client.credit import UNLIMITED
from fusebox_client.frames import decode, encode
from fusebox_client.wire import client_pb2 as client

_connections = itertools.count(1)


class Observer:
    """One connection. It resumes nothing by itself: what a front does is what is recorded."""

    def __init__(self, endpoint: str, history: History) -> None:
        self._context: zmq.Context[messages.Socket] = zmq.Context()
        self._socket = messages.dealer(self._context, endpoint)
        self.history = history
        self.number = next(_connections)

    def __enter__(self) -> Observer:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def submit(
        self,
        question: Question,
        request: bytes = b"",
        keep: bool = False,
        credit: int = 0,
        deadline: float | None = None,
        may_fail: bool = False,
    ) -> bytes:
        """Sends a request under a new id, or once more under one that was used."""
        options = dict(question.options)
        if deadline is not None:
            options["deadline"] = deadline
        verb = messages.submit(
            question.prompt, credit, select=question.select, keep=keep, **options
        )
        verb.request = request or verb.request
        self.history.asked(verb, question.name, self.number, may_fail)
        self._send(verb)
        return bytes(verb.request)

    def attach(self, request: bytes) -> None:
        """Goes on where the request's earlier connections had come, and takes all there is."""
        verb = client.Attach(request=request, from_offsets=self.history.offsets(request))
        self.history.attached(verb, self.number)
        self._send(verb)
        self._send(client.Credit(request=request, chunks=UNLIMITED))

    def cancel(self, request: bytes) -> None:
        self.history.cancelled(request)
        self._send(client.Cancel(request=request))

    def close(self, request: bytes) -> None:
        """Has the service forget it."""
        self.history.closed(request)
        self._send(client.Close(request=request))

    def read(self, seconds: float = 0) -> list[Any]:
        """What has come, or comes within this time."""
        taken: list[Any] = []
        if seconds:
            self._socket.poll(round(seconds * 1000))
        while True:
            try:
                message = decode(self._socket.recv_multipart(zmq.DONTWAIT))
            except zmq.Again:
                return taken
            self.history.received(message, self.number)
            taken.append(message)

    def read_for(self, seconds: float) -> None:
        """Takes what comes within this time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)

    def leave(self) -> None:
        """Ends the connection; what was not sent yet is not sent any more."""
        self._context.destroy(linger=0)

    def _send(self, verb: Any) -> None:
        self._socket.send_multipart(encode(verb))
