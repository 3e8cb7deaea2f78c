"""What the client waits for."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from google.protobuf.message import Message

from fusebox_client.credit import Credit
from fusebox_client.errors import FuseboxError
from fusebox_client.events import Event
from fusebox_client.progress import ReplyProgress
from fusebox_client.wire import client_pb2 as client


@dataclass
class Conversation:
    """What was asked, and how it stands."""

    opening: Message
    started: float
    #: When the service, or that it is there again, was last heard of.
    last_heard: float
    last_sent: float
    #: None for a question, which has one answer.
    progress: ReplyProgress | None
    credit: Credit
    #: Come and not taken yet.
    events: deque[Event] = field(default_factory=deque)
    answer: Message | None = None
    #: When it was last looked at, the service could send no more until something was read.
    waited_for_reader: bool = False
    #: What was sent last was an Attach, and nothing was heard since.
    attaching: bool = False
    cancelled: bool = False
    #: Whoever submitted it wants to know that it was accepted; its reply is another's.
    detached: bool = False
    #: Since when the service, without a break in the connection, has not taken it.
    busy_since: float | None = None
    retry_at: float | None = None
    error: FuseboxError | None = None
    done: bool = False

    @property
    def is_over(self) -> bool:
        """Nothing more will come."""
        return self.done or self.error is not None

    @property
    def is_accepted(self) -> bool:
        """The service has accepted it, and has not forgotten it since as far as is known."""
        return self.progress is not None and self.progress.is_accepted

    @property
    def may_take_long(self) -> bool:
        """The service may be silent about it as long as it answers others.

        It waits its turn, or has workers try an adapter.
        """
        return self.is_accepted or isinstance(self.opening, client.ChangeAdapter)
