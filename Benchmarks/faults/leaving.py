"""Whether the front lives, answers others and gives back what it took when clients leave badly.

    python Benchmarks/faults/leaving.py --fusebox .build/release/fusebox [--repeat 3] [--only bursts,deaf] [--json]

Each way of leaving gets a service of its own, over ipc and over tcp. Exits with 1 when a front ended, a polite request
was not answered within two seconds afterwards, or a stream lost its end.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import leavers
from polite import Polite, answer_time
from service import TRANSPORTS, Service, Use

PATIENCE = 2.0


@dataclass
class Row:
    """What one way of leaving did to a front."""

    pattern: str
    transport: str
    #: How the front ended; empty when it lives.
    ended: str = ""
    #: The slowest polite answer after the clients had left; None when one did not come.
    after_seconds: float | None = 0
    #: The slowest one meanwhile, from a client that was there before.
    meanwhile_seconds: float = 0
    lost_streams: bool = False
    before: Use = field(default_factory=Use)
    peak: Use = field(default_factory=Use)
    after: Use = field(default_factory=Use)

    @property
    def is_good(self) -> bool:
        in_time = self.after_seconds is not None and self.after_seconds <= PATIENCE
        return not self.ended and in_time and not self.lost_streams

    @property
    def markdown(self) -> str:
        answer = "none" if self.after_seconds is None else f"{self.after_seconds:.2f} s"
        uses = (self.before, self.peak, self.after)
        cells = [
            self.pattern,
            self.transport,
            self.ended or ("streams lost" if self.lost_streams else "lives"),
            f"{self.meanwhile_seconds:.2f} s",
            answer,
            " / ".join(f"{use.megabytes:.0f}" for use in uses),
            " / ".join(str(use.descriptors) for use in uses),
        ]
        return "| " + " | ".join(cells) + " |"


HEADER = """\
| clients | over | front | slowest answer meanwhile | answer afterwards | MB before / peak / after | descriptors |
|---|---|---|---|---|---|---|"""


def leave(service: Service, pattern: Callable[[str], None], row: Row) -> None:
    """Lets the clients come and go once."""
    process = multiprocessing.get_context("spawn").Process(target=pattern, args=(service.endpoint,))
    process.start()
    if pattern is leavers.streams:
        time.sleep(1.5)
        service.signal(signal.SIGSTOP)
        time.sleep(6)
        service.signal(signal.SIGCONT)
    process.join()
    row.lost_streams |= process.exitcode != 0
    answer = answer_time(service.endpoint)
    slowest = row.after_seconds
    row.after_seconds = None if answer is None or slowest is None else max(answer, slowest)


def measure(program: Path, pattern: Callable[[str], None], transport: str, repeat: int) -> Row:
    row = Row(pattern.__doc__ or pattern.__name__, transport)
    with Service(program, transport) as service:
        answer_time(service.endpoint)
        row.before = service.use()
        polite = Polite(service.endpoint, interval=0.2)
        with service.watched() as row.peak:
            for _ in range(repeat):
                leave(service, pattern, row)
                if not service.lives:
                    break
            time.sleep(1)
        row.after = service.use()
        if not service.lives:
            row.ended = service.last_words
        row.meanwhile_seconds = max(polite.stop().seconds, default=0)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fusebox", type=Path, required=True)
    parser.add_argument("--repeat", type=int, default=3, help="times that each service sees it")
    parser.add_argument("--only", help="names of functions in leavers.py, with commas")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    names = arguments.only.split(",") if arguments.only else []
    patterns = [each for each in leavers.ALL if not names or each.__name__ in names]
    if not arguments.json:
        print(HEADER, flush=True)
    rows = []
    for pattern in patterns:
        for transport in TRANSPORTS:
            rows.append(measure(arguments.fusebox, pattern, transport, arguments.repeat))
            if not arguments.json:
                print(rows[-1].markdown, flush=True)
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows]))
    sys.exit(not all(row.is_good for row in rows))


if __name__ == "__main__":
    main()
