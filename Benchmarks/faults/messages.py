"""What the faulty clients say: messages of the protocol, without the library's care for replies."""

from __future__ import annotations

import secrets
import time
from typing import Any

import zmq

from fusebox_client.frames import decode, encode
from fusebox_client.request import prompt_message, submit_message
from fusebox_client.wire import client_pb2 as client

#: A hundred thousand sentences in half a megabyte: all work for the router, none of it useful.
SENTENCES = "A b. " * 100_000

Socket = zmq.Socket[bytes]


def dealer(context: zmq.Context[Socket], endpoint: str, room: int = 0) -> Socket:
    """A socket with room for so many messages each way, 0 for any number, that leaves at once."""
    socket = context.socket(zmq.DEALER)
    for option, value in ((zmq.LINGER, 0), (zmq.SNDHWM, room), (zmq.RCVHWM, room)):
        socket.setsockopt(option, value)
    socket.connect(endpoint)
    return socket


def submit(prompt: str, credit: int = 0, **options: Any) -> client.Submit:
    verb = submit_message(prompt, **options)
    verb.request, verb.credit = secrets.token_bytes(16), credit
    return verb


def small() -> client.Submit:
    return submit("Write 12 in words. Write a happy review of a car.", max_tokens=5)


def long(credit: int = 0) -> client.Submit:
    """A reply that, this hot, hardly ends before its limit."""
    seed = secrets.randbits(32)
    return submit("Go on.", credit, select="base", max_tokens=900, temperature=4.0, seed=seed)


def route(prompt: str) -> client.Route:
    return client.Route(request=secrets.token_bytes(16), prompt=prompt_message(prompt))


def receive(socket: Socket, seconds: float) -> Any:
    """The next message, or None when none comes in time."""
    return decode(socket.recv_multipart()) if socket.poll(round(seconds * 1000)) else None


def await_chunk(socket: Socket, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not isinstance(receive(socket, 0.1), client.Chunk):
        pass


def send(socket: Socket, *verbs: Any) -> None:
    for verb in verbs:
        socket.send_multipart(encode(verb))
