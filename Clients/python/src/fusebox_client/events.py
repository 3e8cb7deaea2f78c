"""What the service says about a request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Union

from fusebox_client.enumerators import enum_name
from fusebox_client.errors import ProtocolMismatch, RequestFailed
from fusebox_client.provenance import Provenance, provenance
from fusebox_client.routing import Sentence, sentences, weights
from fusebox_client.scores import TokenScore
from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common


@dataclass(frozen=True)
class Accepted:
    """The service took the request."""

    seed: int
    parts: int
    #: The 16 bytes that name it.
    request: bytes = b""
    #: It is in the service's journal: whatever ends the service, it is answered once.
    durable: bool = False


@dataclass(frozen=True)
class Routed:
    """From this token of the part on, these adapters govern; no weights: the base alone."""

    part: int
    from_token: int
    weights: dict[str, float]
    #: "requested", "routed", "abstained" or "no_router".
    reason: str
    #: What the router made of each sentence.
    sentences: list[Sentence]
    #: Of a long message's middle, which the router did not read.
    unread_bytes: int = 0


@dataclass(frozen=True)
class Chunk:
    """The next tokens of a part, or, before all of them, scores of its prompt."""

    part: int
    offset: int
    ids: list[int]
    text: str
    #: One an id, where they were asked for.
    scores: list[TokenScore] = field(default_factory=list)
    #: Of the prompt's tokens from `prompt_offset` on, in chunks of their own.
    prompt_scores: list[TokenScore] = field(default_factory=list)
    prompt_offset: int = 0


@dataclass(frozen=True)
class Done:
    """A part's end."""

    part: int
    #: "end", "stop", "length", "cancelled" or "deadline".
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    #: Prompt tokens that the prefix cache spared.
    cached_tokens: int
    provenance: Provenance


@dataclass(frozen=True)
class Failed:
    """A part's end, or the whole request's where it was not accepted."""

    part: int
    code: str
    message: str
    retry_after: float


Event = Union[Accepted, Routed, Chunk, Done, Failed]


def acceptance(event: Event) -> Accepted:
    """A reply's first event as what it should be; RequestFailed when the request was refused."""
    if isinstance(event, Accepted):
        return event
    if isinstance(event, Failed):
        raise RequestFailed(event.code, event.message, event.retry_after)
    raise ProtocolMismatch("the service answered a request that it did not accept")


def routed(message: client.Routed) -> Routed:
    return Routed(
        part=message.part,
        from_token=message.segment.from_token,
        weights=weights(message.segment.mix),
        reason=enum_name(common.Reason, message.segment.reason, "REASON_"),
        sentences=sentences(message.sentences),
        unread_bytes=message.unread_bytes,
    )


def done(message: client.Done) -> Done:
    return Done(
        part=message.part,
        finish_reason=enum_name(common.FinishReason, message.reason, "FINISH_REASON_"),
        prompt_tokens=message.usage.prompt_tokens,
        completion_tokens=message.usage.completion_tokens,
        cached_tokens=message.usage.cached_tokens,
        provenance=provenance(message.provenance),
    )


def failed(message: client.Failed, part: int) -> Failed:
    code = enum_name(common.Code, message.code, "CODE_")
    return Failed(part, code, message.message, message.retry_after_ms / 1000)
