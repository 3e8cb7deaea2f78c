"""A front whose replies follow a fixed rule, on a real socket in a thread of its own.

A prompt that is a number N gets N tokens in chunks of two: token i has the id seed * 1000 + i and
the text "wI ". Several numbers are as many parts, one after the other.
"""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import zmq

from fusebox_client.frames import VERSION
from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common

VERBS: dict[bytes, Any] = {
    b"SUBMIT": client.Submit,
    b"ATTACH": client.Attach,
    b"CANCEL": client.Cancel,
    b"CREDIT": client.Credit,
    b"CLOSE": client.Close,
    b"ROUTE": client.Route,
    b"LIST_ADAPTERS": client.ListAdapters,
    b"STATUS": client.Status,
    b"LIST_REQUESTS": client.ListRequests,
    b"RETRY": client.Retry,
    b"DROP": client.Drop,
    b"CHANGE_ADAPTER": client.ChangeAdapter,
}
KINDS: dict[type, bytes] = {
    client.Accepted: b"ACCEPTED",
    client.Routed: b"ROUTED",
    client.Chunk: b"CHUNK",
    client.Done: b"DONE",
    client.Failed: b"FAILED",
    client.RouteReply: b"ROUTE_REPLY",
    client.Adapters: b"ADAPTERS",
    client.StatusReply: b"STATUS_REPLY",
    client.Requests: b"REQUESTS",
    client.AdapterChanged: b"ADAPTER_CHANGED",
}


@dataclass
class Part:
    index: int
    length: int
    next: int = 0
    done: bool = False


@dataclass
class Request:
    submit: Any
    seed: int
    peer: bytes
    parts: list[Part]
    #: Chunks that may be sent; None: any number.
    credit: int | None
    cancelled: bool = False


@dataclass
class FakeFront:
    endpoint: str
    #: Says nothing more after this many chunks, as if it had been killed.
    chunks_of_life: int = 1 << 30
    #: Drains, its patience at an end, after this many chunks.
    chunks_until_drained: int = 1 << 30
    retry_after_ms: int = 20
    busy_times: int = 0
    #: Drops so many messages, as a front does whose answers find no room in the connection.
    deaf_times: int = 0
    seed: int = 42
    version: bytes = VERSION
    #: It has a journal: what it accepted is handed on to its successor, as `requests`.
    durable: bool = False
    requests: dict[bytes, Request] = field(default_factory=dict)
    log: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Closes the socket; whoever comes next has forgotten the requests, or is given them."""
        self._stop.set()
        self._thread.join()

    def has(self, kind: type[Any], count: int, patience: float = 5) -> bool:
        """Waits for so many messages of a kind: what a client sends last may still be on its way."""
        over = time.monotonic() + patience
        while time.monotonic() < over:
            if sum(isinstance(verb, kind) for verb in self.log) >= count:
                break
            time.sleep(0.01)
        return sum(isinstance(verb, kind) for verb in self.log) == count

    def _run(self) -> None:
        context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = context.socket(zmq.ROUTER)
        self._socket.linger = 200
        self._socket.bind(self.endpoint)
        while not self._stop.is_set():
            if self._socket.poll(2):
                peer, _, kind, body = self._socket.recv_multipart()
                verb = VERBS[kind]()
                verb.ParseFromString(body)
                self.log.append(verb)
                self._receive(verb, peer)
            for request in list(self.requests.values()):
                self._advance(request)
        self._socket.close()
        context.term()

    def _receive(self, verb: Any, peer: bytes) -> None:
        if self.deaf_times > 0:
            self.deaf_times -= 1
        elif isinstance(verb, client.Submit):
            if self.busy_times > 0:
                self.busy_times -= 1
                self._refuse(peer, verb, common.CODE_RESOURCE_EXHAUSTED, self.retry_after_ms)
                return
            if verb.request in self.requests:
                self._refuse(peer, verb, common.CODE_ALREADY_EXISTS)
                return
            if self.chunks_until_drained <= 0:
                self._refuse(peer, verb, common.CODE_UNAVAILABLE, self.retry_after_ms)
                return
            seed = verb.sampling.seed if verb.sampling.HasField("seed") else self.seed
            lengths = [int(length) for length in verb.prompt.text.split()]
            parts = [Part(index, length) for index, length in enumerate(lengths)]
            request = Request(verb, seed, peer, parts, verb.credit or None)
            self.requests[verb.request] = request
            self._accept(request)
        elif isinstance(verb, client.Attach):
            attached = self.requests.get(verb.request)
            if attached is None:
                self._refuse(peer, verb, common.CODE_NOT_FOUND)
                return
            attached.peer = peer
            attached.credit = attached.submit.credit or None
            for part in attached.parts:
                part.done = False
                part.next = dict(enumerate(verb.from_offsets)).get(part.index, 0)
            self._accept(attached)
        elif isinstance(verb, client.Cancel):
            if verb.request in self.requests:
                self.requests[verb.request].cancelled = True
        elif isinstance(verb, client.Credit):
            granted = self.requests.get(verb.request)
            if granted and granted.credit is not None:
                granted.credit += verb.chunks
        elif isinstance(verb, client.Close):
            self.requests.pop(verb.request, None)
        elif isinstance(verb, client.Route):
            reply = client.RouteReply(request=verb.request)
            reply.unread_bytes = 7
            sentence = reply.sentences.add(text=verb.prompt.text)
            sentence.candidates.add(name="poet", probability=0.75)
            reply.segment.mix.shares.add(adapter=bytes(32), weight=768, name="poet")
            reply.segment.reason = common.REASON_ROUTED
            self._send(peer, reply)
        elif isinstance(verb, client.ListAdapters):
            adapters = client.Adapters(request=verb.request)
            poet = adapters.adapters.add(name="poet", digest=bytes(32), rank=8, routable=True)
            poet.resident, poet.loads, poet.evictions, poet.uses, poet.load_ms = 1, 2, 3, 4, 5.5
            poet.generation = 2
            poet.generations.add(number=2, state="serving", requests=9)
            poet.generations.add(number=3, state="canary", share=0.25, requests=3, failures=1)
            self._send(peer, adapters)
        elif isinstance(verb, client.ChangeAdapter):
            if verb.name == "taken":
                self._refuse(peer, verb, common.CODE_ALREADY_EXISTS)
                return
            changed = client.AdapterChanged(request=verb.request, revision=7)
            changed.warnings.append(client.AdapterVerb.Name(verb.verb))
            changed.refused.add(name="odd", reason="it fits another base")
            self._send(peer, changed)
        elif isinstance(verb, client.ListRequests):
            self._list(peer, verb, list(self.requests.values())[: verb.limit])
        elif isinstance(verb, (client.Retry, client.Drop)):
            named = self.requests.get(verb.request)
            if named is None:
                self._refuse(peer, verb, common.CODE_NOT_FOUND)
                return
            if isinstance(verb, client.Drop):
                del self.requests[verb.request]
            self._list(peer, verb, [named])
        else:
            status = client.StatusReply(request=verb.request, version="test", model="tiny")
            status.context, status.vocabulary = 512, 99
            worker = status.workers.add(
                name="worker-0", prompt_tokens=48, cached_tokens=32, evicted_blocks=5
            )
            running = worker.parts.add(request=bytes(range(16)), part=1, tokens=9)
            running.shares.add(name="poet", weight=0.75)
            status.adapters.add(name="poet", selections=4, weight=3, tokens=20)
            status.tokens, status.refused = 30, 2
            status.first_token.count, status.first_token.p95_ms = 5, 12.5
            worker.adapter_loads, worker.adapter_bytes = 6, 7
            status.refused_adapters.add(name="odd", reason="it fits another base")
            self._send(peer, status)

    def _list(self, peer: bytes, verb: Any, listed: list[Request]) -> None:
        requests = client.Requests(request=verb.request, total=len(self.requests))
        for request in listed:
            requests.requests.add(
                request=request.submit.request,
                state="done" if all(part.done for part in request.parts) else "running",
                accepted_ms=1500,
                parts=len(request.parts),
                tokens=sum(part.next for part in request.parts),
                attempts=1,
                kept=request.submit.keep,
            )
        self._send(peer, requests)

    def _refuse(self, peer: bytes, verb: Any, code: common.Code, retry_after_ms: int = 0) -> None:
        failed = client.Failed(request=verb.request, code=code, retry_after_ms=retry_after_ms)
        self._send(peer, failed)

    def _accept(self, request: Request) -> None:
        id = request.submit.request
        parts = len(request.parts)
        accepted = client.Accepted(request=id, seed=request.seed, parts=parts, durable=self.durable)
        self._send(request.peer, accepted)
        for part in request.parts:
            routed = client.Routed(request=id, part=part.index, unread_bytes=7)
            routed.segment.reason = common.REASON_NO_ROUTER
            self._send(request.peer, routed)

    def _advance(self, request: Request) -> None:
        part = next((part for part in request.parts if not part.done), None)
        if part is None:
            return
        if request.cancelled or part.next == part.length:
            self._end(request, part)
        elif self.chunks_until_drained <= 0:
            part.done = True
            failed = client.Failed(request=request.submit.request, part=part.index)
            failed.code, failed.retry_after_ms = common.CODE_UNAVAILABLE, self.retry_after_ms
            self._send(request.peer, failed)
        elif self.chunks_of_life > 0 and request.credit != 0:
            self.chunks_of_life -= 1
            if request.credit is not None:
                request.credit -= 1
            self.chunks_until_drained -= 1
            run = range(part.next, min(part.next + 2, part.length))
            chunk = client.Chunk(request=request.submit.request, part=part.index, offset=part.next)
            chunk.text = "".join(f"w{i} " for i in run)
            chunk.ids.extend(request.seed * 1000 + i for i in run)
            if request.submit.scores.reply:
                for i in run:
                    chunk.scores.add(id=request.seed * 1000 + i, log_probability=-float(i))
            part.next = run.stop
            if request.submit.scores.prompt and run.start == 0:
                self._score_prompt(request, part)
            self._send(request.peer, chunk)

    def _score_prompt(self, request: Request, part: Part) -> None:
        """Three tokens in two pieces, the first of them twice."""
        for offset, ids in ((0, [7]), (0, [7, 8]), (2, [9])):
            chunk = client.Chunk(request=request.submit.request, part=part.index)
            chunk.prompt_offset = offset
            for i in ids:
                chunk.prompt_scores.add(id=i)
                if i > 7:
                    chunk.prompt_scores[-1].log_probability = -float(i)
            self._send(request.peer, chunk)

    def _end(self, request: Request, part: Part) -> None:
        part.done = True
        done = client.Done(request=request.submit.request, part=part.index)
        done.reason = common.FINISH_REASON_LENGTH
        if request.cancelled:
            done.reason = common.FINISH_REASON_CANCELLED
        done.usage.completion_tokens = part.next
        self._send(request.peer, done)

    def _send(self, peer: bytes, event: Any) -> None:
        self._socket.send_multipart([peer, self.version, KINDS[type(event)], event.SerializeToString()])


def version(major: int, minimum: int) -> bytes:
    return struct.pack("<4sHHI", b"FBX1", major, minimum, 0)


@contextmanager
def replaced(front: FakeFront, gap: float = 0.0, **behaviour: Any) -> Iterator[list[FakeFront]]:
    """In the background: lets the front be for a moment, ends it, and starts its successor."""
    successors: list[FakeFront] = []

    def replace() -> None:
        time.sleep(0.3)
        front.stop()
        time.sleep(gap)
        successors.append(FakeFront(front.endpoint, **behaviour))

    thread = threading.Thread(target=replace)
    thread.start()
    try:
        yield successors
    finally:
        thread.join()
        successors[0].stop()
