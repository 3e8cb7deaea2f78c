"""What can go wrong, by what a program may do about it."""


class FuseboxError(Exception):
    """Any failure of this package."""


class Unreachable(FuseboxError):
    """Nobody answers at the endpoint."""


class Untrusted(FuseboxError):
    """Somebody else than this user could listen where the service is looked for; nothing was sent."""


class NoAnswer(FuseboxError):
    """The service is there and says nothing, or says another reply than it began with."""


class ProtocolMismatch(FuseboxError):
    """Somebody answers, but not in this protocol or not in this version of it."""


class Closed(FuseboxError):
    """The client was closed before the answer came."""


class RequestFailed(FuseboxError):
    """The service refused a request or could not finish it."""

    def __init__(self, code: str, message: str, retry_after: float = 0.0) -> None:
        super().__init__(f"{code}: {message}")
        #: Lower case, such as "not_found".
        self.code = code
        self.message = message
        #: Seconds after which the same request may be sent again; 0 where that makes no sense.
        self.retry_after = retry_after
