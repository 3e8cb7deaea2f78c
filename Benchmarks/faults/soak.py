"""Everything at once, for as long as one likes: what is left of memory, descriptors and promises.

    python Benchmarks/faults/soak.py --fusebox .build/release/fusebox [--minutes 30] [--seed 1] [--json]

Six clients keep 24 requests going, come and go, cancel and resume. Meanwhile, at random: workers are killed and
stopped, the wall clock jumps by ten minutes, writing to the journal fails for a second, and all of `attackers.py` storms. In
the first half the front is killed and started, too; over the last two fifths its memory is watched. Exits with 1 when
a promise of `checker.py` was broken, when the front ended or a request was not answered, when its descriptors do not go
back to what they were, or when in twenty minutes or more its memory grows by more than 1 MB a minute at last: by
then it holds as many replies that nobody closes as it may, which are those of ten minutes.
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import signal
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

import attackers
import questions
import report
from checker import check, counts
from follower import Follower
from history import History
from preload import Preload
from service import Service, Use

from fusebox_client import FuseboxError

CLIENTS = 6
REQUESTS_OF_EACH = 4
GROWTH_LIMIT = 1.0


class Weather:
    """What happens to a service, one thing after the other."""

    def __init__(self, service: Service, clock: Preload, disk: Preload, rng: random.Random) -> None:
        self._service, self._clock, self._disk, self._rng = service, clock, disk, rng
        self.happened: Counter[str] = Counter()
        #: What is to be undone, and when.
        self._stopped: dict[int, float] = {}
        self._mended_at = 0.0
        self._next = time.monotonic()

    def turn(self, may_kill_front: bool) -> bool:
        """Lets something happen when it is time; whether the front is another one now."""
        now = time.monotonic()
        self._undo(now)
        if now < self._next:
            return False
        self._next = now + self._rng.uniform(0.3, 3)
        kinds = [self._kill_worker, self._stop_worker, self._move_clock, self._break_disk]
        if may_kill_front and self._rng.random() < 0.3:
            self._kill_front()
            return True
        self._rng.choice(kinds)(now)
        return False

    def clear_up(self) -> None:
        """Nothing happens any more."""
        self._undo(float("inf"))

    def _undo(self, now: float) -> None:
        for pid in [pid for pid, until in self._stopped.items() if until <= now]:
            del self._stopped[pid]
            _signal(pid, signal.SIGCONT)
        if self._mended_at and self._mended_at <= now:
            self._mended_at = 0
            self._disk.set(0)

    def _kill_front(self) -> None:
        self.happened["front killed"] += 1
        self._service.kill()
        self._service.start()

    def _kill_worker(self, now: float) -> None:
        for pid in self._worker():
            self.happened["workers killed"] += 1
            _signal(pid, signal.SIGKILL)

    def _stop_worker(self, now: float) -> None:
        for pid in self._worker():
            self.happened["workers stopped"] += 1
            _signal(pid, signal.SIGSTOP)
            self._stopped[pid] = now + self._rng.uniform(0.5, 6)

    def _move_clock(self, now: float) -> None:
        self.happened["clock moved"] += 1
        self._clock.set(self._rng.choice((-600, 0, 600)))

    def _break_disk(self, now: float) -> None:
        self.happened["disk failed"] += 1
        self._disk.set(self._rng.choice((errno.EIO, errno.ENOSPC)))
        self._mended_at = now + 1

    def _worker(self) -> list[int]:
        """The process id of one that serves, where the front says so in time."""
        try:
            pids = self._service.workers()
        except FuseboxError:
            return []
        return [self._rng.choice(pids)] if pids else []


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # It has ended.


class Soak:
    """Clients in the weather, and what the front took meanwhile."""

    def __init__(self, service: Service, weather: Weather, rng: random.Random) -> None:
        self._service, self._weather, self._rng = service, weather, rng
        self.history = History()
        self._followers = [
            Follower(service.endpoint, self.history, rng, REQUESTS_OF_EACH) for _ in range(CLIENTS)
        ]
        #: Of the last two fifths: minutes and the front's use.
        self.uses: list[tuple[float, Use]] = []

    def run(self, seconds: float) -> None:
        start = look = time.monotonic()
        while (since := time.monotonic() - start) < seconds and self._service.lives:
            if self._weather.turn(may_kill_front=since < seconds / 2):
                for follower in self._followers:
                    follower.reconnect()
            if self._rng.random() < 0.002:
                self._rng.choice(self._followers).reconnect()
            if self._rng.random() < 0.002:
                self._rng.choice(self._followers).cancel_one()
            for follower in self._followers:
                follower.turn(may_ask=True)
            if since > 0.6 * seconds and time.monotonic() >= look:
                look = time.monotonic() + 1
                self.uses.append((since / 60, self._service.use()))
            time.sleep(0.002)

    def finish(self, patience: float = 120) -> None:
        """Waits for what still runs, in calm weather."""
        end = time.monotonic() + patience
        while time.monotonic() < end and not all(each.is_idle for each in self._followers):
            for follower in self._followers:
                follower.turn(may_ask=False)
            time.sleep(0.002)
        for follower in self._followers:
            follower.leave()

    @property
    def taken_for_poison(self) -> int:
        return sum(follower.taken_for_poison for follower in self._followers)

    @property
    def growth(self) -> float:
        """Megabytes a minute."""
        if len(self.uses) < 3:
            return 0
        minutes = [minute for minute, _ in self.uses]
        return statistics.linear_regression(minutes, [use.megabytes for _, use in self.uses]).slope


def main() -> None:
    parser = report.parser(__doc__)
    parser.add_argument("--minutes", type=float, default=2)
    options = parser.parse_args()
    result, rng, seconds = report.Report(), random.Random(options.seed), 60 * options.minutes
    with tempfile.TemporaryDirectory() as tools:
        clock, disk = Preload("clock", Path(tools)), Preload("disk", Path(tools))
        libraries = [each.environment["LD_PRELOAD"] for each in (clock, disk)]
        state = Path(tools, "state")
        environment = {
            **clock.environment,
            **disk.environment,
            "LD_PRELOAD": ":".join(libraries),
            "FAULTS_DISK_FOLDER": str(state),
            "XDG_STATE_HOME": str(state),
        }
        with Service(options.fusebox, environment=environment) as service:
            reference = questions.reference(service.endpoint)
            start = service.use()
            weather = Weather(service, clock, disk, rng)
            spawn = multiprocessing.get_context("spawn")
            storm = [
                spawn.Process(target=attacker, args=(service.endpoint, index, seconds), daemon=True)
                for index, attacker in enumerate(attackers.ALL)
            ]
            for process in storm:
                process.start()
            soak = Soak(service, weather, rng)
            soak.run(seconds)
            weather.clear_up()
            for process in storm:
                process.join(10)
                process.terminate()
            soak.finish()
            time.sleep(12)  # What clients left that are gone is cancelled after ten.
            ended = "" if service.lives else service.last_words
            end = service.use()
            journal = sum(file.stat().st_size for file in state.rglob("*") if file.is_file())
    broken = check(soak.history, reference)
    peak = max((use.megabytes for _, use in soak.uses), default=0)
    result.figures = {
        "minutes": options.minutes,
        **weather.happened,
        "requests of those that hold on": len(soak.history.requests),
        "of them given up as poison, by chance": soak.taken_for_poison,
        "promises broken": counts(broken),
        "front at start / peak / end": f"{start.megabytes:.0f} / {peak:.0f} / {end.megabytes:.0f} MB, "
        f"descriptors {start.descriptors} / {end.descriptors}",
        "growth of its memory": f"{soak.growth:.2f} MB/min",
        "journal at the end": f"{journal / 1e6:.1f} MB",
    }
    result.broken = [str(violation) for violation in broken]
    result.expect(not ended, f"the front ended: {ended}")
    if options.minutes >= 20:
        result.expect(soak.growth <= GROWTH_LIMIT, f"memory grows by {soak.growth:.1f} MB a minute")
    result.expect(
        end.descriptors <= start.descriptors + 8,
        f"{end.descriptors} descriptors are open, {start.descriptors} were at the start",
    )
    result.finish(options.json)


if __name__ == "__main__":
    main()
