"""The program on a terminal of its own, or without one."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from running_service import PROGRAM, ROOT

ESCAPE = re.compile(r"\x1b\[\??[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Surroundings:
    """Where a command runs."""

    columns: int = 80
    is_terminal: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)

    def variables(self, more: Mapping[str, str]) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
        return {**inherited, "TERM": "xterm-256color", **self.environment, **more}


class Terminal:
    """A program whose input and output are a terminal that it controls, or whose output is a pipe."""

    def __init__(
        self,
        arguments: Sequence[str],
        where: Surroundings,
        environment: Mapping[str, str],
        rows: int = 60,
    ) -> None:
        self._master, self.device = pty.openpty() if where.is_terminal else os.pipe()
        self.output = ""
        # A piece may end within a character.
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        if where.is_terminal:
            self.resize(where.columns, rows)
        self.process = subprocess.Popen(
            [str(PROGRAM), *arguments],
            stdin=self.device if where.is_terminal else subprocess.DEVNULL,
            stdout=self.device,
            stderr=self.device,
            cwd=ROOT,
            env=where.variables(environment),
            start_new_session=True,
            preexec_fn=_control if where.is_terminal else None,
        )

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def settings(self) -> list[object]:
        return list(termios.tcgetattr(self.device))

    def read_until(self, condition: Callable[[str], object], seconds: float = 60) -> str:
        """All output so far, once it fulfils a condition."""
        deadline = time.monotonic() + seconds
        while not condition(self.output):
            assert time.monotonic() < deadline, self.output
            self._read(0.05)
        return self.output

    def read_to_end(self, seconds: float = 60) -> str:
        """All output of a program that ends by itself."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, self.output
            self._read(0.05)
        while self._read(0):
            pass
        return self.output

    def _read(self, seconds: float) -> bool:
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        data = os.read(self._master, 1 << 16)
        self.output += self._decoder.decode(data).replace("\r", "")
        return True

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        os.close(self._master)
        os.close(self.device)


def _control() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def transcript(arguments: Sequence[str], where: Surroundings, environment: Mapping[str, str]) -> str:
    """All that a command which ends by itself writes, standard error too."""
    terminal = Terminal(arguments, where, environment)
    try:
        return terminal.read_to_end()
    finally:
        terminal.close()


def plain(text: str) -> str:
    """Without colours and movements."""
    return ESCAPE.sub("", text)


def screen(output: str) -> list[str]:
    """The rows that a terminal shows after cursor movements, erasures and texts."""
    rows: dict[int, str] = {}
    row = 0
    for piece in re.split(f"({ESCAPE.pattern})", output):
        if place := re.fullmatch(r"\x1b\[(\d+);1H", piece):
            row = int(place[1])
        elif piece == "\x1b[K":
            rows[row] = ""
        elif piece == "\x1b[2J":
            rows = {}
        elif piece and not ESCAPE.fullmatch(piece):
            rows[row] = rows.get(row, "") + piece
    return [rows.get(number, "") for number in range(1, max(rows, default=0) + 1)]
