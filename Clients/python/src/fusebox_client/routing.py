"""What the adapter router makes of a prompt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fusebox_client.enumerators import enum_name
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
    """How a prompt would be routed; no weights: to the base alone."""

    weights: dict[str, float]
    #: "requested", "routed", "abstained" or "no_router".
    reason: str
    sentences: list[Sentence]
    warnings: list[str]
    #: Of a long message's middle, which the router does not read.
    unread_bytes: int = 0


def sentences(messages: Iterable[common.SentenceRoute]) -> list[Sentence]:
    return [
        Sentence(s.text, {c.name: c.probability for c in s.candidates}, s.abstained)
        for s in messages
    ]


def weights(mix: common.Mix) -> dict[str, float]:
    return {share.name: share.weight / 1024 for share in mix.shares}


def routing(reply: client.RouteReply) -> Routing:
    return Routing(
        weights=weights(reply.segment.mix),
        reason=enum_name(common.Reason, reply.segment.reason, "REASON_"),
        sentences=sentences(reply.sentences),
        warnings=list(reply.warnings),
        unread_bytes=reply.unread_bytes,
    )
