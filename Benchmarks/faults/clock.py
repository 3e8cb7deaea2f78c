"""Whether deadlines hold while the machine's clock jumps.

    python Benchmarks/faults/clock.py --fusebox .build/release/fusebox [--rounds 2] [--json]

The service sees its wall clock through `clock.c`, which moves it by an hour to and fro while replies run that are to
end after one and a half seconds, and others that have no deadline or a long one. Then the front is killed and started on a
clock that has moved. Exits with 1 when a deadline came early or late, or a reply is another one.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

import questions
import report
from checker import check, counts
from collector import collect
from history import History, Invocation
from observer import Observer
from preload import Preload
from service import Service

DEADLINE = 1.5
#: What a deadline may be early by: the answer that it starts with was on its way.
EARLY = 0.2
LATE = 1.0
HOUR = 3600
JUMPS = (HOUR, -HOUR, 0)


def ask(observer: Observer, rng: random.Random) -> list[bytes]:
    """Twelve replies to be cut off, and twelve that have the time they need."""
    asked = rng.choices(questions.LONG, k=24)
    deadlines = [DEADLINE] * 12 + [300.0] * 6 + [None] * 6
    return [
        observer.submit(question, keep=True, deadline=deadline)
        for question, deadline in zip(asked, deadlines)
    ]


def read(observer: Observer, requests: list[bytes], patience: float = 120) -> None:
    end = time.monotonic() + patience
    owed = [observer.history.requests[request] for request in requests]
    while not all(each.is_over for each in owed) and time.monotonic() < end:
        observer.read(0.01)


def lateness(invocation: Invocation) -> float | None:
    """Seconds after its deadline at which a reply was cut off; None where it was not."""
    ends = [
        end
        for delivery in invocation.deliveries
        for part in delivery.parts.values()
        for end in part.ends
    ]
    was_cut = any(end.word in ("deadline", "deadline_exceeded") for end in ends)
    if not was_cut or invocation.deadline is None or invocation.accepted_at is None:
        return None
    return max(invocation.ended_at.values()) - invocation.accepted_at - invocation.deadline


def main() -> None:
    parser = report.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    result, history, rng = report.Report(), History(), random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        try:
            clock = Preload("clock", Path(folder))
        except LookupError as error:
            sys.exit(f"skipped: {error}")
        with Service(options.fusebox, environment=clock.environment) as service:
            reference = questions.reference(service.endpoint, questions.LONG)
            for offset in JUMPS * options.rounds:
                with Observer(service.endpoint, history) as observer:
                    requests = ask(observer, rng)
                    observer.read_for(0.3)
                    clock.set(offset)
                    read(observer, requests)
            kept = []
            with Observer(service.endpoint, history) as observer:
                kept = [observer.submit(each, keep=True) for each in questions.LONG[:12]]
                observer.read_for(0.3)
                service.kill()
                observer.read(0.05)
            clock.set(HOUR)
            service.start()
            collect(service.endpoint, history, kept)
            ended = "" if service.lives else service.last_words
    broken = check(history, reference, grace=LATE)
    cut = [late for each in history.requests.values() if (late := lateness(each)) is not None]
    result.figures = {
        "jumps of the clock": len(JUMPS) * options.rounds + 1,
        "replies / cut off by their deadline": f"{len(history.requests)} / {len(cut)}",
        "after the deadline": report.spread(cut),
        "earliest": f"{min(cut, default=0):.2f} s",
        "promises broken": counts(broken),
    }
    result.broken = [str(violation) for violation in broken]
    result.expect(not ended, f"the front ended: {ended}")
    result.expect(bool(cut), "no reply was long enough to be cut off")
    result.expect(
        min(cut, default=0) >= -EARLY, f"a reply was cut off {-min(cut, default=0):.1f} s early"
    )
    result.finish(options.json)


if __name__ == "__main__":
    main()
