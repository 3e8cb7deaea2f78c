"""A connection to the service."""

from __future__ import annotations

import os
import secrets
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import zmq
from google.protobuf.message import Message
from zmq.utils.monitor import recv_monitor_message

from fusebox_client import frames
from fusebox_client.errors import (
    FuseboxError,
    NoAnswer,
    ProtocolMismatch,
    RequestFailed,
    Unreachable,
)
from fusebox_client.reply import Event, Reply, Result, Resume, enum_name
from fusebox_client.request import Prompt, Select, prompt_message, selection_message, submit_message
from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common


def default_endpoint() -> str:
    """Where the service listens unless it is told otherwise."""
    directory = os.environ.get("XDG_RUNTIME_DIR", "")
    if not directory.startswith("/"):
        directory = f"/tmp/fusebox-{os.getuid()}"
    return f"ipc://{directory}/fusebox.sock"


@dataclass
class _Conversation:
    """What was asked, and how it stands."""

    opening: Message
    started: float
    last_heard: float
    reply: Reply | None = None
    answer: Message | None = None
    #: The service has accepted it, and has not forgotten it since as far as is known.
    accepted: bool = False
    seed: int | None = None
    attaching: bool = False
    cancelled: bool = False
    #: Since when the service has had no room for it.
    busy_since: float | None = None
    retry_at: float | None = None
    error: FuseboxError | None = None
    done: bool = False


@dataclass(frozen=True)
class Routing:
    """How a prompt would be routed."""

    weights: dict[str, float]
    reason: str
    sentences: list["Sentence"]
    warnings: list[str]


@dataclass(frozen=True)
class Sentence:
    """What the adapter router makes of one sentence."""

    text: str
    #: Probabilities by name, best first, "base" among them.
    candidates: dict[str, float]
    abstained: bool


@dataclass(frozen=True)
class Adapter:
    """An adapter that requests may select."""

    name: str
    digest: bytes
    rank: int
    byte_count: int
    routable: bool
    warnings: list[str] = field(default_factory=list)


class Client:
    """Talks to the service; for one thread, with any number of requests at once.

    It connects in the background and again when the connection is lost; the events of a request
    come once and in order whatever happens in between. All times are in seconds.
    """

    def __init__(
        self,
        endpoint: str | None = None,
        *,
        connect_timeout: float = 2.0,
        reconnect_timeout: float = 30.0,
        answer_timeout: float = 20.0,
        silence: float = 5.0,
        busy_timeout: float = 30.0,
        keep_replies: bool = False,
    ) -> None:
        self.endpoint = endpoint or default_endpoint()
        self._connect_timeout = connect_timeout
        self._reconnect_timeout = reconnect_timeout
        self._answer_timeout = answer_timeout
        self._silence = silence
        self._busy_timeout = busy_timeout
        self._keep_replies = keep_replies
        self._conversations: dict[bytes, _Conversation] = {}
        self._outbox: deque[list[bytes]] = deque()
        self._connected = False
        self._was_connected = False
        self._since = self._last_heard = time.monotonic()
        self._probe = secrets.token_bytes(16)

        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        for option, value in (
            (zmq.LINGER, 500),
            (zmq.SNDHWM, 256),
            (zmq.RCVHWM, 256),
            (zmq.MAXMSGSIZE, frames.SERVICE_LIMIT),
            (zmq.IMMEDIATE, 1),
            (zmq.HANDSHAKE_IVL, 3000),
            (zmq.HEARTBEAT_IVL, 1000),
            (zmq.HEARTBEAT_TIMEOUT, 4000),
            (zmq.HEARTBEAT_TTL, 4000),
            (zmq.RECONNECT_IVL, 100),
            (zmq.RECONNECT_IVL_MAX, 2000),
        ):
            self._socket.setsockopt(option, value)
        self._monitor = self._socket.get_monitor_socket(
            zmq.EVENT_HANDSHAKE_SUCCEEDED
            | zmq.EVENT_DISCONNECTED
            | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
            | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
            | zmq.EVENT_HANDSHAKE_FAILED_AUTH
        )
        self._poller = zmq.Poller()
        self._poller.register(self._socket, zmq.POLLIN)
        self._poller.register(self._monitor, zmq.POLLIN)
        try:
            self._socket.connect(self.endpoint)
        except zmq.ZMQError as error:
            self.close()
            raise Unreachable(f"{self.endpoint} is no endpoint: {error}") from error

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection; running requests go on at the service."""
        if not self._socket.closed:
            self._flush()
            self._socket.disable_monitor()
            self._monitor.close(0)
            self._socket.close()
            self._context.term()

    # Requests

    def submit(self, prompt: Prompt, *, select: Select = "auto", **options: Any) -> Reply:
        """Sends a request; the reply is an iterator of events, to be read soon.

        Options: weighting, gain, kv_rule, split, raw, max_tokens, stop, deadline, temperature,
        top_k, top_p, min_p, repetition_penalty, presence_penalty, frequency_penalty, seed.
        """
        submit = submit_message(prompt, select=select, **options)
        submit.request = secrets.token_bytes(16)
        return self._begin(submit, submit.request)

    def generate(self, prompt: Prompt, *, select: Select = "auto", **options: Any) -> Result:
        """Sends a request and reads its reply to the end; options as for `submit`."""
        return self.submit(prompt, select=select, **options).result()

    def attach(self, request: bytes) -> Reply:
        """Reads a running or finished request from its beginning."""
        return self._begin(client.Attach(request=request), request)

    def cancel(self, reply: Reply) -> None:
        """Asks the service to stop; the reply then ends with what was made until then."""
        conversation = self._conversations.get(reply.request)
        if conversation:
            conversation.cancelled = True
            self._send(client.Cancel(request=reply.request))
            self._flush()

    def route(self, prompt: Prompt, *, select: Select = "auto", raw: bool = False) -> Routing:
        """Tells how a prompt would be routed; nothing runs."""
        answer = self._ask(
            client.Route(prompt=prompt_message(prompt, raw), selection=selection_message(select)),
            client.RouteReply,
        )
        return Routing(
            weights={share.name: share.weight / 1024 for share in answer.segment.mix.shares},
            reason=enum_name(common.Reason, answer.segment.reason, "REASON_"),
            sentences=[
                Sentence(s.text, {c.name: c.probability for c in s.candidates}, s.abstained)
                for s in answer.sentences
            ],
            warnings=list(answer.warnings),
        )

    def adapters(self) -> list[Adapter]:
        """The adapters that requests may select."""
        answer = self._ask(client.ListAdapters(), client.Adapters)
        return [
            Adapter(a.name, a.digest, a.rank, a.byte_count, a.routable, list(a.warnings))
            for a in answer.adapters
        ]

    def status(self) -> client.StatusReply:
        """What the service is doing."""
        answer: client.StatusReply = self._ask(client.Status(), client.StatusReply)
        return answer

    # Conversations

    def _begin(self, opening: Message, request: bytes) -> Reply:
        frames.encode(opening)
        reply = Reply(request, self._read)
        now = time.monotonic()
        self._conversations[request] = _Conversation(opening, now, now, reply)
        if self._connected:
            self._send(opening)
        self._pump(0)
        return reply

    def _read(self, reply: Reply) -> Event | None:
        while True:
            event = reply.take()
            if event is not None:
                return event
            conversation = self._conversations.get(reply.request)
            if conversation is None:
                return None
            if conversation.error or conversation.done:
                del self._conversations[reply.request]
                if conversation.error:
                    raise conversation.error
                return None
            self._pump(0.1)

    def _ask(self, question: Any, answer_type: type[Any]) -> Any:
        question.request = secrets.token_bytes(16)
        frames.encode(question)
        now = time.monotonic()
        conversation = _Conversation(question, now, now)
        self._conversations[question.request] = conversation
        if self._connected:
            self._send(question)
        while conversation.answer is None and conversation.error is None:
            self._pump(0.1)
        del self._conversations[question.request]
        if conversation.error:
            raise conversation.error
        if not isinstance(conversation.answer, answer_type):
            raise ProtocolMismatch("the service answered another question")
        return conversation.answer

    # The connection

    def _pump(self, timeout: float) -> None:
        """Moves what there is to move, waiting for it at most this long."""
        self._poller.modify(
            self._socket, zmq.POLLIN | zmq.POLLOUT if self._outbox else zmq.POLLIN
        )
        ready = dict(self._poller.poll(round(timeout * 1000)))
        if self._monitor in ready:
            while self._monitor.poll(0):
                self._take_monitor_event(int(recv_monitor_message(self._monitor)["event"]))
        while True:
            try:
                message = self._socket.recv_multipart(zmq.DONTWAIT)
            except zmq.Again:
                break
            self._receive(message)
        self._tick(time.monotonic())
        self._flush()

    def _take_monitor_event(self, event: int) -> None:
        now = time.monotonic()
        if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
            self._connected = self._was_connected = True
            self._last_heard = now
            for request in list(self._conversations):
                self._resume(request)
        elif event == zmq.EVENT_DISCONNECTED:
            # All of it is said again on the next connection.
            self._outbox.clear()
            if self._connected:
                self._connected, self._since = False, now
        else:
            self._fail_all(ProtocolMismatch(f"{self.endpoint} does not speak ZeroMQ"))

    def _receive(self, message: Sequence[bytes]) -> None:
        try:
            event: Any = frames.decode(message)
        except ProtocolMismatch as error:
            self._fail_all(error)
            return
        now = self._last_heard = time.monotonic()
        failed = event if isinstance(event, client.Failed) else None
        if failed and failed.code == common.CODE_UNSUPPORTED_VERSION:
            self._fail_all(ProtocolMismatch(failed.message))
            return
        conversation = self._conversations.get(event.request)
        if conversation is None or conversation.done:
            return
        conversation.last_heard = now
        was_attaching, conversation.attaching = conversation.attaching, False
        reply = conversation.reply
        if reply is None:
            if failed:
                conversation.error = RequestFailed(
                    enum_name(common.Code, failed.code, "CODE_"), failed.message
                )
            else:
                conversation.answer = event
            return
        if isinstance(event, client.Accepted):
            conversation.accepted, conversation.busy_since = True, None
            conversation.seed = event.seed
        if failed and self._try_again(conversation, failed, was_attaching, now):
            return
        try:
            reply.receive(event)
        except Resume:
            self._resume(event.request)
        except NoAnswer as error:
            conversation.error = error
        if reply.is_finished:
            conversation.done = True
            if isinstance(conversation.opening, client.Submit) and not self._keep_replies:
                self._send(client.Close(request=event.request))

    def _try_again(
        self, conversation: _Conversation, failed: client.Failed, was_attaching: bool, now: float
    ) -> bool:
        """Whether the failure is one that asks for another attempt, which is made."""
        submit, seed = conversation.opening, conversation.seed
        if not isinstance(submit, client.Submit):
            return False
        if was_attaching and seed is not None and failed.code == common.CODE_NOT_FOUND:
            # The service was restarted and forgot; with the seed it drew, the reply goes on.
            submit.sampling.seed = seed
            conversation.accepted = False
            self._send(submit)
            return True
        since = now if conversation.busy_since is None else conversation.busy_since
        if (
            failed.retry_after_ms > 0
            and not conversation.accepted
            and now < since + self._busy_timeout
        ):
            conversation.busy_since = since
            conversation.retry_at = now + failed.retry_after_ms / 1000
            return True
        return False

    def _resume(self, request: bytes) -> None:
        """Sends what makes the service go on with a request."""
        conversation = self._conversations[request]
        if conversation.done or not self._connected:
            return
        conversation.retry_at = None
        conversation.last_heard = time.monotonic()
        if not conversation.accepted or conversation.reply is None:
            self._send(conversation.opening)
        else:
            conversation.attaching = True
            self._send(client.Attach(request=request, from_offsets=conversation.reply.offsets))
        if conversation.cancelled:
            self._send(client.Cancel(request=request))

    def _tick(self, now: float) -> None:
        probe = False
        timeout = self._reconnect_timeout if self._was_connected else self._connect_timeout
        for request, conversation in self._conversations.items():
            if conversation.done or conversation.error:
                continue
            if not self._connected:
                if now >= max(self._since, conversation.started) + timeout:
                    conversation.error = Unreachable(
                        f"no service answers at {self.endpoint}; start one with `fusebox serve`"
                        " or name its endpoint"
                    )
            elif conversation.retry_at is not None:
                if now >= conversation.retry_at:
                    self._resume(request)
            elif not conversation.accepted:
                if now >= conversation.last_heard + self._answer_timeout:
                    conversation.error = NoAnswer(f"{self.endpoint} does not answer")
            elif now >= conversation.last_heard + self._silence:
                if now >= self._last_heard + self._answer_timeout:
                    conversation.error = NoAnswer(f"{self.endpoint} does not answer")
                else:
                    probe = True
                    self._resume(request)
        if probe:
            self._send(client.Status(request=self._probe))

    def _fail_all(self, error: FuseboxError) -> None:
        for conversation in self._conversations.values():
            if not conversation.done:
                conversation.error = error

    def _send(self, verb: Message) -> None:
        if self._connected:
            self._outbox.append(frames.encode(verb))

    def _flush(self) -> None:
        while self._outbox:
            try:
                self._socket.send_multipart(self._outbox[0], zmq.DONTWAIT)
            except zmq.Again:
                return
            self._outbox.popleft()
