"""A synchronous client of the Fusebox service."""

from fusebox_client.answers import Adapter, Routing, Sentence
from fusebox_client.client import Client
from fusebox_client.endpoint import default_endpoint
from fusebox_client.errors import (
    FuseboxError,
    NoAnswer,
    ProtocolMismatch,
    RequestFailed,
    Unreachable,
    Untrusted,
)
from fusebox_client.provenance import provenance_document
from fusebox_client.reply import Accepted, Chunk, Done, Event, Failed, Part, Reply, Result, Routed
from fusebox_client.request import Select

__all__ = [
    "Accepted",
    "Adapter",
    "Chunk",
    "Client",
    "Done",
    "Event",
    "Failed",
    "FuseboxError",
    "NoAnswer",
    "Part",
    "ProtocolMismatch",
    "Reply",
    "RequestFailed",
    "Result",
    "Routed",
    "Routing",
    "Select",
    "Sentence",
    "Unreachable",
    "Untrusted",
    "default_endpoint",
    "provenance_document",
]
