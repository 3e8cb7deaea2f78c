"""The requests that a service has."""

from __future__ import annotations

from dataclasses import dataclass

from fusebox_client.errors import ProtocolMismatch
from fusebox_client.wire import client_pb2 as client


@dataclass(frozen=True)
class RequestSummary:
    """A request that the service has accepted and not forgotten."""

    request: bytes
    #: "queued", "running", "parked" (its reader is slow), "done", "failed", "quarantined", or "dropped" just now.
    state: str
    #: Seconds since 1970.
    accepted_at: float
    parts: int
    #: That the parts have so far.
    tokens: int
    #: How often a worker was given the part that was given out most often.
    attempts: int
    #: Why it failed; empty where it did not.
    problem: str
    #: It goes on without its client.
    kept: bool
    #: A client is there for it.
    attached: bool


def request_summaries(reply: client.Requests) -> list[RequestSummary]:
    return [_summary(summary) for summary in reply.requests]


def request_summary(reply: client.Requests) -> RequestSummary:
    """Of the one that was asked about."""
    if len(reply.requests) != 1:
        raise ProtocolMismatch(f"the service tells of {len(reply.requests)} requests, not of one")
    return _summary(reply.requests[0])


def _summary(summary: client.RequestSummary) -> RequestSummary:
    return RequestSummary(
        request=summary.request,
        state=summary.state,
        accepted_at=summary.accepted_ms / 1000,
        parts=summary.parts,
        tokens=summary.tokens,
        attempts=summary.attempts,
        problem=summary.problem,
        kept=summary.kept,
        attached=summary.attached,
    )
