"""The synchronous client."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from google.protobuf.message import Message

from fusebox_client.adapters import Adapter, adapters
from fusebox_client.base_client import BaseClient
from fusebox_client.connection import TICK
from fusebox_client.errors import ProtocolMismatch
from fusebox_client.events import Accepted, Event, acceptance
from fusebox_client.reply import Reply
from fusebox_client.request import (
    Prompt,
    Select,
    SubmitOptions,
    encode_message,
    route_message,
    submit_message,
)
from fusebox_client.requests import RequestSummary, request_summaries, request_summary
from fusebox_client.result import Result
from fusebox_client.routing import Routing, routing
from fusebox_client.shelf import Shelf, ShelfChange, shelf_change
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

    def detach(
        self, prompt: Prompt, *, select: Select = "auto", **options: Unpack[SubmitOptions]
    ) -> Accepted:
        """Sends a request and waits until the service has accepted it.

        It goes on without this client; whoever has its id may `collect` the reply. RequestFailed
        when it is refused.
        """
        message = submit_message(prompt, select=select, **options)
        message.keep = True
        with closing(self._reply(message, detached=True)) as reply:
            return acceptance(next(reply))

    def generate(
        self, prompt: Prompt, *, select: Select = "auto", **options: Unpack[SubmitOptions]
    ) -> Result:
        """Sends a request and reads its reply to the end."""
        return self.submit(prompt, select=select, **options).result()

    def attach(self, request: bytes, offsets: Sequence[int] = ()) -> Reply:
        """Reads a running or finished request, by any client's; the service still keeps it.

        From these tokens of its parts on, which are ends of chunks that its reader has; without
        them from its beginning.
        """
        return self._reply(client.Attach(request=request, from_offsets=offsets))

    def collect(self, request: bytes) -> Result:
        """Reads a request's reply to the end, and has the service forget it.

        RequestFailed when the service does not know it, or when a part of it failed; then nothing
        is forgotten.
        """
        result = self.attach(request).result()
        self._session.forget(request)
        self._connection.exchange()
        return result

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

    @property
    def shelf(self) -> Shelf[ShelfChange]:
        """What changes the adapters while requests run."""
        return Shelf(lambda change: shelf_change(self._ask(change, client.AdapterChanged)))

    def status(self) -> ServiceStatus:
        """What the service is doing."""
        return service_status(self._ask(client.Status(), client.StatusReply))

    def requests(self, limit: int = 100) -> list[RequestSummary]:
        """The requests that the service has, the youngest first; ended ones until they are read."""
        return request_summaries(self._ask(client.ListRequests(limit=limit), client.Requests))

    def retry(self, request: bytes) -> RequestSummary:
        """Has the parts of a request that failed tried again from where they stood.

        RequestFailed when the service does not know it, or when no part of it has failed.
        """
        return request_summary(self._ask(client.Retry(request=request), client.Requests))

    def drop(self, request: bytes) -> RequestSummary:
        """Stops a request wherever it is, and has the service forget what it holds."""
        return request_summary(self._ask(client.Drop(request=request), client.Requests))

    def _reply(self, opening: Message, detached: bool = False) -> Reply:
        request = self._start(opening, detached)
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
