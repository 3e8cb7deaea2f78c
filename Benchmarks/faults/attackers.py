"""What storms around the polite client; each takes an endpoint, a seed and the seconds it shall last."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import messages
import zmq
import zmtp

from fusebox_client.frames import encode
from fusebox_client.wire import client_pb2 as client

Attacker = Callable[[str, int, float], None]


@contextmanager
def visit(endpoint: str, room: int = 0) -> Iterator[messages.Socket]:
    """A client of its own, which leaves whatever is under way."""
    context: zmq.Context[messages.Socket] = zmq.Context()
    try:
        yield messages.dealer(context, endpoint, room)
    finally:
        context.destroy(linger=0)


def burst_and_leave(endpoint: str, seed: int, seconds: float) -> None:
    rng, end = random.Random(seed), time.monotonic() + seconds
    while time.monotonic() < end:
        with visit(endpoint) as socket:
            messages.send(socket, *(messages.small() for _ in range(rng.choice([100, 1000, 3000]))))
            time.sleep(rng.uniform(0, 0.5))
        time.sleep(rng.uniform(0, 3))


def long_prompts(endpoint: str, seed: int, seconds: float) -> None:
    rng, end = random.Random(seed), time.monotonic() + seconds
    while time.monotonic() < end:
        with visit(endpoint) as socket:
            for _ in range(rng.randint(1, 20)):
                if rng.random() < 0.5:
                    messages.send(socket, messages.route(messages.SENTENCES))
                else:
                    messages.send(socket, messages.submit(messages.SENTENCES, max_tokens=5))
            messages.receive(socket, rng.uniform(0, 3))
        time.sleep(rng.uniform(0, 2))


def cancel(endpoint: str, seed: int, seconds: float) -> None:
    rng, end = random.Random(seed), time.monotonic() + seconds
    with visit(endpoint) as socket:
        while time.monotonic() < end:
            verbs = [messages.long() for _ in range(20)]
            messages.send(socket, *verbs)
            stop = time.monotonic() + rng.uniform(0, 0.5)
            while time.monotonic() < stop:
                messages.receive(socket, 0.05)
            messages.send(socket, *(client.Cancel(request=verb.request) for verb in verbs))
            while messages.receive(socket, 0.5):
                pass
            time.sleep(rng.uniform(0, 2))


def read_slowly(endpoint: str, seed: int, seconds: float) -> None:
    rng, end = random.Random(seed), time.monotonic() + seconds
    while time.monotonic() < end:
        with visit(endpoint, room=1) as socket:
            try:
                for _ in range(20):
                    socket.send_multipart(
                        encode(messages.long(credit=rng.choice([0, 1, 10]))), zmq.DONTWAIT
                    )
            except zmq.Again:
                pass
            stop = time.monotonic() + rng.uniform(0, 10)
            while time.monotonic() < stop:
                messages.receive(socket, 0.1)
                time.sleep(0.05)


def talk_garbage(endpoint: str, seed: int, seconds: float) -> None:
    rng, end = random.Random(seed), time.monotonic() + seconds
    while time.monotonic() < end:
        noise = rng.randbytes(rng.choice([1, 100, 10_000]))
        version, kind, body = encode(messages.small())
        broken = bytearray(body)
        broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
        said = rng.choice(
            [
                noise,
                zmtp.HANDSHAKE + noise,
                zmtp.HANDSHAKE + zmtp.message([noise, noise]),
                zmtp.HANDSHAKE + zmtp.message([version, kind, noise]),
                zmtp.HANDSHAKE + zmtp.message([version, kind, bytes(broken)]),
                zmtp.HANDSHAKE + zmtp.frame(b"", more=True) * 10_000,
            ]
        )
        try:
            with zmtp.connect(endpoint) as connection:
                connection.sendall(said)
                time.sleep(rng.uniform(0, 0.1))
        except OSError:
            pass
        time.sleep(rng.uniform(0, 0.1))


ALL: tuple[Attacker, ...] = (burst_and_leave, long_prompts, cancel, read_slowly, talk_garbage)
