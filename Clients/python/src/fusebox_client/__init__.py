"""A synchronous client of the Fusebox service."""

from fusebox_client.client import Client, default_endpoint
from fusebox_client.errors import (
    FuseboxError,
    NoAnswer,
    ProtocolMismatch,
    RequestFailed,
    Unreachable,
)
from fusebox_client.provenance import provenance_document
from fusebox_client.reply import Accepted, Chunk, Done, Event, Failed, Part, Reply, Result, Routed
from fusebox_client.request import Select

__all__ = [
    "Accepted",
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
    "Select",
    "Unreachable",
    "default_endpoint",
    "provenance_document",
]
