"""A reply as it comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fusebox_client.events import Event
from fusebox_client.result import Result

if TYPE_CHECKING:
    from fusebox_client.client import Client


class Reply:
    """An iterator of events, each once and in order; made by `Client.submit`."""

    def __init__(self, client: Client, request: bytes) -> None:
        self._client = client
        #: The 16 bytes that name the request.
        self.request = request

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        event = self._client._next_event(self.request)
        if event is None:
            raise StopIteration
        return event

    def result(self) -> Result:
        """Reads to the end; RequestFailed when the request or any part failed."""
        return Result.of(self)

    def close(self) -> None:
        """Reads no further; the service stops, unless the request was submitted with `keep`."""
        self._client._abandon(self.request)
