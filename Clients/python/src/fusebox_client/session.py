"""All that a client waits for, over one connection that may be lost and come back."""

from __future__ import annotations

from collections import deque
from typing import Any

from google.protobuf.message import Message

from fusebox_client.conversation import Conversation
from fusebox_client.credit import UNLIMITED, Credit
from fusebox_client.enumerators import enum_name
from fusebox_client.errors import (
    FuseboxError,
    NoAnswer,
    ProtocolMismatch,
    RequestFailed,
    Unreachable,
)
from fusebox_client.events import Chunk, Event
from fusebox_client.progress import ReplyProgress, Resume
from fusebox_client.settings import Settings
from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common


class Session:
    """A pure state machine: requests, messages and the time go in, messages and events come out.

    Sockets, the clock and the waiting are its owner's.
    """

    def __init__(self, endpoint: str, settings: Settings, probe: bytes, now: float) -> None:
        self._endpoint = endpoint
        self._settings = settings
        #: The id of a Status whose only use is to be answered.
        self._probe = probe
        self._conversations: dict[bytes, Conversation] = {}
        self._connected = False
        self._was_connected = False
        self._since = self._last_heard = now
        #: To be sent, in this order.
        self.outgoing: deque[Message] = deque()

    # From the program

    def start(
        self, request: bytes, opening: Message, now: float, detached: bool = False
    ) -> None:
        """Begins a conversation with a Submit, an Attach or a question.

        Of a Submit that is detached nothing but the answer to it will be read.
        """
        running = self._conversations.get(request)
        if running and not running.is_over:
            raise ValueError(f"the request {request.hex()} is being read already")
        # A reply that nobody reads must not wait for a reader.
        window = 0 if detached else self._settings.window
        progress = None
        if isinstance(opening, client.Submit):
            opening.credit = window
            progress = ReplyProgress()
        elif isinstance(opening, client.Attach):
            progress = ReplyProgress(opening.from_offsets)
        self._conversations[request] = Conversation(
            opening, now, now, now, progress, Credit(window), detached=detached
        )
        self._send(opening)

    def cancel(self, request: bytes) -> None:
        """Asks the service to stop; what was made until then still comes."""
        conversation = self._conversations.get(request)
        if conversation and not conversation.is_over:
            conversation.cancelled = True
            self._send(client.Cancel(request=request))

    def abandon(self, request: bytes) -> None:
        """Nobody reads any more: forgets the request, and stops it unless it is to be kept."""
        conversation = self._conversations.pop(request, None)
        if conversation is None or conversation.is_over:
            return
        submit = conversation.opening
        if isinstance(submit, client.Submit) and not submit.keep:
            self._send(client.Cancel(request=request))
            self.forget(request)

    def forget(self, request: bytes) -> None:
        """The service may forget the reply, unless this client keeps all of them."""
        if not self._settings.keep_replies:
            self._send(client.Close(request=request))

    def is_pending(self, request: bytes) -> bool:
        """Whether something has to come before `take` has an answer."""
        conversation = self._conversations.get(request)
        return conversation is not None and not (
            conversation.events or conversation.answer or conversation.is_over
        )

    def take(self, request: bytes) -> Event | None:
        """The next event of a reply, None after its end, or why it did not come to its end."""
        conversation = self._conversations.get(request)
        if conversation is None:
            return None
        if conversation.events:
            event = conversation.events.popleft()
            if isinstance(event, Chunk):
                self._grant(request, conversation)
            return event
        del self._conversations[request]
        if conversation.error:
            raise conversation.error
        return None

    def take_answer(self, request: bytes) -> Message | None:
        """What a question was answered with, or why it was not."""
        conversation = self._conversations.pop(request)
        if conversation.error:
            raise conversation.error
        return conversation.answer

    @property
    def is_idle(self) -> bool:
        """Whether nothing is waited for."""
        return all(conversation.is_over for conversation in self._conversations.values())

    # From the connection

    def connected(self, now: float) -> None:
        """Says everything that the service may not know, or may have forgotten."""
        self._connected = self._was_connected = True
        self._last_heard = now
        for request, conversation in self._conversations.items():
            conversation.last_heard = now
            self._resume(request, conversation, now)

    def disconnected(self, now: float) -> None:
        # All of it is said again on the next connection.
        self.outgoing.clear()
        if self._connected:
            self._connected, self._since = False, now
            for conversation in self._conversations.values():
                # Whoever answers next may have room.
                conversation.busy_since = None

    def fail(self, error: FuseboxError) -> None:
        """Nothing will come of any request."""
        for conversation in self._conversations.values():
            if not conversation.done:
                conversation.error = error

    def receive(self, message: Any, now: float) -> None:
        self._last_heard = now
        failed = message if isinstance(message, client.Failed) else None
        if failed and failed.code == common.CODE_UNSUPPORTED_VERSION:
            self.fail(ProtocolMismatch(failed.message))
            return
        if failed and not failed.request:
            self._refuse_unknown(failed)
            return
        conversation = self._conversations.get(message.request)
        if conversation is None or conversation.is_over:
            return
        conversation.last_heard = now
        was_attaching, conversation.attaching = conversation.attaching, False
        if conversation.progress is None:
            if failed:
                conversation.error = _refusal(failed)
            else:
                conversation.answer = message
        elif not failed or not self._tries_again(
            conversation, conversation.progress, failed, was_attaching, now
        ):
            self._receive_reply(message, conversation, conversation.progress, now)

    def _refuse_unknown(self, failed: client.Failed) -> None:
        """A service that is too old for a verb cannot say whose it was; of these it has to be one."""
        for conversation in self._conversations.values():
            if isinstance(conversation.opening, client.ChangeAdapter) and not conversation.is_over:
                conversation.error = _refusal(failed)

    def _receive_reply(
        self, message: Any, conversation: Conversation, progress: ReplyProgress, now: float
    ) -> None:
        if isinstance(message, client.Accepted):
            conversation.busy_since = None
            if isinstance(conversation.opening, client.Attach):
                # How much the request was submitted with is not known.
                chunks = self._settings.window or UNLIMITED
                self._send(client.Credit(request=message.request, chunks=chunks))
        elif not conversation.is_accepted and not isinstance(message, client.Failed):
            # It was on its way to who read the reply on this connection before.
            return
        try:
            events = progress.receive(message)
        except Resume:
            self._resume(message.request, conversation, now)
            return
        except NoAnswer as error:
            conversation.error = error
            return
        if isinstance(message, client.Chunk):
            conversation.credit.chunk_came()
            if not events:
                # It was known already, and nobody will take it.
                self._grant(message.request, conversation)
        if events:
            conversation.events += events
        if progress.is_finished:
            conversation.done = True
            if isinstance(conversation.opening, client.Submit) and not conversation.detached:
                self.forget(message.request)

    def _tries_again(
        self,
        conversation: Conversation,
        progress: ReplyProgress,
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
            progress.is_accepted = False
        if not isinstance(submit, client.Submit):
            return False
        if forgotten and progress.seed is not None:
            # The service was restarted.
            submit.sampling.seed = progress.seed
            self._resume(submit.request, conversation, now)
            return True
        if failed.retry_after_ms == 0:
            return False
        since = now if conversation.busy_since is None else conversation.busy_since
        if progress.is_accepted and progress.seed is not None:
            if failed.code != common.CODE_UNAVAILABLE:
                return False
            # The service leaves. What it has of the request would be in the next attempt's way.
            self._send(client.Close(request=submit.request))
            submit.sampling.seed = progress.seed
            progress.is_accepted = False
        elif now >= since + self._settings.busy_timeout:
            return False
        conversation.busy_since = since
        conversation.retry_at = now + failed.retry_after_ms / 1000
        return True

    # From the clock

    def tick(self, now: float) -> None:
        """Gives up what has waited for too long, and asks again for what may have been lost."""
        probe = False
        settings = self._settings
        timeout = settings.reconnect_timeout if self._was_connected else settings.connect_timeout
        for request, conversation in self._conversations.items():
            if conversation.is_over:
                continue
            quiet_since = max(conversation.last_heard, conversation.last_sent)
            if not self._connected:
                if now >= max(self._since, conversation.started) + timeout:
                    conversation.error = self._unreachable(conversation, timeout)
            elif conversation.retry_at is not None:
                if now >= conversation.retry_at:
                    conversation.last_heard = now
                    self._resume(request, conversation, now)
            elif not conversation.may_take_long:
                if now >= conversation.last_heard + settings.answer_timeout:
                    conversation.error = NoAnswer(f"{self._endpoint} does not answer")
                elif now >= quiet_since + settings.silence:
                    self._resume(request, conversation, now)
            elif conversation.credit.is_used_up:
                conversation.waited_for_reader = True
            elif conversation.waited_for_reader:
                # Until now the service had nothing to say.
                conversation.waited_for_reader = False
                conversation.last_heard = self._last_heard = now
            elif now >= quiet_since + settings.silence:
                # It may wait its turn unmentioned, as long as others are answered.
                if now >= self._last_heard + settings.answer_timeout:
                    conversation.error = NoAnswer(f"{self._endpoint} does not answer")
                else:
                    probe = True
                    self._resume(request, conversation, now)
        if probe:
            self._send(client.Status(request=self._probe))

    def _unreachable(self, conversation: Conversation, waited: float) -> Unreachable:
        progress = conversation.progress
        if progress is None or progress.seed is None:
            return Unreachable(
                f"no service answers at {self._endpoint}; start one with `fusebox serve`"
                " or name its endpoint"
            )
        return Unreachable(
            f"the service at {self._endpoint} had accepted the request and went away; none has come"
            f" back for {waited:g} s. Tokens that had come: {progress.token_count}. Start it again"
            f" with `fusebox serve` and submit the request with seed={progress.seed} for the same"
            " reply"
        )

    # To the service

    def _resume(self, request: bytes, conversation: Conversation, now: float) -> None:
        """Sends what makes the service go on with a request."""
        if conversation.is_over or not self._connected:
            return
        conversation.retry_at = None
        conversation.last_sent = now
        conversation.credit.restart()
        if conversation.progress is not None and conversation.is_accepted:
            conversation.attaching = True
            offsets = conversation.progress.offsets
            self._send(client.Attach(request=request, from_offsets=offsets))
        else:
            self._send(conversation.opening)
        if conversation.cancelled:
            self._send(client.Cancel(request=request))

    def _grant(self, request: bytes, conversation: Conversation) -> None:
        chunks = conversation.credit.chunk_was_read()
        if chunks and not conversation.is_over:
            self._send(client.Credit(request=request, chunks=chunks))

    def _send(self, verb: Message) -> None:
        if self._connected:
            self.outgoing.append(verb)


def _refusal(failed: client.Failed) -> RequestFailed:
    code = enum_name(common.Code, failed.code, "CODE_")
    return RequestFailed(code, failed.message, failed.retry_after_ms / 1000)
