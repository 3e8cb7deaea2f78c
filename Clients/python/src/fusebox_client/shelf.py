"""The adapters of a service, changed while requests run."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from fusebox_client.adapters import RefusedAdapter, refused
from fusebox_client.wire import client_pb2 as client

#: Where the service finds files: a path that is relative is meant from this program's folder.
AdapterPath = str | os.PathLike[str]
#: A ShelfChange, or what is awaited for one.
Changed = TypeVar("Changed")


@dataclass(frozen=True)
class ShelfChange:
    """A change that is in force for all requests from now on, and outlasts the service."""

    #: Of the shelf; it grows with each change.
    revision: int
    warnings: list[str]
    #: Adapters of the service's folder that a rescan could not take over.
    refused: list[RefusedAdapter]


class Shelf(Generic[Changed]):
    """Changes the adapters of a service that was started with `--state`.

    A change has come when it is in force: the service has copied the adapter and tried it, and
    every worker holds it. Requests that run keep what they began with. RequestFailed where the
    service refuses it; then everything is as it was. A change with the id (`request`, 16 bytes)
    of an earlier one is that one and has the same answer. What nobody waits for any more is made
    all the same.
    """

    def __init__(self, make: Callable[[client.ChangeAdapter], Changed]) -> None:
        self._make = make

    def add(
        self,
        name: str,
        path: AdapterPath,
        *,
        examples: AdapterPath | None = None,
        request: bytes = b"",
    ) -> Changed:
        """Serves one more adapter: a PEFT directory or a .gguf file.

        `examples` are rows of requests that it fits, for a router that has no class for the name;
        else it is examples.jsonl of the adapter's folder.
        """
        change = _change(client.ADAPTER_VERB_ADD, name, request, path)
        change.examples = _absolute(examples)
        return self._make(change)

    def replace(
        self,
        name: str,
        path: AdapterPath,
        *,
        examples: AdapterPath | None = None,
        request: bytes = b"",
    ) -> Changed:
        """Serves other bytes under an adapter's name; `examples` as in `add`."""
        change = _change(client.ADAPTER_VERB_REPLACE, name, request, path)
        change.examples = _absolute(examples)
        return self._make(change)

    def remove(self, name: str, *, request: bytes = b"") -> Changed:
        """Serves an adapter no more; `rollback` brings it back."""
        return self._make(_change(client.ADAPTER_VERB_REMOVE, name, request))

    def rollback(
        self, name: str, generation: int | None = None, *, request: bytes = b""
    ) -> Changed:
        """Ends a canary; else goes to the generation before the one that serves, or to another."""
        change = _change(client.ADAPTER_VERB_ROLLBACK, name, request)
        change.generation = generation or 0
        return self._make(change)

    def canary(
        self, name: str, path: AdapterPath, share: float = 0.1, *, request: bytes = b""
    ) -> Changed:
        """Lets other bytes answer a share of the requests, 0.001 to 0.999, until `promote` or `rollback`."""
        change = _change(client.ADAPTER_VERB_CANARY, name, request, path)
        change.share = share
        return self._make(change)

    def promote(self, name: str, *, request: bytes = b"") -> Changed:
        """Lets an adapter's canary answer all requests."""
        return self._make(_change(client.ADAPTER_VERB_PROMOTE, name, request))

    def rescan(self, *, request: bytes = b"") -> Changed:
        """Takes over what is new, changed or gone in the folder that the service was started with."""
        return self._make(_change(client.ADAPTER_VERB_RESCAN, "", request))


def shelf_change(reply: client.AdapterChanged) -> ShelfChange:
    return ShelfChange(reply.revision, list(reply.warnings), refused(reply.refused))


def _change(
    verb: client.AdapterVerb, name: str, request: bytes, path: AdapterPath | None = None
) -> client.ChangeAdapter:
    return client.ChangeAdapter(request=request, verb=verb, name=name, path=_absolute(path))


def _absolute(path: AdapterPath | None) -> str:
    """The service has another working directory."""
    return "" if path is None else os.path.abspath(path)
