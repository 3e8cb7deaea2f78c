"""What clients asked a service and what they got, for a checker to read afterwards."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fusebox_client import ServiceStatus
from fusebox_client.enumerators import enum_name
from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common


@dataclass(frozen=True)
class End:
    """How a part ended."""

    #: Of a DONE its reason, of a FAILED its code, in lower case.
    word: str
    is_done: bool
    #: Ids that were sent in chunks, as the service says; None after a FAILED.
    tokens: int | None
    #: The same request may be sent again, or goes on with an ATTACH: not its last word.
    is_passing: bool
    message: str = ""


@dataclass(frozen=True)
class Piece:
    """Tokens that came together."""

    offset: int
    ids: tuple[int, ...]
    text: str
    at: float


@dataclass
class PartDelivery:
    """What one delivery brought of a part, in order."""

    #: The first token that was asked for, and the text before it where the client had that.
    start: int = 0
    text_before: str | None = ""
    pieces: list[Piece] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)
    #: How many pieces had come when the part ended for the first time.
    pieces_at_end: int | None = None

    @property
    def end_offset(self) -> int:
        """Where the client would go on."""
        last = self.pieces[-1] if self.pieces else None
        return last.offset + len(last.ids) if last else self.start

    @property
    def text(self) -> str | None:
        """All of it so far; None where the beginning is not known."""
        if self.text_before is None:
            return None
        return self.text_before + "".join(piece.text for piece in self.pieces)


@dataclass
class Delivery:
    """What followed one SUBMIT or ATTACH, until the next one for the request."""

    connection: int
    parts: dict[int, PartDelivery] = field(default_factory=dict)
    accepted: int = 0
    #: The code of a FAILED that refused it as a whole.
    refused: str = ""


@dataclass
class Invocation:
    """A request, over all connections that cared for it."""

    question: str
    asked_at: float
    #: Seconds after acceptance until it has to end.
    deadline: float | None = None
    #: It is expected to kill workers, or to be refused for what it asks.
    may_fail: bool = False
    accepted_at: float | None = None
    durable: bool = False
    parts: int = 1
    cancelled_at: float | None = None
    closed: bool = False
    deliveries: list[Delivery] = field(default_factory=list)
    #: When each part ended for the first time.
    ended_at: dict[int, float] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        return self.accepted_at is not None and len(self.ended_at) >= self.parts

    @property
    def offsets(self) -> list[int]:
        """Where its client would go on."""
        return [self._last(part).end_offset for part in range(self.parts)]

    def _last(self, part: int) -> PartDelivery:
        """What is known of a part, from the delivery that came furthest."""
        known = [delivery.parts[part] for delivery in self.deliveries if part in delivery.parts]
        return max(known, key=lambda each: each.end_offset, default=PartDelivery())


class History:
    """Of all requests, by their ids; times are monotonic seconds."""

    def __init__(self) -> None:
        self.requests: dict[bytes, Invocation] = {}
        #: Of each look at a service: places taken and places there, by worker.
        self.places: list[dict[str, tuple[int, int]]] = []
        #: The most dispatches that the service tells of a part, by request.
        self.attempts: dict[bytes, int] = {}

    def asked(
        self, verb: client.Submit, question: str, connection: int, may_fail: bool = False
    ) -> None:
        """A SUBMIT goes out, for the first time or once more."""
        deadline = verb.limits.deadline_ms / 1000 or None
        invocation = self.requests.setdefault(
            verb.request, Invocation(question, time.monotonic(), deadline, may_fail)
        )
        invocation.deliveries.append(Delivery(connection))

    def attached(self, verb: client.Attach, connection: int) -> None:
        """An ATTACH goes out."""
        invocation = self.requests[verb.request]
        delivery = Delivery(connection)
        for part, offset in enumerate(verb.from_offsets):
            known = invocation._last(part)
            before = known.text if known.end_offset == offset else None if offset else ""
            delivery.parts[part] = PartDelivery(offset, before)
        invocation.deliveries.append(delivery)

    def cancelled(self, request: bytes) -> None:
        invocation = self.requests[request]
        if invocation.cancelled_at is None:
            invocation.cancelled_at = time.monotonic()

    def closed(self, request: bytes) -> None:
        self.requests[request].closed = True

    def looked(self, status: ServiceStatus) -> None:
        """A service said what its workers do."""
        self.places.append(
            {worker.name: (worker.running, worker.slots) for worker in status.workers}
        )

    def tried(self, request: bytes, attempts: int) -> None:
        self.attempts[request] = max(attempts, self.attempts.get(request, 0))

    def received(self, message: Any, connection: int) -> None:
        """A message came over a connection; those of questions are passed over."""
        invocation = self.requests.get(message.request)
        if invocation is None:
            return
        delivery = next(
            (each for each in reversed(invocation.deliveries) if each.connection == connection),
            None,
        )
        if delivery is None:
            return
        now = time.monotonic()
        if isinstance(message, client.Accepted):
            delivery.accepted += 1
            invocation.parts = max(1, message.parts)
            invocation.durable |= message.durable
            if invocation.accepted_at is None:
                invocation.accepted_at = now
        elif isinstance(message, client.Failed) and not delivery.accepted:
            delivery.refused = enum_name(common.Code, message.code, "CODE_")
        elif isinstance(message, client.Chunk):
            part = delivery.parts.setdefault(message.part, PartDelivery())
            ids = tuple(message.ids)
            if ids or message.text:
                part.pieces.append(Piece(message.offset, ids, message.text, now))
        elif isinstance(message, (client.Done, client.Failed)):
            part = delivery.parts.setdefault(message.part, PartDelivery())
            end = _end(message)
            part.ends.append(end)
            if part.pieces_at_end is None:
                part.pieces_at_end = len(part.pieces)
            if not end.is_passing:
                invocation.ended_at.setdefault(message.part, now)

    def offsets(self, request: bytes) -> Sequence[int]:
        return self.requests[request].offsets


def _end(message: client.Done | client.Failed) -> End:
    if isinstance(message, client.Done):
        reason = enum_name(common.FinishReason, message.reason, "FINISH_REASON_")
        return End(reason, True, message.usage.completion_tokens, False)
    code = enum_name(common.Code, message.code, "CODE_")
    passing = message.retry_after_ms > 0 or code == "slow_consumer"
    return End(code, False, None, passing, message.message)
