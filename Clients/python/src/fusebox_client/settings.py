"""How patient a client is, and what it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict


class ClientOptions(TypedDict, total=False):
    """What a client may be made with; all times are in seconds."""

    #: How long the first connection may take, 2 by default: a local service answers at once.
    connect_timeout: float
    #: How long a lost connection may stay lost, 30: a service that starts again.
    reconnect_timeout: float
    #: Until a request is accepted or a question answered, 20; queueing does not count.
    answer_timeout: float
    #: After which the client asks again for what it has not seen, 5.
    silence: float
    #: How long a request is sent again that the service has no room for, 30.
    busy_timeout: float
    #: Chunks of a reply that may lie unread before the service waits, 256; 0: any number.
    window: int
    #: Whether replies stay at the service after they were received whole, for another client to
    #: `attach` to.
    keep_replies: bool


@dataclass(frozen=True)
class Settings:
    """All options, with their defaults."""

    connect_timeout: float = 2.0
    reconnect_timeout: float = 30.0
    answer_timeout: float = 20.0
    silence: float = 5.0
    busy_timeout: float = 30.0
    window: int = 256
    keep_replies: bool = False
