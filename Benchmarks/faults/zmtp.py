"""ZeroMQ's transport by hand, for clients that do what no library does."""

from __future__ import annotations

import socket
import time

_GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
_READY = b"\x05READY" + b"\x0bSocket-Type" + (6).to_bytes(4, "big") + b"DEALER"
HANDSHAKE = _GREETING + bytes([4, len(_READY)]) + _READY


def connect(endpoint: str) -> socket.socket:
    """A plain connection, on which nothing has been said."""
    kind, _, address = endpoint.partition("://")
    if kind == "ipc":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(5)
        connection.connect(address)
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), 5)


def frame(body: bytes, more: bool = False) -> bytes:
    if len(body) < 256:
        return bytes([more, len(body)]) + body
    return bytes([2 | more]) + len(body).to_bytes(8, "big") + body


def message(frames: list[bytes]) -> bytes:
    return b"".join(frame(body, more=True) for body in frames[:-1]) + frame(frames[-1])


def pour(endpoint: str, block: bytes, seconds: float) -> None:
    """Sends the block again and again, on a new connection whenever the peer ends one."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with connect(endpoint) as connection:
                connection.sendall(HANDSHAKE)
                _pour(connection, memoryview(block), end)
        except OSError:
            time.sleep(0.01)


def _pour(connection: socket.socket, block: memoryview, end: float) -> None:
    connection.settimeout(0.2)
    sent = 0
    while time.monotonic() < end:
        try:
            sent = (sent + connection.send(block[sent:])) % len(block)
        except TimeoutError:
            continue
