"""The asynchronous client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import aclosing
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from google.protobuf.message import Message

from fusebox_client.adapters import Adapter, adapters
from fusebox_client.async_reply import AsyncReply
from fusebox_client.base_client import BaseClient
from fusebox_client.connection import TICK
from fusebox_client.errors import ProtocolMismatch
from fusebox_client.events import Accepted, Event, acceptance
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
from fusebox_client.settings import ClientOptions
from fusebox_client.shelf import Shelf, ShelfChange, shelf_change
from fusebox_client.status import ServiceStatus, service_status
from fusebox_client.wire import client_pb2 as client

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

Answer = TypeVar("Answer", bound=Message)


class AsyncClient(BaseClient):
    """Talks to the service; for the tasks of one event loop, with any number of requests at once.

    It connects in the background and again when the connection is lost; the events of a request
    come once and in order whatever happens in between. It has neither a thread nor a task: the
    event loop calls it when something has come.
    """

    def __init__(self, endpoint: str | None = None, **options: Unpack[ClientOptions]) -> None:
        super().__init__(endpoint, **options)
        #: The one that it was first used in.
        self._loop: asyncio.AbstractEventLoop | None = None
        #: The next call of `_exchange`, at the latest.
        self._next: asyncio.Handle | None = None
        self._readers: dict[bytes, asyncio.Future[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connection; whoever still waits for something gets Closed.

        What still runs is cancelled by the service ten seconds later, unless it was submitted
        with `keep` or another client attaches to it.
        """
        if self._connection.is_closed:
            return
        if self._loop:
            for descriptor in self._connection.descriptors:
                self._loop.remove_reader(descriptor)
        self._set_next(None)
        self._connection.close()
        self._wake_readers()
        # At most half a second, until what was said is sent.
        await asyncio.to_thread(self._connection.context.term)

    def submit(
        self, prompt: Prompt, *, select: Select = "auto", **options: Unpack[SubmitOptions]
    ) -> AsyncReply:
        """Sends a request, within a running event loop; the reply is an asynchronous iterator."""
        return AsyncReply(self, self._begin(submit_message(prompt, select=select, **options)))

    async def detach(
        self, prompt: Prompt, *, select: Select = "auto", **options: Unpack[SubmitOptions]
    ) -> Accepted:
        """Sends a request and waits until the service has accepted it.

        It goes on without this client; whoever has its id may `collect` the reply. RequestFailed
        when it is refused.
        """
        message = submit_message(prompt, select=select, **options)
        message.keep = True
        async with aclosing(AsyncReply(self, self._begin(message, detached=True))) as reply:
            return acceptance(await anext(reply))

    async def generate(
        self, prompt: Prompt, *, select: Select = "auto", **options: Unpack[SubmitOptions]
    ) -> Result:
        """Sends a request and reads its reply to the end; cancelling the task stops it."""
        return await self.submit(prompt, select=select, **options).result()

    def attach(self, request: bytes, offsets: Sequence[int] = ()) -> AsyncReply:
        """Reads a running or finished request, by any client's; the service still keeps it.

        From these tokens of its parts on, which are ends of chunks that its reader has; without
        them from its beginning.
        """
        opening = client.Attach(request=request, from_offsets=offsets)
        return AsyncReply(self, self._begin(opening))

    async def collect(self, request: bytes) -> Result:
        """Reads a request's reply to the end, and has the service forget it.

        RequestFailed when the service does not know it, or when a part of it failed; then nothing
        is forgotten.
        """
        result = await self.attach(request).result()
        self._session.forget(request)
        self._exchange()
        return result

    def cancel(self, reply: AsyncReply) -> None:
        """Asks the service to stop; the reply then ends with what was made until then."""
        self._session.cancel(reply.request)
        self._exchange()

    async def route(self, prompt: Prompt, *, select: Select = "auto", raw: bool = False) -> Routing:
        """Tells how a prompt would be routed; nothing runs."""
        return routing(await self._ask(route_message(prompt, select, raw), client.RouteReply))

    async def encode(self, prompt: Prompt, *, raw: bool = False, plain: bool = False) -> list[int]:
        """The ids that a prompt comes to; nothing runs."""
        reply = AsyncReply(self, self._begin(encode_message(prompt, raw, plain)))
        return (await reply.result()).prompt_ids

    async def decode(self, ids: Sequence[int]) -> str:
        """The text of ids, markers and all."""
        if not ids:
            return ""
        return (await AsyncReply(self, self._begin(encode_message(ids))).result()).text

    async def adapters(self) -> list[Adapter]:
        """The adapters that requests may select."""
        return adapters(await self._ask(client.ListAdapters(), client.Adapters))

    @property
    def shelf(self) -> Shelf[Awaitable[ShelfChange]]:
        """What changes the adapters while requests run; each change is awaited."""
        return Shelf(self._change)

    async def _change(self, change: client.ChangeAdapter) -> ShelfChange:
        return shelf_change(await self._ask(change, client.AdapterChanged))

    async def status(self) -> ServiceStatus:
        """What the service is doing."""
        return service_status(await self._ask(client.Status(), client.StatusReply))

    async def requests(self, limit: int = 100) -> list[RequestSummary]:
        """The requests that the service has, the youngest first; ended ones until they are read."""
        return request_summaries(
            await self._ask(client.ListRequests(limit=limit), client.Requests)
        )

    async def retry(self, request: bytes) -> RequestSummary:
        """Has the parts of a request that failed tried again from where they stood.

        RequestFailed when the service does not know it, or when no part of it has failed.
        """
        return request_summary(await self._ask(client.Retry(request=request), client.Requests))

    async def drop(self, request: bytes) -> RequestSummary:
        """Stops a request wherever it is, and has the service forget what it holds."""
        return request_summary(await self._ask(client.Drop(request=request), client.Requests))

    def _begin(self, opening: Message, detached: bool = False) -> bytes:
        loop = asyncio.get_running_loop()
        if self._loop not in (None, loop):
            raise RuntimeError("the client belongs to another event loop")
        request = self._start(opening, detached)
        if self._loop is None:
            self._loop = loop
            for descriptor in self._connection.descriptors:
                loop.add_reader(descriptor, self._exchange)
        self._exchange()
        return request

    async def _next_event(self, request: bytes) -> Event | None:
        await self._wait_for(request)
        event = self._session.take(request)
        if self._session.outgoing:
            self._exchange()
        return event

    def _abandon(self, request: bytes) -> None:
        self._session.abandon(request)
        self._exchange()

    async def _ask(self, question: Message, answer_type: type[Answer]) -> Answer:
        request = self._begin(question)
        await self._wait_for(request)
        answer = self._session.take_answer(request)
        if not isinstance(answer, answer_type):
            raise ProtocolMismatch("the service answered another question")
        return answer

    async def _wait_for(self, request: bytes) -> None:
        while self._session.is_pending(request):
            if request in self._readers:
                raise RuntimeError("another task waits for this reply's next event")
            reader = self._readers[request] = asyncio.get_running_loop().create_future()
            try:
                await reader
            except asyncio.CancelledError:
                self._abandon(request)
                raise
            finally:
                del self._readers[request]

    def _exchange(self) -> None:
        """Moves what there is to move; the event loop calls it when there is more, or in time."""
        self._connection.exchange()
        self._wake_readers()
        if self._loop is None or self._connection.is_closed:
            return
        if self._connection.wait(0):
            # The sockets' descriptors tell of what comes, not of what has come.
            self._set_next(self._loop.call_soon(self._exchange))
        elif self._session.is_idle:
            self._set_next(None)
        else:
            self._set_next(self._loop.call_later(TICK, self._exchange))

    def _set_next(self, call: asyncio.Handle | None) -> None:
        if self._next:
            self._next.cancel()
        self._next = call

    def _wake_readers(self) -> None:
        for request, reader in self._readers.items():
            if not reader.done() and not self._session.is_pending(request):
                reader.set_result(None)
