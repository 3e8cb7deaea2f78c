"""What the client waits for."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.message import Message

from fusebox_client.errors import FuseboxError
from fusebox_client.reply import Reply


@dataclass
class Conversation:
    """What was asked, and how it stands."""

    opening: Message
    started: float
    #: When the service, or that it is there again, was last heard of.
    last_heard: float
    last_sent: float
    reply: Reply | None = None
    answer: Message | None = None
    #: What was sent last was an Attach, and nothing was heard since.
    attaching: bool = False
    cancelled: bool = False
    #: Since when the service, without a break in the connection, has not taken it.
    busy_since: float | None = None
    retry_at: float | None = None
    error: FuseboxError | None = None
    done: bool = False

    @property
    def accepted(self) -> bool:
        """The service has accepted it, and has not forgotten it since as far as is known."""
        return self.reply is not None and self.reply.is_accepted
