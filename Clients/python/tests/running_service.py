"""The built program, and a service of it on the demo."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from fusebox_client import Client, FuseboxError

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = Path(os.environ.get("FUSEBOX", ROOT / ".build/release/fusebox"))
DEMO = ROOT / "Demo"
DEMO_ARGUMENTS = "serve --model Demo/base --adapters Demo/adapters --router Router".split()


def needs_program() -> None:
    """Skips a test where nothing is built; a program that FUSEBOX names has to be there."""
    if not PROGRAM.exists() and "FUSEBOX" not in os.environ:
        pytest.skip(f"{PROGRAM} is not built; FUSEBOX may name another")
    assert PROGRAM.exists(), f"FUSEBOX names {PROGRAM}, which is not there"


def run(*arguments: str) -> dict[str, Any]:
    """What a command of the program prints, run on the demo's base."""
    base = ["--model", str(DEMO / "base"), "--json"]
    done = subprocess.run(
        [str(PROGRAM), *arguments, *base], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


class RunningService:
    """`fusebox serve` with two workers in a runtime directory of its own."""

    def __init__(self, arguments: Sequence[str] = DEMO_ARGUMENTS) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.runtime_directory = self._folder.name
        self.endpoint = f"ipc://{self.runtime_directory}/fusebox.sock"
        self._arguments = arguments
        self.start()

    def start(self) -> None:
        """Starts it, also once more, with the journal that the one before left."""
        directory = self.runtime_directory
        self._process = subprocess.Popen(
            [str(PROGRAM), *self._arguments, "--workers", "2", "--threads-per-worker", "1"],
            cwd=ROOT,
            env={**os.environ, "XDG_RUNTIME_DIR": directory, "XDG_STATE_HOME": directory},
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """Ends the front without a word."""
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> RunningService:
        self.wait_for_workers()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()

    def wait_for_workers(self) -> list[int]:
        """The process ids of both workers once they serve."""
        for _ in range(600):
            try:
                with Client(self.endpoint) as client:
                    workers = client.status().workers
            except FuseboxError:
                continue
            ready = [worker.pid for worker in workers if worker.state == "ready"]
            if len(ready) == 2:
                return ready
            time.sleep(0.1)
        raise AssertionError("the workers do not come up")
