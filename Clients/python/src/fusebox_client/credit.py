"""How far a service may run ahead of a reader."""

from __future__ import annotations

#: What a reader grants who sets no bound.
UNLIMITED = (1 << 32) - 1


class Credit:
    """Bounds the chunks of a reply that have come and were not read.

    The service sends as many as it was granted, and counts anew on each attempt and ATTACH. A
    window of 0: no bound.
    """

    def __init__(self, window: int) -> None:
        self._window = window
        self._granted = window
        #: Come on an earlier count and not read yet.
        self._earlier = 0
        self._unread = 0
        self._read = 0

    @property
    def is_used_up(self) -> bool:
        """Whether the service waits for the reader, and is silent for that reason."""
        return self._window > 0 and self._granted == 0 and self._unread > 0

    def restart(self) -> None:
        """The service counts anew."""
        self._granted = self._window
        self._earlier = self._unread
        self._read = 0

    def chunk_came(self) -> None:
        self._granted = max(0, self._granted - 1)
        self._unread += 1

    def chunk_was_read(self) -> int:
        """Chunks to grant now; half a window at a time, or messages would double."""
        self._unread -= 1
        if self._earlier > 0:
            self._earlier -= 1
            return 0
        self._read += 1
        if self._window == 0 or self._read < max(1, self._window // 2):
            return 0
        granted, self._read = self._read, 0
        self._granted += granted
        return granted
