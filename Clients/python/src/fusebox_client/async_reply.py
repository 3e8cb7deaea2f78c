"""A reply as it comes, for asyncio."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from fusebox_client.events import Event
from fusebox_client.result import Result

if TYPE_CHECKING:
    from fusebox_client.async_client import AsyncClient


class AsyncReply:
    """An asynchronous iterator of events, each once and in order; made by `AsyncClient.submit`.

    A task that is cancelled while it waits for an event ends the reading, as `aclose` does.
    """

    def __init__(self, client: AsyncClient, request: bytes) -> None:
        self._client = client
        #: The 16 bytes that name the request.
        self.request = request

    def __aiter__(self) -> AsyncIterator[Event]:
        return self

    async def __anext__(self) -> Event:
        event = await self._client._next_event(self.request)
        if event is None:
            raise StopAsyncIteration
        return event

    async def result(self) -> Result:
        """Reads to the end; RequestFailed when the request or any part failed."""
        return Result.of([event async for event in self])

    async def aclose(self) -> None:
        """Reads no further; the service stops, unless the request was submitted with `keep`."""
        self._client._abandon(self.request)
