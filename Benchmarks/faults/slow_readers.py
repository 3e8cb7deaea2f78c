"""What readers that stop reading do to the replies of others, and what they get when they come back.

    python Benchmarks/faults/slow_readers.py --fusebox .build/release/fusebox [--rounds 3] [--seconds 60] [--json]

Fifty replies run at a time. In every other half of a round one of their clients takes nothing from its connection, so
that its window closes, and another gives no credit; between the others' tokens there may be 10 % more time than in the halves
without them. Then the slow ones come back over new connections and read the rest. Exits with 1 when the others were
held up, or when a reply did not come whole.
"""

from __future__ import annotations

import random
import secrets
import statistics
import time

import messages
import questions
import report
import zmtp
from checker import check, counts
from collector import collect
from history import History
from observer import Observer
from service import Service

from fusebox_client.frames import encode

STREAMS = 50
SLOWER_LIMIT = 1.1


class Crowd:
    """Replies that are read as they come; whatever ends is asked anew."""

    def __init__(self, endpoint: str, rng: random.Random) -> None:
        self.history = History()
        self._rng = rng
        self._observers = [Observer(endpoint, self.history) for _ in range(4)]
        self._open: dict[bytes, Observer] = {}

    def run(self, seconds: float, count: int) -> float:
        """Seconds between two tokens of a reply, the median over the replies that ended."""
        end, ended = time.monotonic() + seconds, []
        while time.monotonic() < end:
            while len(self._open) < count:
                observer = self._rng.choice(self._observers)
                self._open[observer.submit(self._rng.choice(questions.LONG))] = observer
            for observer in self._observers:
                observer.read()
            for request in [each for each in self._open if self.history.requests[each].is_over]:
                self._open.pop(request).close(request)
                times = self._times(request)
                if len(times) > 10:
                    ended.append((times[-1] - times[0]) / (len(times) - 1))
            time.sleep(0.001)
        return statistics.median(ended) if ended else 0

    def leave(self) -> None:
        """Waits for what still runs."""
        end = time.monotonic() + 60
        while not all(self.history.requests[each].is_over for each in self._open):
            for observer in self._observers:
                observer.read(0.001)
            if time.monotonic() > end:
                break
        for observer in self._observers:
            observer.leave()

    def _times(self, request: bytes) -> list[float]:
        (delivery,) = self.history.requests[request].deliveries
        return [piece.at for part in delivery.parts.values() for piece in part.pieces]


class Sleeper:
    """A client that asks for much, and then takes nothing from its connection."""

    def __init__(self, endpoint: str, history: History, rng: random.Random) -> None:
        self._connection = zmtp.connect(endpoint)
        self._connection.sendall(zmtp.HANDSHAKE)
        self.requests = []
        for question in rng.sample(questions.LONG, 4):
            verb = messages.submit(
                question.prompt, select=question.select, keep=True, **question.options
            )
            history.asked(verb, question.name, -secrets.randbelow(1 << 30))
            self._connection.sendall(zmtp.message(encode(verb)))
            self.requests.append(bytes(verb.request))

    def leave(self) -> None:
        self._connection.close()


def main() -> None:
    parser = report.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=15)
    options = parser.parse_args()
    result, rng = report.Report(), random.Random(options.seed)
    slow, ratios = History(), []
    with Service(options.fusebox, "tcp") as service:
        reference = questions.reference(service.endpoint, questions.LONG)
        crowd = Crowd(service.endpoint, rng)
        crowd.run(3, STREAMS)
        with service.watched() as peak:
            for _ in range(options.rounds):
                alone = crowd.run(options.seconds, STREAMS)
                sleeper = Sleeper(service.endpoint, slow, rng)
                miser = Observer(service.endpoint, slow)
                spared = [
                    miser.submit(question, keep=True, credit=1)
                    for question in rng.sample(questions.LONG, 4)
                ]
                beside = crowd.run(options.seconds, STREAMS - 8)
                ratios.append(beside / alone if alone else 0)
                miser.read()
                sleeper.leave()
                miser.leave()
                # The sleeper has not read whether it was accepted, and asks once more.
                collect(service.endpoint, slow, sleeper.requests + spared)
        crowd.leave()
        ended = "" if service.lives else service.last_words
    broken = check(slow, reference) + check(crowd.history, reference)
    ratio = statistics.median(ratios)
    result.figures = {
        "replies of others / of slow readers": f"{len(crowd.history.requests)} / {len(slow.requests)}",
        "time between tokens beside slow readers": f"{ratio:.2f} x "
        f"({', '.join(f'{each:.2f}' for each in sorted(ratios))})",
        "front at its peak": f"{peak.megabytes:.0f} MB",
        "promises broken": counts(broken),
    }
    result.broken = [str(violation) for violation in broken]
    result.expect(not ended, f"the front ended: {ended}")
    result.expect(ratio <= SLOWER_LIMIT, f"others are {ratio:.2f} times as slow")
    result.finish(options.json)


if __name__ == "__main__":
    main()
