"""A client's socket: what moves between the service and a session."""

from __future__ import annotations

import time
from collections import deque

import zmq
from zmq.utils.monitor import recv_monitor_message

from fusebox_client import frames
from fusebox_client.endpoint import check_directory
from fusebox_client.errors import Closed, ProtocolMismatch, Unreachable, Untrusted
from fusebox_client.session import Session

#: Seconds between looks at what has waited for too long.
TICK = 0.05
#: Messages taken at a time: a service that is faster than the program shall not keep it from reading.
SHARE = 64


class Connection:
    """Connects in the background, and again when the connection is lost; only `wait` waits."""

    def __init__(self, endpoint: str, directory: str | None, session: Session) -> None:
        self._endpoint = endpoint
        #: To be trusted before anything is sent; an endpoint that was named is its namer's concern.
        self._directory = directory
        self._session = session
        self._outbox: deque[list[bytes]] = deque()
        self._next_tick = 0.0
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = _dealer(self.context)
        self._monitor = _monitor(self._socket)
        self._poller = zmq.Poller()
        self._poller.register(self._monitor, zmq.POLLIN)
        try:
            self._socket.connect(endpoint)
        except zmq.ZMQError as error:
            self.close()
            self.context.term()
            raise Unreachable(f"{endpoint} is no endpoint: {error}") from error

    @property
    def is_closed(self) -> bool:
        return self._socket.closed

    @property
    def descriptors(self) -> list[int]:
        """Readable when there may be something to move that was not there at the last `wait`."""
        return [int(socket.getsockopt(zmq.FD)) for socket in (self._socket, self._monitor)]

    def wait(self, seconds: float) -> bool:
        """Whether `exchange` has something to move, at once or within this time."""
        wanted = zmq.POLLIN | zmq.POLLOUT if self._outbox else zmq.POLLIN
        self._poller.register(self._socket, wanted)
        return bool(self._poller.poll(round(seconds * 1000)))

    def exchange(self) -> None:
        """Moves what there is to move."""
        if self.is_closed:
            return
        while self._monitor.poll(0):
            self._take_monitor_event(int(recv_monitor_message(self._monitor)["event"]))
        for _ in range(SHARE):
            try:
                message = self._socket.recv_multipart(zmq.DONTWAIT)
            except zmq.Again:
                break
            try:
                self._session.receive(frames.decode(message), time.monotonic())
            except ProtocolMismatch as error:
                self._session.fail(error)
        now = time.monotonic()
        if now >= self._next_tick:
            self._next_tick = now + TICK
            self._session.tick(now)
        self._flush()

    def close(self) -> None:
        """Sends what it can at once, and ends the sockets; the context is the caller's to end."""
        if self.is_closed:
            return
        self._session.fail(Closed("the client was closed"))
        self._flush()
        self._socket.disable_monitor()
        self._monitor.close(0)
        self._socket.close()

    def _take_monitor_event(self, event: int) -> None:
        if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
            try:
                # The directory may have been made since.
                if self._directory:
                    check_directory(self._directory)
            except Untrusted as error:
                self._session.fail(error)
                return
            self._session.connected(time.monotonic())
        elif event == zmq.EVENT_DISCONNECTED:
            self._outbox.clear()
            self._session.disconnected(time.monotonic())
        else:
            self._session.fail(ProtocolMismatch(f"{self._endpoint} does not speak ZeroMQ"))

    def _flush(self) -> None:
        while self._session.outgoing:
            self._outbox.append(frames.encode(self._session.outgoing.popleft()))
        while self._outbox:
            try:
                self._socket.send_multipart(self._outbox[0], zmq.DONTWAIT)
            except zmq.Again:
                return
            self._outbox.popleft()


def _dealer(context: zmq.Context[zmq.Socket[bytes]]) -> zmq.Socket[bytes]:
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


def _monitor(socket: zmq.Socket[bytes]) -> zmq.Socket[bytes]:
    """Says when the connection is made or lost, and that the peer does not speak ZeroMQ.

    A peer that hangs up during the handshake is no event: the next attempt may find another.
    """
    return socket.get_monitor_socket(
        zmq.EVENT_HANDSHAKE_SUCCEEDED
        | zmq.EVENT_DISCONNECTED
        | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
        | zmq.EVENT_HANDSHAKE_FAILED_AUTH
    )
