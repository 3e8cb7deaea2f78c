"""The synchronous client."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from google.protobuf.message import Message

from fusebox_client.base_client import BaseClient
from fusebox_client.connection import TICK
from fusebox_client.errors import ProtocolMismatch
from fusebox_client.events import Event
from fusebox_client.reply import Reply
from fusebox_client.request import (
    Prompt,
    Select,
    SubmitOptions,
    encode_message,
    route_message,
    submit_message,
)
from fusebox_client.result import Result
from fusebox_client.routing import Adapter, Routing, adapters, routing
from fusebox_client.status import ServiceStatus, service_status
from fusebox_client.wire import client_pb2 as client

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

Answer = TypeVar("Answer", bound=Message)


class Client(BaseClient):
    """Talks to the service; for one thread, with any number of requests at once.

    It connects in the background and again when the connection is lost; the events of a request
    come once and in order whatever happens in between.
    """

    def __enter__(self) -> Self:
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
        self._connection.close()
        self._connection.context.term()

    def submit(
        self, prompt: Prompt, *, select: Select = "auto", **options: Unpack[SubmitOptions]
    ) -> Reply:
        """Sends a request; the reply is an iterator of events."""
        return self._reply(submit_message(prompt, select=select, **options))

    def generate(
        self, prompt: Prompt, *, select: Select = "auto", **options: Unpack[SubmitOptions]
    ) -> Result:
        """Sends a request and reads its reply to the end."""
        return self.submit(prompt, select=select, **options).result()

    def attach(self, request: bytes) -> Reply:
        """Reads a running or finished request from its beginning."""
        return self._reply(client.Attach(request=request))

    def cancel(self, reply: Reply) -> None:
        """Asks the service to stop; the reply then ends with what was made until then."""
        self._session.cancel(reply.request)
        self._connection.exchange()

    def route(self, prompt: Prompt, *, select: Select = "auto", raw: bool = False) -> Routing:
        """Tells how a prompt would be routed; nothing runs."""
        return routing(self._ask(route_message(prompt, select, raw), client.RouteReply))

    def encode(self, prompt: Prompt, *, raw: bool = False, plain: bool = False) -> list[int]:
        """The ids that a prompt comes to; nothing runs."""
        return self._reply(encode_message(prompt, raw, plain)).result().prompt_ids

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids, markers and all."""
        return self._reply(encode_message(ids)).result().text if ids else ""

    def adapters(self) -> list[Adapter]:
        """The adapters that requests may select."""
        return adapters(self._ask(client.ListAdapters(), client.Adapters))

    def status(self) -> ServiceStatus:
        """What the service is doing."""
        return service_status(self._ask(client.Status(), client.StatusReply))

    def _reply(self, opening: Message) -> Reply:
        request = self._start(opening)
        self._connection.exchange()
        return Reply(self, request)

    def _next_event(self, request: bytes) -> Event | None:
        self._wait_for(request)
        event = self._session.take(request)
        if self._session.outgoing:
            self._connection.exchange()
        return event

    def _abandon(self, request: bytes) -> None:
        self._session.abandon(request)
        self._connection.exchange()

    def _ask(self, question: Message, answer_type: type[Answer]) -> Answer:
        request = self._start(question)
        self._connection.exchange()
        self._wait_for(request)
        answer = self._session.take_answer(request)
        if not isinstance(answer, answer_type):
            raise ProtocolMismatch("the service answered another question")
        return answer

    def _wait_for(self, request: bytes) -> None:
        while self._session.is_pending(request):
            self._connection.wait(TICK)
            self._connection.exchange()
