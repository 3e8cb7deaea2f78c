"""Whether accepted requests survive a front that is killed, again and again.

    python Benchmarks/faults/front_kills.py --fusebox .build/release/fusebox [--kills 500] [--seed 1] [--json]

In each round eight clients submit, half of them leave for good, and at a random moment the front is killed with
`kill -9` and started on the same journal. Those that stayed attach with the offsets that they have; what the others
asked is collected over new connections, some of it only after further kills. Exits with 1 when an accepted request was
lost, a token was missing, sent twice or another than without kills, or when recovering took more than five seconds.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

import questions
import report
from checker import check, counts
from collector import collect
from history import History
from observer import Observer
from service import Service, Use

#: Seconds within which a started front has to be answering for what it accepted.
RECOVERY_LIMIT = 5.0
CLIENTS = 8
QUESTIONS_OF_EACH = 3


class Siege:
    """A service whose front is killed while clients ask it."""

    def __init__(self, service: Service, rng: random.Random) -> None:
        self._service, self._rng = service, rng
        self.history = History()
        self.reference = questions.reference(service.endpoint)
        #: What nobody is there for, and how many kills it still waits for.
        self._left: dict[bytes, int] = {}
        #: From starting the front until it had answered for all that was asked again.
        self.recoveries: list[float] = []
        self.kills = 0
        self.peak = Use()

    def round(self) -> None:
        """Asks, kills the front, starts it and collects."""
        stayed = self._ask_and_kill()
        start = self._start()
        due = stayed + [request for request, kills in self._left.items() if kills == 0]
        self._left = {request: kills - 1 for request, kills in self._left.items() if kills}
        answered = collect(self._service.endpoint, self.history, due)
        if answered is not None:
            self.recoveries.append(answered - start)
        use = self._service.use()
        self.peak.megabytes = max(self.peak.megabytes, use.megabytes)
        self.peak.descriptors = max(self.peak.descriptors, use.descriptors)

    def collect_all(self) -> None:
        """Reads what is left, from a front that is let be."""
        collect(self._service.endpoint, self.history, list(self._left))
        self._left.clear()

    def _ask_and_kill(self) -> list[bytes]:
        """The requests of the clients that are still there when the front dies."""
        stayers = [Observer(self._service.endpoint, self.history) for _ in range(CLIENTS // 2)]
        leavers = [Observer(self._service.endpoint, self.history) for _ in range(CLIENTS // 2)]
        stayed = [self._ask(each, keep=False) for each in stayers for _ in range(QUESTIONS_OF_EACH)]
        left = [self._ask(each, keep=True) for each in leavers for _ in range(QUESTIONS_OF_EACH)]
        moment = time.monotonic() + self._rng.uniform(0, 1.2)
        leaving = time.monotonic() + self._rng.uniform(0, 0.3)
        while (now := time.monotonic()) < moment:
            if now >= leaving:
                self._leave(leavers)
                leavers = []
            for observer in stayers + leavers:
                observer.read()
            time.sleep(0.001)
        self._service.kill()
        self.kills += 1
        for observer in stayers + leavers:
            # What had been sent before the front died still arrives.
            observer.read(0.01)
        self._leave(stayers + leavers)
        # Also what was taken without a word that it was: it is submitted again under its id.
        self._left |= {request: self._rng.choice((0, 0, 0, 1, 2)) for request in left}
        return stayed

    def _ask(self, observer: Observer, keep: bool) -> bytes:
        return observer.submit(self._rng.choice(questions.ALL), keep=keep)

    def _leave(self, observers: list[Observer]) -> None:
        for observer in observers:
            observer.read()
            observer.leave()

    def _start(self) -> float:
        """Now and then it dies once more while it recovers."""
        while True:
            start = time.monotonic()
            self._service.start()
            if self._rng.random() > 0.1:
                return start
            time.sleep(self._rng.uniform(0, 0.4))
            self._service.kill()
            self.kills += 1


def size(folder: Path) -> str:
    """Of the journal's files."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return f"{sum(file.stat().st_size for file in files) / 1e6:.1f} MB"


def main() -> None:
    parser = report.parser(__doc__)
    parser.add_argument("--kills", type=int, default=20)
    options = parser.parse_args()
    result = report.Report()
    with Service(options.fusebox) as service:
        siege = Siege(service, random.Random(options.seed))
        start = service.use()
        while siege.kills < options.kills and service.lives:
            siege.round()
        siege.collect_all()
        result.expect(service.lives, f"the front ended: {service.last_words}")
        broken = check(siege.history, siege.reference)
        accepted = [each for each in siege.history.requests.values() if each.accepted_at]
        lost = {each.request for each in broken if each.rule == "C4"}
        other = {each.request for each in broken if each.rule in ("C2", "C3", "C5")}
        end = service.use()
        result.figures = {
            "front killed": siege.kills,
            "requests accepted": len(accepted),
            "of them durable": sum(each.durable for each in accepted),
            "accepted requests lost": len(lost),
            "replies with missing, doubled or other tokens": len(other),
            "promises broken": counts(broken),
            "from starting the front to its answers": report.spread(siege.recoveries),
            "front at start / peak / end": f"{start.megabytes:.0f} / {siege.peak.megabytes:.0f} / "
            f"{end.megabytes:.0f} MB, {start.descriptors} / {siege.peak.descriptors} / "
            f"{end.descriptors} descriptors",
            "journal at the end": size(service.folder / "state"),
        }
    result.broken += [str(violation) for violation in broken]
    result.expect(all(each.durable for each in accepted), "requests were accepted that are not durable")
    result.expect(
        max(siege.recoveries, default=0) <= RECOVERY_LIMIT,
        f"a recovery took {max(siege.recoveries, default=0):.1f} s",
    )
    result.finish(options.json)


if __name__ == "__main__":
    main()
