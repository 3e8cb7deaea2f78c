"""What a front makes of a journal whose log was torn when it died.

    python Benchmarks/faults/torn_journals.py --fusebox .build/release/fusebox [--rounds 20] [--seed 1] [--json]

In each round a client submits one request after the other, the front is killed with `kill -9`, and copies of its
journal are damaged in the ways of `wal.py`, each of which a front is started on. Where nothing is gone but what was
never synchronized, every accepted request has to be there. Where the disk has lost what it had promised, requests
may be missing from the youngest on, none of them out of order, or the front refuses to start and names the journal.
Whatever is answered has to be right. Exits with 1 otherwise.
"""

from __future__ import annotations

import copy
import random
import tempfile
import time
from pathlib import Path

import questions
import report
import wal
from checker import check
from collector import collect
from history import History
from observer import Observer
from service import Service

REQUESTS = 12


def ask_and_kill(service: Service, rng: random.Random) -> tuple[History, list[bytes]]:
    """Requests in the order in which they were accepted, one after the other."""
    history, accepted = History(), []
    with Observer(service.endpoint, history) as observer:
        for question in rng.choices(questions.ALL, k=REQUESTS):
            request = observer.submit(question, keep=True)
            end = time.monotonic() + 20
            while history.requests[request].accepted_at is None and time.monotonic() < end:
                observer.read(0.05)
            accepted.append(request)
        observer.read_for(rng.uniform(0, 0.5))
        service.kill()
        observer.read(0.05)
    return history, accepted


class Verdicts:
    """What became of all journals with one kind of damage."""

    def __init__(self, damage: wal.Damage) -> None:
        self.damage = damage
        self.started = self.refused = self.kept = self.missing = 0
        self.broken: list[str] = []

    def judge(
        self,
        program: Path,
        journal: Path,
        history: History,
        accepted: list[bytes],
        reference: questions.Reference,
    ) -> None:
        """Starts a front on a copy, and asks it for everything."""
        service = Service(program, arguments=["--journal", str(journal)])
        try:
            if not service.answers():
                self._refuse(service, journal)
                return
            self.started += 1
            collect(service.endpoint, history, accepted, close=False)
            if not service.lives:
                self._break(f"the front ended: {service.last_words}")
        finally:
            service.stop()
        there = [request for request in accepted if _is_there(history, request)]
        self.kept += len(there)
        self.missing += len(accepted) - len(there)
        if there != accepted[: len(there)]:
            places = [accepted.index(request) for request in there]
            self._break(f"of {len(accepted)} requests these are there: {places}")
        if self.damage in wal.HARMLESS and len(there) < len(accepted):
            self._break(f"{len(accepted) - len(there)} accepted requests are lost")
        for request in set(accepted) - set(there):
            del history.requests[request]
        for violation in check(history, reference):
            self._break(str(violation))

    def _refuse(self, service: Service, journal: Path) -> None:
        self.refused += 1
        if self.damage in wal.HARMLESS:
            self._break(f"the front does not start: {service.last_words}")
        elif str(journal) not in service.log and "journal" not in service.log:
            self._break(f"the front does not say why it does not start: {service.last_words}")

    def _break(self, words: str) -> None:
        self.broken.append(f"{self.damage.__doc__}: {words}")

    @property
    def figure(self) -> str:
        return (
            f"{self.started} started, {self.refused} refused with a reason; "
            f"{self.kept} requests there, {self.missing} missing"
        )


def _is_there(history: History, request: bytes) -> bool:
    return not history.requests[request].deliveries[-1].refused


def main() -> None:
    parser = report.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    verdicts = [Verdicts(damage) for damage in wal.HARMLESS + wal.HARMFUL]
    with Service(options.fusebox) as service:
        reference = questions.reference(service.endpoint)
        journal = Path(service.status().journal)
        for _ in range(options.rounds):
            history, accepted = ask_and_kill(service, rng)
            for each in verdicts:
                with tempfile.TemporaryDirectory() as folder:
                    torn = Path(folder, journal.name)
                    wal.write_damaged(journal, torn, each.damage, rng)
                    each.judge(
                        options.fusebox, torn, copy.deepcopy(history), accepted, reference
                    )
            service.start()
            service.wait_for_workers()
            collect(service.endpoint, history, accepted)
    result = report.Report({str(each.damage.__doc__): each.figure for each in verdicts})
    result.broken = [words for each in verdicts for words in each.broken]
    result.finish(options.json)


if __name__ == "__main__":
    main()
