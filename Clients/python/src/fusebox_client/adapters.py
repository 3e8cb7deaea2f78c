"""The adapters that a service has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common


@dataclass(frozen=True)
class AdapterGeneration:
    """What a name stood for, and how the parts of requests that had it fared since the service began."""

    number: int
    #: SHA-256.
    digest: bytes
    #: "serving", "canary" or "retired".
    state: str
    #: Of the requests, a canary's.
    share: float
    #: Parts that ended, and how many of them failed.
    requests: int
    failures: int
    tokens: int
    #: From dispatch to end, of all of them.
    seconds: float
    #: Its mean weight in their mixes.
    weight: float


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
    #: The one that serves; 0: the adapters do not change while the service runs.
    generation: int = 0
    #: The one that serves, a canary beside it, and those before.
    generations: list[AdapterGeneration] = field(default_factory=list)


@dataclass(frozen=True)
class RefusedAdapter:
    """An adapter of the served folder that cannot be used."""

    name: str
    reason: str


def adapters(reply: client.Adapters) -> list[Adapter]:
    return [_adapter(adapter) for adapter in reply.adapters]


def refused(messages: Iterable[common.RefusedAdapter]) -> list[RefusedAdapter]:
    return [RefusedAdapter(adapter.name, adapter.reason) for adapter in messages]


def _adapter(adapter: client.AdapterDescription) -> Adapter:
    return Adapter(
        name=adapter.name,
        digest=adapter.digest,
        rank=adapter.rank,
        byte_count=adapter.byte_count,
        routable=adapter.routable,
        warnings=list(adapter.warnings),
        resident=adapter.resident,
        loads=adapter.loads,
        evictions=adapter.evictions,
        uses=adapter.uses,
        load_ms=adapter.load_ms,
        generation=adapter.generation,
        generations=[_generation(generation) for generation in adapter.generations],
    )


def _generation(generation: client.AdapterGeneration) -> AdapterGeneration:
    return AdapterGeneration(
        number=generation.number,
        digest=generation.digest,
        state=generation.state,
        share=generation.share,
        requests=generation.requests,
        failures=generation.failures,
        tokens=generation.tokens,
        seconds=generation.seconds,
        weight=generation.weight,
    )
