"""A private service on the demo, and what its front takes of the machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType

from fusebox_client import Client, FuseboxError, ServiceStatus

ROOT = Path(__file__).resolve().parents[2]
TRANSPORTS = ("ipc", "tcp")


@dataclass
class Use:
    """Resident megabytes and open descriptors."""

    megabytes: float = 0
    descriptors: int = 0


@dataclass
class Queue:
    """Parts that waited at once."""

    longest: int = 0


class Service:
    """`fusebox serve` on the demo; all that it writes lies in a folder that goes with it."""

    def __init__(
        self,
        program: Path,
        transport: str = "ipc",
        workers: int = 2,
        arguments: Sequence[str] = (),
        changes: bool = False,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Starts it, with these arguments more and this environment beside its own.

        With `changes` its adapters can change while it runs.
        """
        self._temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self._temporary.name)
        self.endpoint = f"ipc://{self.folder}/fusebox.sock"
        if transport == "tcp":
            self.endpoint = f"tcp://127.0.0.1:{_free_port()}"
        self._log = self.folder / "log"
        self._worker_count = workers
        self._command = [
            *(str(program.resolve()), "serve"),
            *("--workers", str(workers), "--threads-per-worker", "1"),
            *("--model", str(ROOT / "Demo/base"), "--adapters", str(ROOT / "Demo/adapters")),
            *("--router", str(ROOT / "Router"), "--bind", self.endpoint),
            *("--image-folder", str(self.folder / "images")),
            *(("--state", str(self.folder / "registry")) if changes else ()),
            *arguments,
        ]
        self._environment = {
            **os.environ,
            "XDG_RUNTIME_DIR": str(self.folder),
            "XDG_STATE_HOME": str(self.folder / "state"),
            # Without Swift's own backtraces: they take seconds, and the log says what ended it.
            "SWIFT_BACKTRACE": "enable=no",
            **environment,
        }
        self.start()

    def start(self) -> None:
        """Starts it, also once more, with all that the one before left in its folder."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log
            )
        self.pid = self._process.pid

    def kill(self) -> None:
        """Ends the front without a word; the kernel ends its workers."""
        self._process.kill()
        self._process.wait()

    def succeed(self, program: Path, number: signal.Signals) -> None:
        """Ends it by a signal, and starts another program in its place."""
        self.signal(number)
        # One that is asked to end lets what runs come to its end, unless it is asked again.
        time.sleep(0.1)
        self.signal(number)
        self._process.wait()
        self._command[0] = str(program)
        self.start()

    def __enter__(self) -> Service:
        try:
            self.wait_for_workers()
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
        self._temporary.cleanup()

    def wait_for_workers(self, patience: float = 60) -> list[int]:
        """The process ids of the workers, once all serve."""
        end = time.monotonic() + patience
        while time.monotonic() < end and self.lives:
            try:
                workers = self.workers()
            except FuseboxError:
                workers = []
            if len(workers) == self._worker_count:
                return workers
            time.sleep(0.05)
        raise SystemExit(f"the service does not come up: {self.log}")

    def answers(self, patience: float = 30) -> bool:
        """Waits until the front answers; False when it ends instead."""
        end = time.monotonic() + patience
        while time.monotonic() < end and self.lives:
            try:
                self.status()
                return True
            except FuseboxError:
                time.sleep(0.05)
        return False

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    @property
    def last_words(self) -> str:
        """How the front ended, and the last line of its log."""
        code = self._process.poll()
        lines = self.log.split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "")
        return f"{signal.Signals(-code).name if code and code < 0 else code}: {last[:100]}"

    @property
    def log(self) -> str:
        """All that it has written to its standard streams."""
        return self._log.read_text(errors="replace")

    def status(self) -> ServiceStatus:
        with Client(self.endpoint) as client:
            return client.status()

    def workers(self) -> list[int]:
        """The process ids of those that serve."""
        return [worker.pid for worker in self.status().workers if worker.state == "ready"]

    def worker_seconds(self) -> float:
        """Processor seconds that those which serve have used."""
        fields = [Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split() for pid in self.workers()]
        return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")

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

    @contextmanager
    def watched_queue(self) -> Iterator[Queue]:
        """What waits while the block runs, by asking four times a second."""
        queue = Queue()
        over = threading.Event()

        def look() -> None:
            with Client(self.endpoint) as client:
                while not over.wait(0.25):
                    try:
                        queue.longest = max(queue.longest, client.status().queued)
                    except FuseboxError:
                        continue

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield queue
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
