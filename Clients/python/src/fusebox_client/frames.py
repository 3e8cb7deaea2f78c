"""The three frames of every message: version, kind, protobuf body."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from google.protobuf.message import DecodeError, Message

from fusebox_client.errors import ProtocolMismatch
from fusebox_client.wire import client_pb2 as client

MAJOR = 1
VERSION = struct.pack("<4sHHI", b"FBX1", MAJOR, MAJOR, 0)
CLIENT_LIMIT = 1 << 20
SERVICE_LIMIT = 4 << 20

_VERBS: dict[type[Message], bytes] = {
    client.Submit: b"SUBMIT",
    client.Attach: b"ATTACH",
    client.Cancel: b"CANCEL",
    client.Credit: b"CREDIT",
    client.Close: b"CLOSE",
    client.Route: b"ROUTE",
    client.ListAdapters: b"LIST_ADAPTERS",
    client.Status: b"STATUS",
    client.ListRequests: b"LIST_REQUESTS",
    client.Retry: b"RETRY",
    client.Drop: b"DROP",
    client.ChangeAdapter: b"CHANGE_ADAPTER",
}

_EVENTS: dict[bytes, type[Message]] = {
    b"ACCEPTED": client.Accepted,
    b"ROUTED": client.Routed,
    b"CHUNK": client.Chunk,
    b"DONE": client.Done,
    b"FAILED": client.Failed,
    b"ROUTE_REPLY": client.RouteReply,
    b"ADAPTERS": client.Adapters,
    b"STATUS_REPLY": client.StatusReply,
    b"REQUESTS": client.Requests,
    b"ADAPTER_CHANGED": client.AdapterChanged,
}


def encode(verb: Message) -> list[bytes]:
    """Lays a message to the front out; ValueError when the front would refuse its size."""
    body: bytes = verb.SerializeToString()
    if len(body) > CLIENT_LIMIT:
        raise ValueError(f"the request has {len(body)} bytes, at most {CLIENT_LIMIT} are taken")
    return [VERSION, _VERBS[type(verb)], body]


def decode(frames: Sequence[bytes]) -> Message:
    """Reads a message from the front."""
    if not frames or len(frames[0]) != len(VERSION):
        raise ProtocolMismatch("the peer does not speak this protocol")
    magic, major, minimum, _ = struct.unpack("<4sHHI", frames[0])
    if magic != b"FBX1":
        raise ProtocolMismatch("the peer does not speak this protocol")
    if minimum > MAJOR or major < MAJOR:
        raise ProtocolMismatch(
            f"the service speaks protocol versions {minimum} to {major}, this client {MAJOR}"
        )
    if len(frames) != 3 or frames[1] not in _EVENTS:
        raise ProtocolMismatch(f"unknown message {frames[1:2]!r}")
    event = _EVENTS[frames[1]]()
    try:
        event.ParseFromString(frames[2])
    except DecodeError as error:
        raise ProtocolMismatch(f"the body of {frames[1]!r} is not its protobuf") from error
    return event
