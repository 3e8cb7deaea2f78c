"""A connection to the service."""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Any

import zmq
from google.protobuf.message import Message
from zmq.utils.monitor import recv_monitor_message

from fusebox_client import answers, frames, sockets
from fusebox_client.conversation import Conversation
from fusebox_client.endpoint import check_directory, default_directory, default_endpoint
from fusebox_client.errors import (
    FuseboxError,
    NoAnswer,
    ProtocolMismatch,
    RequestFailed,
    Unreachable,
    Untrusted,
)
from fusebox_client.reply import Event, Reply, Result, Resume, enum_name
from fusebox_client.request import Prompt, Select, prompt_message, selection_message, submit_message
from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common


class Client:
    """Talks to the service; for one thread, with any number of requests at once.

    It connects in the background and again when the connection is lost; the events of a request
    come once and in order whatever happens in between. All times are in seconds.

    Without an endpoint it is the default one, whose directory has to be this user's alone:
    Untrusted otherwise.
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
        #: To be trusted before anything is sent; an endpoint that was named is its namer's concern.
        self._directory = None if endpoint else default_directory()
        if self._directory:
            check_directory(self._directory)
        self.endpoint = endpoint or default_endpoint()
        self._connect_timeout = connect_timeout
        self._reconnect_timeout = reconnect_timeout
        self._answer_timeout = answer_timeout
        self._silence = silence
        self._busy_timeout = busy_timeout
        self._keep_replies = keep_replies
        self._conversations: dict[bytes, Conversation] = {}
        self._outbox: deque[list[bytes]] = deque()
        self._connected = False
        self._was_connected = False
        self._since = self._last_heard = time.monotonic()
        self._probe = secrets.token_bytes(16)

        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = sockets.dealer(self._context)
        self._monitor = sockets.monitor(self._socket)
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
        """Ends the connection.

        What still runs is cancelled by the service ten seconds later, unless it was submitted
        with `keep` or another client attaches to it.
        """
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
        top_k, top_p, min_p, repetition_penalty, presence_penalty, frequency_penalty, seed, keep:
        whether it goes on when this client is gone, for another one to `attach` to; otherwise the
        service cancels what runs for a connection that has been gone for ten seconds.
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

    def route(self, prompt: Prompt, *, select: Select = "auto", raw: bool = False) -> answers.Routing:
        """Tells how a prompt would be routed; nothing runs."""
        answer = self._ask(
            client.Route(prompt=prompt_message(prompt, raw), selection=selection_message(select)),
            client.RouteReply,
        )
        return answers.routing(answer)

    def adapters(self) -> list[answers.Adapter]:
        """The adapters that requests may select."""
        return answers.adapters(self._ask(client.ListAdapters(), client.Adapters))

    def status(self) -> client.StatusReply:
        """What the service is doing."""
        answer: client.StatusReply = self._ask(client.Status(), client.StatusReply)
        return answer

    # Conversations

    def _begin(self, opening: Message, request: bytes) -> Reply:
        frames.encode(opening)
        reply = Reply(request, self._read)
        now = time.monotonic()
        self._conversations[request] = Conversation(opening, now, now, now, reply)
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
        conversation = Conversation(question, now, now, now)
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
        # A bounded share: a service that is faster than this program shall not keep it from reading.
        for _ in range(64):
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
            try:
                # The directory may have been made since.
                if self._directory:
                    check_directory(self._directory)
            except Untrusted as error:
                self._fail_all(error)
                return
            self._connected = self._was_connected = True
            self._last_heard = now
            for request, conversation in self._conversations.items():
                conversation.last_heard = now
                self._resume(request)
        elif event == zmq.EVENT_DISCONNECTED:
            # All of it is said again on the next connection.
            self._outbox.clear()
            if self._connected:
                self._connected, self._since = False, now
                for conversation in self._conversations.values():
                    # Whoever answers next may have room.
                    conversation.busy_since = None
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
                code = enum_name(common.Code, failed.code, "CODE_")
                retry_after = failed.retry_after_ms / 1000
                conversation.error = RequestFailed(code, failed.message, retry_after)
            else:
                conversation.answer = event
            return
        if isinstance(event, client.Accepted):
            conversation.busy_since = None
        if failed and self._try_again(conversation, reply, failed, was_attaching, now):
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
        self,
        conversation: Conversation,
        reply: Reply,
        failed: client.Failed,
        was_attaching: bool,
        now: float,
    ) -> bool:
        """Whether the failure is one that asks for another attempt, which is made.

        An attempt after the service had accepted has the seed that was drawn, so that the reply is
        the same one and goes on where it stopped.
        """
        submit = conversation.opening
        forgotten = was_attaching and failed.code == common.CODE_NOT_FOUND
        if forgotten:
            reply.is_accepted = False
        if not isinstance(submit, client.Submit):
            return False
        if forgotten and reply.seed is not None:
            # The service was restarted.
            submit.sampling.seed = reply.seed
            self._send(submit)
            return True
        if failed.retry_after_ms == 0:
            return False
        since = now if conversation.busy_since is None else conversation.busy_since
        if conversation.accepted and reply.seed is not None:
            if failed.code != common.CODE_UNAVAILABLE:
                return False
            # The service leaves. What it has of the request would be in the next attempt's way.
            self._send(client.Close(request=submit.request))
            submit.sampling.seed = reply.seed
            reply.is_accepted = False
        elif now >= since + self._busy_timeout:
            return False
        conversation.busy_since = since
        conversation.retry_at = now + failed.retry_after_ms / 1000
        return True

    def _resume(self, request: bytes) -> None:
        """Sends what makes the service go on with a request."""
        conversation = self._conversations[request]
        if conversation.done or not self._connected:
            return
        conversation.retry_at = None
        conversation.last_sent = time.monotonic()
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
                    conversation.error = self._unreachable(conversation, timeout)
            elif conversation.retry_at is not None:
                if now >= conversation.retry_at:
                    conversation.last_heard = now
                    self._resume(request)
            elif not conversation.accepted and (
                now >= conversation.last_heard + self._answer_timeout
            ):
                conversation.error = NoAnswer(f"{self.endpoint} does not answer")
            elif now >= max(conversation.last_heard, conversation.last_sent) + self._silence:
                # An accepted request may wait its turn unmentioned, as long as others are answered.
                if conversation.accepted and now >= self._last_heard + self._answer_timeout:
                    conversation.error = NoAnswer(f"{self.endpoint} does not answer")
                else:
                    probe = probe or conversation.accepted
                    self._resume(request)
        if probe:
            self._send(client.Status(request=self._probe))

    def _unreachable(self, conversation: Conversation, waited: float) -> Unreachable:
        reply = conversation.reply
        if reply is None or reply.seed is None:
            return Unreachable(
                f"no service answers at {self.endpoint}; start one with `fusebox serve`"
                " or name its endpoint"
            )
        return Unreachable(
            f"the service at {self.endpoint} had accepted the request and went away; none has come"
            f" back for {waited:g} s. Tokens that had come: {reply.token_count}. Start it again"
            f" with `fusebox serve` and submit the request with seed={reply.seed} for the same reply"
        )

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
