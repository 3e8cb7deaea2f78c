"""What the synchronous and the asynchronous client have in common."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any

from fusebox_client import frames
from fusebox_client.connection import Connection
from fusebox_client.endpoint import check_directory, default_directory, default_endpoint
from fusebox_client.errors import Closed
from fusebox_client.session import Session
from fusebox_client.settings import ClientOptions, Settings

if TYPE_CHECKING:
    from typing_extensions import Unpack


class BaseClient:
    """A connection with its session; how to wait for them is the subclass's concern."""

    def __init__(self, endpoint: str | None = None, **options: Unpack[ClientOptions]) -> None:
        """Starts to connect.

        Without an endpoint it is the default one, whose directory has to be this user's alone:
        Untrusted otherwise.
        """
        settings = Settings(**options)
        directory = None if endpoint else default_directory()
        if directory:
            check_directory(directory)
        self.endpoint = endpoint or default_endpoint()
        probe = secrets.token_bytes(16)
        self._session = Session(self.endpoint, settings, probe, time.monotonic())
        self._connection = Connection(self.endpoint, directory, self._session)

    def _start(self, opening: Any, detached: bool = False) -> bytes:
        """Begins a conversation; its id, which is a new one where the message has none."""
        if self._connection.is_closed:
            raise Closed("the client was closed")
        opening.request = opening.request or secrets.token_bytes(16)
        frames.encode(opening)
        self._session.start(opening.request, opening, time.monotonic(), detached)
        request: bytes = opening.request
        return request
