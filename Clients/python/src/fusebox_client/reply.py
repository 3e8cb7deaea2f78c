"""What a request's reply says, and a reply as it comes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Union

from fusebox_client.errors import NoAnswer, RequestFailed
from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common


@dataclass(frozen=True)
class Accepted:
    """The service took the request."""

    seed: int
    parts: int


@dataclass(frozen=True)
class Routed:
    """From this token of the part on, these adapters govern; no weights: the base alone."""

    part: int
    from_token: int
    weights: dict[str, float]
    #: "requested", "routed", "abstained" or "no_router".
    reason: str
    #: What the router made of each sentence: its text and, best first, names with probabilities.
    sentences: list[tuple[str, dict[str, float]]] = field(default_factory=list)
    #: Of a long message's middle, which the router did not read.
    unread_bytes: int = 0


@dataclass(frozen=True)
class Chunk:
    """The next tokens of a part."""

    part: int
    offset: int
    ids: list[int]
    text: str


@dataclass(frozen=True)
class Done:
    """A part's end."""

    part: int
    #: "end", "stop", "length", "cancelled" or "deadline".
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    provenance: common.Provenance


@dataclass(frozen=True)
class Failed:
    """A part's end, or the whole request's where it was not accepted."""

    part: int
    code: str
    message: str
    retry_after: float


Event = Union[Accepted, Routed, Chunk, Done, Failed]


@dataclass
class Part:
    """One part of a whole reply."""

    text: str = ""
    ids: list[int] = field(default_factory=list)
    segments: list[Routed] = field(default_factory=list)
    done: Done | None = None
    failed: Failed | None = None


@dataclass
class Result:
    """A whole reply; all but `parts` is of the only part, or of the parts joined."""

    parts: list[Part]

    @property
    def text(self) -> str:
        return "\n".join(part.text for part in self.parts)

    @property
    def ids(self) -> list[int]:
        return [id for part in self.parts for id in part.ids]

    @property
    def segments(self) -> list[Routed]:
        return [segment for part in self.parts for segment in part.segments]

    @property
    def finish_reason(self) -> str:
        done = self.parts[-1].done
        return done.finish_reason if done else "failed"

    @property
    def provenance(self) -> common.Provenance | None:
        done = self.parts[0].done
        return done.provenance if done else None


class _PartProgress:
    """What is known of a part, to tell news from what is sent again."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        # Bytes of text before the token at an offset, for every offset where a chunk ended.
        self.text_bytes = {0: 0}
        self.has_tail = False
        self.mixes: dict[int, bytes] = {}
        self.ended = False
        self.was_incomplete = False
        self.resume_offset = 0


class Resume(Exception):
    """Something is missing: the service has to send again from the offsets on."""


class Reply:
    """An iterator of events, each once and in order; made by `Client.submit`."""

    def __init__(self, request: bytes, read: Callable[["Reply"], Event | None]) -> None:
        #: The 16 bytes that name the request.
        self.request = request
        self._read = read
        self._parts: list[_PartProgress] = []
        self._accepted: Accepted | None = None
        #: The service stands by it: a failure ends one part, where otherwise it is of the whole.
        self.is_accepted = False
        self._queue: deque[Event] = deque()

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        event = self._read(self)
        if event is None:
            raise StopIteration
        return event

    def result(self) -> Result:
        """Reads to the end; RequestFailed when the request or any part failed."""
        parts: list[Part] = []

        def part(index: int) -> Part:
            while len(parts) <= index:
                parts.append(Part())
            return parts[index]

        for event in self:
            if isinstance(event, Accepted):
                part(event.parts - 1)
            elif isinstance(event, Routed):
                part(event.part).segments.append(event)
            elif isinstance(event, Chunk):
                part(event.part).text += event.text
                part(event.part).ids += event.ids
            elif isinstance(event, Done):
                part(event.part).done = event
            else:
                part(event.part).failed = event
        for failed in (p.failed for p in parts if p.failed):
            raise RequestFailed(failed.code, failed.message, failed.retry_after)
        return Result(parts)

    # What follows is the client's side of it.

    def take(self) -> Event | None:
        """The next event that has come, if any."""
        return self._queue.popleft() if self._queue else None

    @property
    def is_finished(self) -> bool:
        return bool(self._parts) and all(part.ended for part in self._parts)

    @property
    def seed(self) -> int | None:
        """The one that was given or drawn; None while the service has not said it."""
        return self._accepted.seed if self._accepted else None

    @property
    def token_count(self) -> int:
        return sum(len(part.ids) for part in self._parts)

    @property
    def offsets(self) -> list[int]:
        return [part.resume_offset for part in self._parts]

    def _part(self, index: int) -> _PartProgress:
        if index >= 16:
            raise NoAnswer(f"the service speaks of part {index}, there are at most 16")
        while len(self._parts) <= index:
            self._parts.append(_PartProgress())
        return self._parts[index]

    def receive(self, message: object) -> None:
        """Queues what is new in a message; Resume when something before it is missing."""
        if isinstance(message, client.Accepted):
            self.is_accepted = True
            if self._accepted is None:
                self._accepted = Accepted(message.seed, message.parts)
                self._part(max(1, message.parts) - 1)
                self._queue.append(self._accepted)
        elif isinstance(message, client.Routed):
            self._receive_routed(message)
        elif isinstance(message, client.Chunk):
            self._receive_chunk(message)
        elif isinstance(message, client.Done):
            self._receive_done(message)
        elif isinstance(message, client.Failed):
            self._receive_failed(message)

    def _receive_routed(self, message: client.Routed) -> None:
        part = self._part(message.part)
        start = message.segment.from_token
        mix = message.segment.mix.SerializeToString(deterministic=True)
        if part.ended:
            return
        if start in part.mixes:
            if part.mixes[start] != mix:
                raise NoAnswer("the service began another reply to the same request")
            return
        part.mixes[start] = mix
        self._queue.append(
            Routed(
                message.part,
                start,
                {share.name: share.weight / 1024 for share in message.segment.mix.shares},
                enum_name(common.Reason, message.segment.reason, "REASON_"),
                [
                    (sentence.text, {c.name: c.probability for c in sentence.candidates})
                    for sentence in message.sentences
                ],
                message.unread_bytes,
            )
        )

    def _receive_chunk(self, message: client.Chunk) -> None:
        part = self._part(message.part)
        ids, start, known = list(message.ids), message.offset, len(part.ids)
        if part.ended:
            return
        if start > known:
            part.resume_offset = known
            raise Resume
        if start not in part.text_bytes:
            part.resume_offset = 0
            raise Resume
        overlap = part.ids[start : start + len(ids)]
        if overlap != ids[: len(overlap)]:
            raise NoAnswer("the service began another reply to the same request")
        if not ids:
            if start == known and message.text and not part.has_tail:
                part.has_tail = True
                self._queue.append(Chunk(message.part, start, [], message.text))
            return
        text, end = message.text.encode(), start + len(ids)
        part.text_bytes.setdefault(end, part.text_bytes[start] + len(text))
        if end <= known:
            return
        new_text = text[max(0, part.text_bytes[known] - part.text_bytes[start]) :]
        new_ids = ids[known - start :]
        part.ids += new_ids
        part.resume_offset = end
        self._queue.append(
            Chunk(message.part, known, new_ids, new_text.decode("utf-8", "replace"))
        )

    def _receive_done(self, message: client.Done) -> None:
        part = self._part(message.part)
        if part.ended:
            return
        if message.usage.completion_tokens > len(part.ids) and not part.was_incomplete:
            part.was_incomplete = True
            raise Resume
        part.ended = True
        self._queue.append(
            Done(
                message.part,
                enum_name(common.FinishReason, message.reason, "FINISH_REASON_"),
                message.usage.prompt_tokens,
                message.usage.completion_tokens,
                message.provenance,
            )
        )

    def _receive_failed(self, message: client.Failed) -> None:
        self._part(message.part)
        code = enum_name(common.Code, message.code, "CODE_")
        for index in [message.part] if self.is_accepted else range(len(self._parts)):
            if not self._parts[index].ended:
                self._parts[index].ended = True
                self._queue.append(
                    Failed(index, code, message.message, message.retry_after_ms / 1000)
                )


def enum_name(enum: Any, value: int, prefix: str) -> str:
    """Such as "not_found"; a newer service may have enumerators without a name here."""
    try:
        name: str = enum.Name(value)
    except ValueError:
        return f"unknown_{value}"
    return name.removeprefix(prefix).lower()
