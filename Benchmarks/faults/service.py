"""A private service on the demo, and what its front takes of the machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from fusebox_client import Client, FuseboxError, ServiceStatus

ROOT = Path(__file__).resolve().parents[2]
TRANSPORTS = ("ipc", "tcp")


@dataclass
class Use:
    """Resident megabytes and open descriptors."""

    megabytes: float = 0
    descriptors: int = 0


class Service:
    """`fusebox serve` with two workers; all that it writes lies in a folder that goes with it."""

    def __init__(self, program: Path, transport: str = "ipc", changes: bool = False) -> None:
        """With `changes` its adapters can change while it runs."""
        self._folder = tempfile.TemporaryDirectory()
        self._log = Path(self._folder.name, "log")
        self.endpoint = f"ipc://{self._folder.name}/fusebox.sock"
        if transport == "tcp":
            self.endpoint = f"tcp://127.0.0.1:{_free_port()}"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(program.resolve()), "serve", "--workers", "2", "--threads-per-worker", "1"]
                + ["--model", str(ROOT / "Demo/base"), "--adapters", str(ROOT / "Demo/adapters")]
                + ["--router", str(ROOT / "Router"), "--bind", self.endpoint]
                + ["--image-folder", f"{self._folder.name}/images"]
                + (["--state", f"{self._folder.name}/state"] if changes else []),
                # Without Swift's own backtraces: they take seconds, and the log says what ended it.
                env={**os.environ, "XDG_RUNTIME_DIR": self._folder.name, "XDG_STATE_HOME": self._folder.name, "SWIFT_BACKTRACE": "enable=no"},
                stdout=log,
                stderr=log,
            )
        self.pid = self._process.pid

    def __enter__(self) -> Service:
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends it at once; workers whose front is gone end by themselves."""
        for _ in range(2):
            if self._process.poll() is None:
                self._process.terminate()
                time.sleep(0.1)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end and self.lives:
            try:
                if len(self.workers()) == 2:
                    return
            except FuseboxError:
                pass
            time.sleep(0.1)
        raise SystemExit(f"the service does not come up: {self._log.read_text()}")

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    @property
    def last_words(self) -> str:
        """How the front ended, and the last line of its log."""
        code = self._process.poll()
        lines = self._log.read_text(errors="replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "")
        return f"{signal.Signals(-code).name if code and code < 0 else code}: {last[:100]}"

    def status(self) -> ServiceStatus:
        with Client(self.endpoint) as client:
            return client.status()

    def workers(self) -> list[int]:
        """The process ids of those that serve."""
        return [worker.pid for worker in self.status().workers if worker.state == "ready"]

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def use(self) -> Use:
        """What the front takes now; nothing when it has ended."""
        return self._use("VmRSS")

    @contextmanager
    def watched(self) -> Iterator[Use]:
        """The front's peaks while the block runs: the kernel's of memory, descriptors by looking."""
        peak = Use()
        over = threading.Event()
        # Sets the high-water mark to what is resident now.
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

        def look() -> None:
            while True:
                now = self._use("VmHWM")
                peak.megabytes = max(peak.megabytes, now.megabytes)
                peak.descriptors = max(peak.descriptors, now.descriptors)
                if over.wait(0.02):
                    return

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield peak
        finally:
            over.set()
            thread.join()

    def _use(self, field: str) -> Use:
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
            descriptors = len(os.listdir(f"/proc/{self.pid}/fd"))
        except OSError:
            return Use()
        sizes = [line.split()[1] for line in status.splitlines() if line.startswith(f"{field}:")]
        return Use(int(sizes[0]) / 1024, descriptors) if sizes else Use()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
