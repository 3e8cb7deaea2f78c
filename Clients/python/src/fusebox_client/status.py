"""What the service is doing."""

from __future__ import annotations

from dataclasses import dataclass, field

from fusebox_client.adapters import RefusedAdapter, refused
from fusebox_client.wire import client_pb2 as client


@dataclass(frozen=True)
class RunningPart:
    """A part of a request that takes a slot of a worker."""

    request: bytes
    part: int
    #: Of the mix that it runs under, by adapter; none: the base alone.
    weights: dict[str, float]
    #: Of the reply so far.
    tokens: int


@dataclass(frozen=True)
class AdapterUse:
    """How an adapter was used since the service started."""

    #: Empty: the base alone.
    name: str
    #: Mixes that it was a part of, and its mean weight in them.
    selections: int
    mean_weight: float
    #: Made under them.
    tokens: int


@dataclass(frozen=True)
class Latency:
    """Times of the last five minutes, in milliseconds; a count of 0: there are none."""

    count: int
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True)
class WorkerStatus:
    """A worker's place, and who serves there."""

    name: str
    pid: int
    #: "starting", "ready", "draining" or "dead".
    state: str
    slots: int
    running: int
    steps: int
    tokens: int
    restarts: int
    #: How much of the prompts the prefix cache spared the process.
    prompt_tokens: int
    cached_tokens: int
    evicted_blocks: int
    #: That its keys and values have room for.
    cache_tokens: int
    #: Why nobody serves at the place; empty where somebody does.
    problem: str
    #: What takes its slots; of very many not all are told.
    parts: list[RunningPart]
    #: Memory that its adapters take and may take, how many have their weights there, and how often any were loaded on
    #: demand and given up for others.
    adapter_bytes: int = 0
    adapter_byte_limit: int = 0
    resident_adapters: int = 0
    adapter_loads: int = 0
    adapter_evictions: int = 0


@dataclass(frozen=True)
class ConnectionStatus:
    """What arrives at the front from its clients and workers."""

    open: int
    #: There was no place for them.
    refused: int
    #: They broke the transport's rules or its bounds.
    cut: int
    buffered_bytes: int


@dataclass(frozen=True)
class ServiceStatus:
    """The service, its requests since it started, its workers and its connections."""

    version: str
    #: What the service calls its base.
    model: str
    #: Tokens that a prompt and its reply may have, and below what ids are; 0: no worker yet.
    context: int
    vocabulary: int
    draining: bool
    #: Why fewer workers serve than should; empty where all do.
    degraded: str
    #: SHA-256 of the base, empty before a worker has come up.
    base: bytes
    #: SHA-256 of the router, empty where there is none.
    router: bytes
    queued: int
    running: int
    accepted: int
    finished: int
    failed: int
    #: Parts that went on at another worker.
    resumed: int
    #: Requests that were not taken.
    refused: int
    #: Of all replies.
    tokens: int
    #: From the time when a part began to wait, and between the tokens of a reply.
    first_token: Latency
    inter_token: Latency
    #: Those that were used.
    adapters: list[AdapterUse]
    refused_adapters: list[RefusedAdapter]
    workers: list[WorkerStatus]
    connections: ConnectionStatus
    #: The file in which accepted requests are kept; empty: none is.
    journal: str = ""
    #: Why nothing can be accepted at the moment; empty where it can.
    journal_problem: str = ""
    #: Adapters that workers died of; no request gets them.
    quarantined_adapters: list[str] = field(default_factory=list)


def service_status(reply: client.StatusReply) -> ServiceStatus:
    return ServiceStatus(
        version=reply.version,
        model=reply.model,
        context=reply.context,
        vocabulary=reply.vocabulary,
        draining=reply.draining,
        degraded=reply.degraded,
        base=reply.base,
        router=reply.router,
        queued=reply.queued,
        running=reply.running,
        accepted=reply.accepted,
        finished=reply.finished,
        failed=reply.failed,
        resumed=reply.resumed,
        refused=reply.refused,
        tokens=reply.tokens,
        first_token=_latency(reply.first_token),
        inter_token=_latency(reply.inter_token),
        adapters=[
            AdapterUse(use.name, use.selections, use.weight / max(1, use.selections), use.tokens)
            for use in reply.adapters
        ],
        refused_adapters=refused(reply.refused_adapters),
        workers=[_worker(worker) for worker in reply.workers],
        connections=ConnectionStatus(
            open=reply.connections.open,
            refused=reply.connections.refused,
            cut=reply.connections.cut,
            buffered_bytes=reply.connections.buffered_bytes,
        ),
        journal=reply.journal,
        journal_problem=reply.journal_problem,
        quarantined_adapters=list(reply.quarantined_adapters),
    )


def _worker(worker: client.WorkerStatus) -> WorkerStatus:
    return WorkerStatus(
        name=worker.name,
        pid=worker.pid,
        state=worker.state,
        slots=worker.slots,
        running=worker.running,
        steps=worker.steps,
        tokens=worker.tokens,
        restarts=worker.restarts,
        prompt_tokens=worker.prompt_tokens,
        cached_tokens=worker.cached_tokens,
        evicted_blocks=worker.evicted_blocks,
        cache_tokens=worker.cache_tokens,
        problem=worker.problem,
        parts=[
            RunningPart(
                request=part.request,
                part=part.part,
                weights={share.name: share.weight for share in part.shares},
                tokens=part.tokens,
            )
            for part in worker.parts
        ],
        adapter_bytes=worker.adapter_bytes,
        adapter_byte_limit=worker.adapter_byte_limit,
        resident_adapters=worker.resident_adapters,
        adapter_loads=worker.adapter_loads,
        adapter_evictions=worker.adapter_evictions,
    )


def _latency(latency: client.Latency) -> Latency:
    return Latency(latency.count, latency.p50_ms, latency.p95_ms, latency.p99_ms)
