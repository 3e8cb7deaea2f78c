"""Whether what producers leave behind is answered, however much it is.

    python Benchmarks/faults/producers.py --fusebox .build/release/fusebox [--requests 3000] [--seed 1] [--json]

Producers come one after the other, each submits two hundred small requests that are to be kept, waits until each is
accepted or refused, and leaves. Halfway the front is killed and started. At last everything that was accepted is collected.
Exits with 1 when any of it was cancelled, lost or answered otherwise.
"""

from __future__ import annotations

import random
import time

import questions
import report
from checker import check, counts
from collector import collect
from history import History
from observer import Observer
from service import Service

from fusebox_client import SubmitOptions

QUESTION = questions.Question(
    "small", "Write 12 in words.", SubmitOptions(max_tokens=10, temperature=0.0)
)
OF_EACH = 200


def produce(endpoint: str, history: History) -> list[bytes]:
    """What was accepted of a producer's requests."""
    with Observer(endpoint, history) as observer:
        asked = [observer.submit(QUESTION, keep=True) for _ in range(OF_EACH)]
        end = time.monotonic() + 30
        while time.monotonic() < end:
            observer.read(0.05)
            invocations = [history.requests[request] for request in asked]
            if all(each.accepted_at or each.deliveries[-1].refused for each in invocations):
                break
        return [request for request in asked if history.requests[request].accepted_at]


def main() -> None:
    parser = report.parser(__doc__)
    parser.add_argument("--requests", type=int, default=3000)
    options = parser.parse_args()
    result, history, rng = report.Report(), History(), random.Random(options.seed)
    accepted: list[bytes] = []
    with Service(options.fusebox) as service:
        reference = questions.reference(service.endpoint, (QUESTION,))
        rounds = options.requests // OF_EACH
        for index in range(rounds):
            accepted += produce(service.endpoint, history)
            if index == rounds // 2:
                service.kill()
                service.start()
                service.wait_for_workers()
        start = time.monotonic()
        rng.shuffle(accepted)
        for first in range(0, len(accepted), OF_EACH):
            collect(service.endpoint, history, accepted[first : first + OF_EACH])
        seconds = time.monotonic() - start
        use = service.use()
    broken = check(history, reference)
    result.figures = {
        "requests / accepted": f"{len(history.requests)} / {len(accepted)}",
        "promises broken": counts(broken),
        "seconds to collect": round(seconds),
        "front at the end": f"{use.megabytes:.0f} MB",
    }
    result.broken = [str(violation) for violation in broken]
    result.finish(options.json)


if __name__ == "__main__":
    main()
