"""A client of the Fusebox service, synchronous and asynchronous."""

from fusebox_client.adapters import Adapter, AdapterGeneration, RefusedAdapter
from fusebox_client.async_client import AsyncClient
from fusebox_client.async_reply import AsyncReply
from fusebox_client.client import Client
from fusebox_client.endpoint import default_endpoint
from fusebox_client.errors import (
    Closed,
    FuseboxError,
    NoAnswer,
    ProtocolMismatch,
    RequestFailed,
    Unreachable,
    Untrusted,
)
from fusebox_client.events import Accepted, Chunk, Done, Event, Failed, Routed
from fusebox_client.provenance import (
    Limits,
    Provenance,
    Sampling,
    Segment,
    Share,
    provenance_document,
)
from fusebox_client.reply import Reply
from fusebox_client.request import KVRule, Prompt, Select, SubmitOptions, Weighting
from fusebox_client.requests import RequestSummary
from fusebox_client.result import Part, Result
from fusebox_client.routing import Routing, Sentence
from fusebox_client.scores import Alternative, TokenScore
from fusebox_client.settings import ClientOptions
from fusebox_client.shelf import Shelf, ShelfChange
from fusebox_client.status import (
    AdapterUse,
    ConnectionStatus,
    Latency,
    RunningPart,
    ServiceStatus,
    WorkerStatus,
)

__all__ = [
    "Accepted",
    "Adapter",
    "AdapterGeneration",
    "AdapterUse",
    "Alternative",
    "AsyncClient",
    "AsyncReply",
    "Chunk",
    "Client",
    "ClientOptions",
    "Closed",
    "ConnectionStatus",
    "Done",
    "Event",
    "Failed",
    "FuseboxError",
    "KVRule",
    "Latency",
    "Limits",
    "NoAnswer",
    "Part",
    "Prompt",
    "ProtocolMismatch",
    "Provenance",
    "RefusedAdapter",
    "Reply",
    "RequestFailed",
    "RequestSummary",
    "Result",
    "Routed",
    "Routing",
    "RunningPart",
    "Sampling",
    "Segment",
    "Select",
    "Sentence",
    "ServiceStatus",
    "Share",
    "Shelf",
    "ShelfChange",
    "SubmitOptions",
    "TokenScore",
    "Unreachable",
    "Untrusted",
    "Weighting",
    "WorkerStatus",
    "default_endpoint",
    "provenance_document",
]
