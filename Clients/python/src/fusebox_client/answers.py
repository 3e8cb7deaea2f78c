"""What questions are answered with."""

from __future__ import annotations

from dataclasses import dataclass, field

from fusebox_client.reply import enum_name
from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common


@dataclass(frozen=True)
class Sentence:
    """What the adapter router makes of one sentence."""

    text: str
    #: Probabilities by name, best first, "base" among them.
    candidates: dict[str, float]
    abstained: bool


@dataclass(frozen=True)
class Routing:
    """How a prompt would be routed."""

    weights: dict[str, float]
    reason: str
    sentences: list[Sentence]
    warnings: list[str]
    #: Of a long message's middle, which the router does not read.
    unread_bytes: int = 0


@dataclass(frozen=True)
class Adapter:
    """An adapter that requests may select."""

    name: str
    digest: bytes
    rank: int
    byte_count: int
    routable: bool
    warnings: list[str] = field(default_factory=list)


def routing(reply: client.RouteReply) -> Routing:
    return Routing(
        weights={share.name: share.weight / 1024 for share in reply.segment.mix.shares},
        reason=enum_name(common.Reason, reply.segment.reason, "REASON_"),
        sentences=[
            Sentence(s.text, {c.name: c.probability for c in s.candidates}, s.abstained)
            for s in reply.sentences
        ],
        warnings=list(reply.warnings),
        unread_bytes=reply.unread_bytes,
    )


def adapters(reply: client.Adapters) -> list[Adapter]:
    return [
        Adapter(a.name, a.digest, a.rank, a.byte_count, a.routable, list(a.warnings))
        for a in reply.adapters
    ]
