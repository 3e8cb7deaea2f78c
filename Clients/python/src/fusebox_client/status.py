"""What the service is doing."""

from __future__ import annotations

from dataclasses import dataclass

from fusebox_client.routing import RefusedAdapter, refused
from fusebox_client.wire import client_pb2 as client


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
    refused_adapters: list[RefusedAdapter]
    workers: list[WorkerStatus]
    connections: ConnectionStatus


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
        refused_adapters=refused(reply.refused_adapters),
        workers=[_worker(worker) for worker in reply.workers],
        connections=ConnectionStatus(
            open=reply.connections.open,
            refused=reply.connections.refused,
            cut=reply.connections.cut,
            buffered_bytes=reply.connections.buffered_bytes,
        ),
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
    )
