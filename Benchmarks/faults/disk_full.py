"""What a service does whose journal cannot be written any more, and whether it forgets anything.

    python Benchmarks/faults/disk_full.py --fusebox .build/release/fusebox [--rounds 3] [--json]

The journal lies on a small tmpfs that is filled up (for root alone), and then in a folder where each write fails with
EIO, ENOSPC or EROFS (`disk.c`). While writing fails, new requests have to be refused, with a time to come back, and
STATUS says why; afterwards they are taken again, and what had been accepted is answered. Now and then the front is
killed before the disk is mended. At last it is started where it cannot write at all, and has to say so. Exits with 1
when an accepted request was lost, or one was accepted as durable without a place for it.
"""

from __future__ import annotations

import errno
import os
import random
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import questions
import report
from checker import check
from collector import collect
from history import History
from observer import Observer
from preload import Preload
from service import Service

ACCEPTABLE_REFUSALS = ("resource_exhausted", "unavailable")
TMPFS_MEGABYTES = 16


@dataclass
class Disk:
    """A place for a journal that can be made to fail."""

    folder: Path
    environment: dict[str, str]
    fail: Callable[[], None]
    mend: Callable[[], None]
    #: No write passes; a full disk still has room in files that were longer once.
    is_dead: bool


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """A tmpfs, filled up to its last byte by a file that is removed again."""
    options = f"size={TMPFS_MEGABYTES}m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    ballast = folder / "ballast"

    def fill() -> None:
        try:
            with ballast.open("wb", buffering=0) as file:
                while file.write(bytes(4096)):
                    pass
        except OSError:
            return

    try:
        yield Disk(folder, {}, fill, lambda: ballast.unlink(missing_ok=True), is_dead=False)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def failing_disk(folder: Path, number: int) -> Iterator[Disk]:
    """A folder in which each write fails with an errno."""
    with tempfile.TemporaryDirectory() as tools:
        preload = Preload("disk", Path(tools))
        environment = {**preload.environment, "FAULTS_DISK_FOLDER": str(folder)}
        fail, mend = (lambda: preload.set(number)), (lambda: preload.set(0))
        yield Disk(folder, environment, fail, mend, is_dead=True)


class Trial:
    """One kind of failure, some times over."""

    def __init__(self, program: Path, rng: random.Random) -> None:
        self._program, self._rng = program, rng
        self.history = History()
        self.accepted_while_broken = self.refused = 0
        self.recoveries: list[float] = []
        self.broken: list[str] = []

    def run(self, disk: Disk, rounds: int) -> None:
        journal = ["--journal", str(disk.folder / "journal.sqlite")]
        with Service(self._program, arguments=journal, environment=disk.environment) as service:
            reference = questions.reference(service.endpoint)
            for index in range(rounds):
                self._round(service, disk, kill=index % 3 == 2)
        self.broken += [str(each) for each in check(self.history, reference)]
        disk.fail()
        service = Service(self._program, arguments=journal, environment=disk.environment)
        try:
            self._try_in_vain(service, disk)
        finally:
            service.stop()
            disk.mend()

    def _try_in_vain(self, service: Service, disk: Disk) -> None:
        """Of a front that is started where nothing can be written."""
        if not service.answers(20):
            if "journal" not in service.log:
                self.broken.append(f"a front does not say why it ends: {service.last_words}")
            return
        service.wait_for_workers()
        with Observer(service.endpoint, self.history) as observer:
            request = self._ask(observer)
            observer.read_for(2)
        self._judge(request, disk)
        if disk.is_dead and not service.status().journal_problem:
            self.broken.append("a front that cannot write says nothing of it")

    def _round(self, service: Service, disk: Disk, kill: bool) -> None:
        """Asks before and while writing fails, and collects all once it is mended."""
        with Observer(service.endpoint, self.history) as observer:
            asked = [self._ask(observer) for _ in range(12)]
            observer.read_for(self._rng.uniform(0, 0.3))
            disk.fail()
            for _ in range(12):
                asked.append(self._ask(observer))
                observer.read_for(0.2)
            # What was sent while it was still well is answered by now.
            late = [self._ask(observer) for _ in range(8)]
            observer.read_for(2)
            problem = service.status().journal_problem if service.lives else ""
            if kill or not service.lives:
                if not kill:
                    self.broken.append(f"the front ended: {service.last_words}")
                service.kill()
                observer.read(0.05)
        for request in late:
            self._judge(request, disk)
        if disk.is_dead and not problem:
            self.broken.append("nothing can be written, and STATUS does not say so")
        disk.mend()
        mended = time.monotonic()
        if not service.lives:
            service.start()
        # What was refused is asked again until it is taken.
        answered = None
        while answered is None and time.monotonic() < mended + 30:
            collect(service.endpoint, self.history, asked + late)
            if all(self.history.requests[request].is_over for request in asked + late):
                answered = time.monotonic()
            time.sleep(0.2)
        self.recoveries.append(time.monotonic() - mended)
        if answered is None:
            left = [self.history.requests[request] for request in asked + late]
            last = Counter(each.deliveries[-1].refused or "no end" for each in left if not each.is_over)
            self.broken.append(f"not answered though the disk is well again: {dict(last)}")

    def _ask(self, observer: Observer) -> bytes:
        return observer.submit(self._rng.choice(questions.ALL), keep=True)

    def _judge(self, request: bytes, disk: Disk) -> None:
        """Of a request that came while nothing could be written."""
        invocation = self.history.requests[request]
        if invocation.accepted_at is not None:
            self.accepted_while_broken += 1
            if disk.is_dead and invocation.durable:
                self.broken.append("a request was accepted as durable that cannot be on disk")
        elif (code := invocation.deliveries[-1].refused) in ACCEPTABLE_REFUSALS:
            self.refused += 1
        else:
            self.broken.append(f"a request was not refused as it should: {code or 'no answer'}")


def main() -> None:
    parser = report.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    result, rng = report.Report(), random.Random(options.seed)
    for name, make in disks().items():
        with tempfile.TemporaryDirectory() as folder, make(Path(folder)) as disk:
            trial = Trial(options.fusebox, rng)
            trial.run(disk, options.rounds)
        result.figures[name] = (
            f"{len(trial.history.requests)} requests, {trial.refused} refused and "
            f"{trial.accepted_while_broken} accepted while writing failed; "
            f"all answered {report.spread(trial.recoveries)} after it was mended; "
            f"broken: {len(trial.broken)}"
        )
        result.broken += [f"{name}: {words}" for words in trial.broken]
    result.finish(options.json)


def disks() -> dict[str, Callable[[Path], AbstractContextManager[Disk]]]:
    def failing(number: int) -> Callable[[Path], AbstractContextManager[Disk]]:
        return lambda folder: failing_disk(folder, number)

    kinds: dict[str, Callable[[Path], AbstractContextManager[Disk]]] = {}
    if os.geteuid() == 0:
        kinds[f"a full disk of {TMPFS_MEGABYTES} MB"] = small_disk
    for number in (errno.EIO, errno.ENOSPC, errno.EROFS):
        kinds[errno.errorcode[number]] = failing(number)
    return kinds


if __name__ == "__main__":
    main()
