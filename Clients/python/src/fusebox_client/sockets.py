"""The client's socket, and what tells how its connection stands."""

from __future__ import annotations

import zmq

from fusebox_client import frames


def dealer(context: zmq.Context[zmq.Socket[bytes]]) -> zmq.Socket[bytes]:
    socket = context.socket(zmq.DEALER)
    for option, value in (
        (zmq.LINGER, 500),
        (zmq.SNDHWM, 256),
        (zmq.RCVHWM, 256),
        (zmq.MAXMSGSIZE, frames.SERVICE_LIMIT),
        (zmq.IMMEDIATE, 1),
        (zmq.HANDSHAKE_IVL, 3000),
        # libzmq's heartbeat ends the process ("Assertion failed: !_io_error") when the peer of a
        # connection goes away that a full pipe holds up. A Status finds silence out instead.
        (zmq.HEARTBEAT_IVL, 0),
        (zmq.RECONNECT_IVL, 100),
        (zmq.RECONNECT_IVL_MAX, 2000),
    ):
        socket.setsockopt(option, value)
    return socket


def monitor(socket: zmq.Socket[bytes]) -> zmq.Socket[bytes]:
    """Says when the connection is made or lost, and that the peer does not speak ZeroMQ.

    A peer that hangs up during the handshake is no event: the next attempt may find another.
    """
    return socket.get_monitor_socket(
        zmq.EVENT_HANDSHAKE_SUCCEEDED
        | zmq.EVENT_DISCONNECTED
        | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
        | zmq.EVENT_HANDSHAKE_FAILED_AUTH
    )
