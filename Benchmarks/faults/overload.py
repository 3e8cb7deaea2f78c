"""What a service does that is asked for ten times of what it can.

    python Benchmarks/faults/overload.py --fusebox .build/release/fusebox [--seconds 60] [--times 10] [--tokens 60] [--json]

First its capacity: replies a second, of so many tokens each, with 96 requests always there. Then so many times as many come
each second, with a deadline of five seconds, and none comes back: how many are answered in time, how long the queue
and how large the front becomes, how soon a client of its own is refused, and whether work is done for nobody. Then so
many times the queue comes at once, and each that is refused comes back when it was told to: how many find room then.
Its clients share two cores with the service, so run it on an idle machine; the shorter the replies, the more of the time
goes into asking and refusing.
Exits with 1 when goodput is below 90 % of the capacity, the median refusal takes more than 10 ms, a part began after its
deadline, fewer than 80 % found room, or the queue or the front's memory were beyond their bounds.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from multiprocessing.queues import Queue

import messages
import questions
import report
import zmq
from checker import check, counts
from history import History
from load import Load
from service import Service

from fusebox_client import SubmitOptions
from fusebox_client.wire import client_pb2 as client

DEADLINE = 5.0
AT_ONCE = 96
#: Parts that may wait, and twice as many while each client has less than its share.
QUEUE_LIMIT = 1024
MEGABYTES_LIMIT = 256


def question(tokens: int) -> questions.Question:
    options = SubmitOptions(temperature=4.0, seed=3, max_tokens=tokens, ignore_eos=True)
    return questions.Question("same", "Go on.", options, select="base")


def be_refused(endpoint: str, tokens: int, seconds: float, taken: Queue[list[float]]) -> None:
    """Asks a hundred times a second, more than its share; the seconds that each refusal took."""
    context: zmq.Context[messages.Socket] = zmq.Context()
    socket = messages.dealer(context, endpoint)
    asked: dict[bytes, float] = {}
    times = []
    start = time.monotonic()
    while (now := time.monotonic()) < start + seconds:
        if now >= start + len(asked) / 100:
            verb = messages.submit(
                "Go on.", credit=1, select="base", max_tokens=tokens, deadline=DEADLINE
            )
            asked[verb.request] = now
            messages.send(socket, verb)
        answer = messages.receive(socket, 0.001)
        if isinstance(answer, client.Failed) and answer.retry_after_ms:
            times.append(time.monotonic() - asked[answer.request])
    taken.put(times)
    context.destroy(linger=0)


def late_starts(history: History) -> int:
    """Parts whose first token came after their deadline."""
    late = 0
    for invocation in history.requests.values():
        pieces = [
            piece.at
            for delivery in invocation.deliveries
            for part in delivery.parts.values()
            for piece in part.pieces[:1]
        ]
        if pieces and invocation.accepted_at is not None:
            # Half a second for what was on its way, and for a client that is busy asking.
            late += min(pieces) > invocation.accepted_at + DEADLINE + 0.5
    return late


def main() -> None:
    parser = report.parser(__doc__)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--times", type=float, default=10)
    parser.add_argument("--tokens", type=int, default=60)
    options = parser.parse_args()
    asked = question(options.tokens)
    result, rng = report.Report(), random.Random(options.seed)
    with Service(options.fusebox) as service:
        reference = questions.reference(service.endpoint, (asked,))
        calm = Load(service.endpoint, asked, rng)
        calm.keep(AT_ONCE, 3)
        used, seconds = service.worker_seconds(), max(5, options.seconds / 4)
        capacity = calm.keep(AT_ONCE, seconds)
        calm_share = (service.worker_seconds() - used) / seconds
        calm.wait(30)
        calm.leave()

        spawn = multiprocessing.get_context("spawn")
        taken: Queue[list[float]] = spawn.Queue()
        probe = spawn.Process(target=be_refused, args=(service.endpoint, options.tokens, options.seconds, taken))
        before = service.use()
        flood = Load(service.endpoint, asked, rng, DEADLINE)
        with service.watched() as peak, service.watched_queue() as queue:
            probe.start()
            used = service.worker_seconds()
            goodput = flood.pour(capacity * options.times, options.seconds)
            flood_share = (service.worker_seconds() - used) / options.seconds
            flood.wait(60)
            times = taken.get(timeout=60)
            probe.join()
        flood.leave()

        crowd = Load(service.endpoint, asked, rng)
        for _ in range(int(QUEUE_LIMIT * options.times)):
            crowd.ask()
        crowd.come_back(600)
        crowd.leave()
        ended = "" if service.lives else service.last_words
    at_once = sum(count == 1 for count in crowd.refusals.values())
    share = at_once / max(1, len(crowd.refusals))
    broken = [violation for load in (calm, flood, crowd) for violation in check(load.history, reference)]
    late = late_starts(flood.history)
    accepted = [each for each in flood.history.requests.values() if each.accepted_at]
    result.figures = {
        "capacity": f"{capacity:.0f} requests/s",
        "asked / taken / answered in time": f"{len(flood.history.requests)} / {len(accepted)} / "
        f"{flood.finished}",
        "goodput": f"{goodput:.0f} requests/s = {100 * goodput / capacity:.0f} %",
        "processors that the workers had, calm / flooded": f"{calm_share:.2f} / {flood_share:.2f}: goodput by "
        f"their time {100 * goodput / capacity * calm_share / max(flood_share, 1e-9):.0f} %",
        "refusals": report.spread(times, "ms"),
        "longest queue": queue.longest,
        "front before / at its peak": f"{before.megabytes:.0f} / {peak.megabytes:.0f} MB",
        "parts that began after their deadline": late,
        f"of {len(crowd.refusals)} refused of a crowd of {len(crowd.history.requests)}, let in when they "
        "came back": f"{100 * share:.0f} %",
        "promises broken": counts(broken),
    }
    result.broken = [str(violation) for violation in broken]
    result.expect(not ended, f"the front ended: {ended}")
    result.expect(goodput >= 0.9 * capacity, f"goodput is {100 * goodput / capacity:.0f} %")
    result.expect(bool(times), "nothing was refused")
    result.expect(report.percentile(times, 0.5) < 0.01, "refusals take more than 10 ms")
    result.expect(queue.longest <= 2 * QUEUE_LIMIT, f"{queue.longest} parts waited")
    result.expect(peak.megabytes <= MEGABYTES_LIMIT, f"the front took {peak.megabytes:.0f} MB")
    result.expect(late == 0, f"{late} parts began after their deadline")
    result.expect(share >= 0.8, f"{100 * share:.0f} % found room when they came back")
    result.finish(options.json)


if __name__ == "__main__":
    main()
