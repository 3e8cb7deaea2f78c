"""What a service does with a request that kills each worker that gets it.

    python Benchmarks/faults/poison.py --fusebox .build/release/fusebox [--rounds 10] [--seed 1] [--json]

No request of ours can kill a worker, so a watcher does: it looks for the poison's id in the memory of every worker and
kills those that have it. Thirty other requests run meanwhile, in the same batches. After two workers the poison
has to be given up and listed as quarantined, and all others have to be answered as if nothing had happened. The
poisons have one adapter in common, which may be quarantined itself. Exits with 1 otherwise. Needs to be root, or a
system that lets a user read the memory of his processes.
"""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import questions
import report
from checker import check, counts
from history import History
from observer import Observer
from service import Service

from fusebox_client import Client, SubmitOptions

INNOCENTS = 30
WORKERS_LIMIT = 2
#: Mappings above that are no heap are weights and caches.
MAPPING_LIMIT = 1 << 20
#: Tokens after which a part is no suspect any more, and how long workers run between two looks: mostly for fewer.
FORGIVEN_TOKENS = 8
RUN_SECONDS = 0.006
POISON = questions.Question(
    "poison",
    "Go on.",
    SubmitOptions(temperature=4.0, seed=11, max_tokens=300),
    select={"movies": 1.0},
)


def holds(pid: int, marker: bytes) -> bool:
    """Whether these bytes are in the process's own memory."""
    mappings = Path(f"/proc/{pid}/maps").read_text().splitlines()
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for mapping in mappings:
            addresses, access, _, _, inode = mapping.split()[:5]
            start, end = (int(address, 16) for address in addresses.split("-"))
            is_small = end - start <= MAPPING_LIMIT or mapping.endswith("[heap]")
            if access != "rw-p" or inode != "0" or not is_small:
                continue
            memory.seek(start)
            try:
                if marker in memory.read(end - start):
                    return True
            except OSError:
                continue  # Reserved, or gone meanwhile.
    return False


class Watcher:
    """Kills whoever has a poison; all workers stand still while they are looked at."""

    def __init__(self, service: Service) -> None:
        self._client = Client(service.endpoint)

    def look(self, marker: bytes) -> int:
        """How many had it."""
        killed = 0
        pids = [worker.pid for worker in self._client.status().workers if worker.state == "ready"]
        for pid in pids:
            _signal(pid, signal.SIGSTOP)
        for pid in pids:
            try:
                if holds(pid, marker):
                    killed += 1
                    _signal(pid, signal.SIGKILL)
            except (ProcessLookupError, FileNotFoundError):
                continue
        for pid in pids:
            _signal(pid, signal.SIGCONT)
        return killed

    def leave(self) -> None:
        self._client.close()


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # It has ended.


class Poisoning:
    """Poisons among innocent requests, one poison at a time."""

    def __init__(self, service: Service, rng: random.Random) -> None:
        self._service, self._rng = service, rng
        self.history = History()
        self.watcher = Watcher(service)
        #: Workers that each poison killed in a row, and seconds until it was given up.
        self.deaths: list[int] = []
        self.seconds: list[float] = []
        self.states: list[str] = []

    def round(self, innocents: tuple[questions.Question, ...]) -> None:
        """Waits until the poison is given up, and all others are answered."""
        with Observer(self._service.endpoint, self.history) as observer:
            asked = [observer.submit(each) for each in self._rng.choices(innocents, k=INNOCENTS)]
            poison = observer.submit(POISON, keep=True, may_fail=True)
            start = time.monotonic()
            deaths, tokens = 0, 0
            while not self._is_settled(poison) and time.monotonic() < start + 60:
                killed = self.watcher.look(poison)
                observer.read()
                came = self.history.requests[poison].offsets[0]
                if killed:
                    deaths = killed if came >= tokens + FORGIVEN_TOKENS else deaths + killed
                    tokens = came
                time.sleep(RUN_SECONDS)
            self.seconds.append(time.monotonic() - start)
            self.deaths.append(deaths)
            while not all(map(self._is_settled, asked)) and time.monotonic() < start + 120:
                observer.read(0.01)
            self.states.append(self._state(poison))
            for request in asked + [poison]:
                observer.close(request)
            observer.read(0.05)
        self._service.wait_for_workers()

    def _is_settled(self, request: bytes) -> bool:
        invocation = self.history.requests[request]
        return invocation.is_over or bool(invocation.deliveries[-1].refused)

    def _state(self, poison: bytes) -> str:
        """As the service lists it."""
        with Client(self._service.endpoint) as client:
            for summary in client.requests():
                if summary.request == poison:
                    self.history.tried(poison, summary.attempts)
                    return summary.state
        return "not listed"


def main() -> None:
    parser = report.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    result = report.Report()
    innocents = tuple(each for each in questions.ALL if each.select == "base")
    with Service(options.fusebox) as service:
        reference = questions.reference(service.endpoint, (*innocents, POISON))
        poisoning = Poisoning(service, random.Random(options.seed))
        for _ in range(options.rounds):
            poisoning.round(innocents)
        adapters = service.status().quarantined_adapters
        poisoning.watcher.leave()
    broken = check(poisoning.history, reference)
    result.figures = {
        "poisons among innocent requests": f"{options.rounds} among {INNOCENTS * options.rounds}",
        "workers that each killed in a row": ", ".join(map(str, poisoning.deaths)),
        "listed as": ", ".join(poisoning.states),
        "until it was given up": report.spread(poisoning.seconds),
        "promises broken to the innocent": counts(broken),
        "quarantined adapters at the end": ", ".join(adapters) or "none",
    }
    result.broken = [str(violation) for violation in broken]
    result.expect(max(poisoning.deaths) <= WORKERS_LIMIT, "a poison killed more than two workers")
    result.expect(set(poisoning.states) == {"quarantined"}, "a poison was not quarantined")
    result.finish(options.json)


if __name__ == "__main__":
    main()
