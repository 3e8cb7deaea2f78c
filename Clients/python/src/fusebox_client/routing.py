"""What the adapter router makes of a prompt, and the adapters that it has to choose from."""

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


@dataclass(frozen=True)
class Adapter:
    """An adapter that requests may select."""

    name: str
    #: SHA-256.
    digest: bytes
    rank: int
    byte_count: int
    #: The router has a class for it.
    routable: bool
    warnings: list[str]
    #: Workers that have its weights in memory.
    resident: int = 0
    #: Over all workers: how often the weights were loaded on demand and given up for others, and turns that used them.
    loads: int = 0
    evictions: int = 0
    uses: int = 0
    #: The longest of the workers' last loads.
    load_ms: float = 0.0


@dataclass(frozen=True)
class RefusedAdapter:
    """An adapter of the served folder that cannot be used."""

    name: str
    reason: str


def refused(messages: Iterable[common.RefusedAdapter]) -> list[RefusedAdapter]:
    return [RefusedAdapter(adapter.name, adapter.reason) for adapter in messages]


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


def adapters(reply: client.Adapters) -> list[Adapter]:
    return [
        Adapter(
            a.name,
            a.digest,
            a.rank,
            a.byte_count,
            a.routable,
            list(a.warnings),
            a.resident,
            a.loads,
            a.evictions,
            a.uses,
            a.load_ms,
        )
        for a in reply.adapters
    ]
