"""Ways in which clients leave, or stay and do no good; each runs in a process of its own and ends it."""

from __future__ import annotations

import os
import resource
import time

import messages
import zmq
import zmtp

from fusebox_client.frames import encode
from fusebox_client.wire import client_pb2 as client


def bursts(endpoint: str) -> None:
    """10 clients in turn: 3,000 SUBMITs, then gone"""
    for _ in range(10):
        client_process = os.fork()
        if client_process == 0:
            socket = messages.dealer(zmq.Context(), endpoint)
            messages.send(socket, *(messages.small() for _ in range(3000)))
            os._exit(0)
        os.waitpid(client_process, 0)


def questions(endpoint: str) -> None:
    """600 ROUTEs of 50 KB, then gone"""
    socket = messages.dealer(zmq.Context(), endpoint)
    messages.send(socket, *[messages.route(messages.SENTENCES[:50_000])] * 600)
    time.sleep(2)
    os._exit(0)


def half_messages(endpoint: str) -> None:
    """300 each of half a greeting, a frame, a message"""
    whole = zmtp.HANDSHAKE + zmtp.message(encode(messages.small()))
    first_frame = zmtp.frame(encode(messages.small())[0], more=True)
    for said in (whole[:20], whole[:-20], zmtp.HANDSHAKE + first_frame):
        for _ in range(300):
            try:
                with zmtp.connect(endpoint) as connection:
                    connection.sendall(said)
            except OSError:
                time.sleep(0.01)


def within_replies(endpoint: str) -> None:
    """100 long requests, gone at the first chunk"""
    socket = messages.dealer(zmq.Context(), endpoint)
    messages.send(socket, *(messages.long() for _ in range(100)))
    messages.await_chunk(socket)
    os._exit(0)


def without_credit(endpoint: str) -> None:
    """100 long requests with credit for a chunk, then gone"""
    socket = messages.dealer(zmq.Context(), endpoint)
    messages.send(socket, *(messages.long(credit=1) for _ in range(100)))
    messages.await_chunk(socket)
    time.sleep(1)
    os._exit(0)


def many_clients(endpoint: str) -> None:
    """200 clients with 10 requests each, gone together"""
    context = zmq.Context()
    sockets = [messages.dealer(context, endpoint) for _ in range(200)]
    for socket in sockets:
        messages.send(socket, *(messages.small() for _ in range(10)))
    time.sleep(0.3)
    os._exit(0)


def streams(endpoint: str) -> None:
    """200 streams while the front stands still for 6 s"""
    socket = messages.dealer(zmq.Context(), endpoint)
    messages.send(socket, *(messages.long() for _ in range(200)))
    ended, end = 0, time.monotonic() + 60
    while ended < 200 and time.monotonic() < end:
        ended += isinstance(messages.receive(socket, 0.1), (client.Done, client.Failed))
    # The exit code says whether every stream has come to an end.
    os._exit(0 if ended == 200 else 1)


def empty_frames(endpoint: str) -> None:
    """one message of empty frames without end, for 10 s"""
    zmtp.pour(endpoint, zmtp.frame(b"", more=True) * 32768, seconds=10)


def endless_message(endpoint: str) -> None:
    """1 GB of one message in frames of 512 KB"""
    frame = zmtp.frame(bytes(512 << 10), more=True)
    try:
        with zmtp.connect(endpoint) as connection:
            connection.sendall(zmtp.HANDSHAKE)
            for _ in range(2048):
                connection.sendall(frame)
            time.sleep(1)
    except OSError:
        pass


def idle_connections(endpoint: str) -> None:
    """2,000 connections that say nothing, for 5 s"""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    connections = []
    for _ in range(2000):
        try:
            connections.append(zmtp.connect(endpoint))
        except OSError:
            time.sleep(0.01)
    time.sleep(5)
    os._exit(0)


def deaf(endpoint: str) -> None:
    """STATUS without end and nothing read, for 10 s"""
    question = zmtp.message(encode(client.Status(request=bytes(16))))
    zmtp.pour(endpoint, question * 1000, seconds=10)


ALL = (
    bursts,
    questions,
    half_messages,
    within_replies,
    without_credit,
    many_clients,
    streams,
    empty_frames,
    endless_message,
    idle_connections,
    deaf,
)
