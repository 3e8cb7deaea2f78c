"""What has come of a reply, to tell news from what is sent again."""

from __future__ import annotations

from collections.abc import Sequence

from fusebox_client import events
from fusebox_client.errors import NoAnswer
from fusebox_client.events import Accepted, Chunk, Event
from fusebox_client.scores import token_scores
from fusebox_client.wire import client_pb2 as client

PART_LIMIT = 16


class Resume(Exception):
    """Something is missing: the service has to send again from the offsets on."""


class _Part:
    def __init__(self, first: int = 0) -> None:
        #: The reader has what comes before this token, and this has none of it.
        self.first = first
        self.ids: list[int] = []
        # Tokens of the prompt whose scores have come.
        self.prompt_score_count = 0
        # Bytes of text before the token at an offset, for every offset where a chunk ended: text
        # may lag behind ids, so nothing else aligns it.
        self.text_bytes = {first: 0}
        self.has_tail = False
        self.mixes: dict[int, bytes] = {}
        self.ended = False
        self.was_incomplete = False
        self.resume_offset = first

    @property
    def end(self) -> int:
        """The offset of the next token."""
        return self.first + len(self.ids)


class ReplyProgress:
    """Decides what is new in each message of a reply.

    A pure state machine. The service may send again what the client has, from any chunk on, after
    a lost connection or a restart; only what continues the reply passes. Of each part the reader
    may have the tokens before an offset already.
    """

    def __init__(self, offsets: Sequence[int] = ()) -> None:
        self._parts = [_Part(offset) for offset in offsets]
        self._accepted: Accepted | None = None
        #: The service stands by it: a failure ends one part, where otherwise it is of the whole.
        self.is_accepted = False

    @property
    def is_finished(self) -> bool:
        return bool(self._parts) and all(part.ended for part in self._parts)

    @property
    def seed(self) -> int | None:
        """The one that was given or drawn; None while the service has not said it."""
        return self._accepted.seed if self._accepted else None

    @property
    def token_count(self) -> int:
        return sum(part.end for part in self._parts)

    @property
    def offsets(self) -> list[int]:
        """Where each part goes on."""
        return [part.resume_offset for part in self._parts]

    def receive(self, message: object) -> list[Event]:
        """What is new in a message; Resume when something before it is missing."""
        if isinstance(message, client.Accepted):
            return self._receive_accepted(message)
        if isinstance(message, client.Routed):
            return self._receive_routed(message)
        if isinstance(message, client.Chunk):
            return self._receive_chunk(message)
        if isinstance(message, client.Done):
            return self._receive_done(message)
        if isinstance(message, client.Failed):
            return self._receive_failed(message)
        return []

    def _part(self, index: int) -> _Part:
        if index >= PART_LIMIT:
            raise NoAnswer(f"the service speaks of part {index}, there are at most {PART_LIMIT}")
        while len(self._parts) <= index:
            self._parts.append(_Part())
        return self._parts[index]

    def _receive_accepted(self, message: client.Accepted) -> list[Event]:
        parts = max(1, message.parts)
        self._part(parts - 1)
        self.is_accepted = True
        if self._accepted is not None:
            return []
        self._accepted = Accepted(message.seed, parts, message.request, message.durable)
        return [self._accepted]

    def _receive_routed(self, message: client.Routed) -> list[Event]:
        part = self._part(message.part)
        start = message.segment.from_token
        mix = message.segment.mix.SerializeToString(deterministic=True)
        if part.ended:
            return []
        if start in part.mixes:
            if part.mixes[start] != mix:
                raise NoAnswer("the service began another reply to the same request")
            return []
        part.mixes[start] = mix
        return [events.routed(message)]

    def _receive_chunk(self, message: client.Chunk) -> list[Event]:
        part = self._part(message.part)
        ids, start, known = list(message.ids), message.offset, part.end
        if part.ended:
            return []
        if message.prompt_scores:
            return self._receive_prompt_scores(message, part)
        if start < part.first:
            # It was on its way to who read the reply on this connection before.
            return []
        if start > known:
            part.resume_offset = known
            raise Resume
        if start not in part.text_bytes:
            part.resume_offset = part.first
            raise Resume
        overlap = part.ids[start - part.first :][: len(ids)]
        if overlap != ids[: len(overlap)]:
            raise NoAnswer("the service began another reply to the same request")
        if not ids:
            if start < known or not message.text or part.has_tail:
                return []
            part.has_tail = True
            return [Chunk(message.part, start, [], message.text)]
        text, end = message.text.encode(), start + len(ids)
        part.text_bytes.setdefault(end, part.text_bytes[start] + len(text))
        if end <= known:
            return []
        new_text = text[max(0, part.text_bytes[known] - part.text_bytes[start]) :]
        new_ids = ids[known - start :]
        part.ids += new_ids
        part.resume_offset = end
        scores = token_scores(message.scores)[known - start :]
        return [Chunk(message.part, known, new_ids, new_text.decode("utf-8", "replace"), scores)]

    def _receive_prompt_scores(self, message: client.Chunk, part: _Part) -> list[Event]:
        start, known = message.prompt_offset, part.prompt_score_count
        if start > known:
            part.resume_offset = part.first
            raise Resume
        scores = token_scores(message.prompt_scores)[known - start :]
        part.prompt_score_count += len(scores)
        if not scores:
            return []
        return [Chunk(message.part, 0, [], "", prompt_scores=scores, prompt_offset=known)]

    def _receive_done(self, message: client.Done) -> list[Event]:
        part = self._part(message.part)
        if part.ended:
            return []
        if message.usage.completion_tokens > part.end and not part.was_incomplete:
            part.was_incomplete = True
            raise Resume
        part.ended = True
        return [events.done(message)]

    def _receive_failed(self, message: client.Failed) -> list[Event]:
        self._part(message.part)
        ended: list[Event] = []
        for index in [message.part] if self.is_accepted else range(len(self._parts)):
            if not self._parts[index].ended:
                self._parts[index].ended = True
                ended.append(events.failed(message, index))
        return ended
