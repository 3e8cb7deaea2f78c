"""Whether a client library's storm of retries ends with each request answered once.

    python Benchmarks/faults/retry_storm.py --fusebox .build/release/fusebox [--waves 10] [--seed 1] [--json]

In each wave 24 requests are submitted eight times each, under one id and over a new connection every time; most leave
before they have an answer, and in every other wave the front is killed and started meanwhile. Then all are read to
their ends, and their ids are tried with another body, which has to be refused. Exits with 1 when a request was not
answered, was answered otherwise than without a storm, or when the service took one for two.
"""

from __future__ import annotations

import random
import time

import messages
import questions
import report
import zmq
from checker import check, counts
from collector import collect
from history import History
from observer import Observer
from service import Service

from fusebox_client.frames import encode
from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common

REQUESTS = 24
ATTEMPTS = 8


def blow(service: Service, history: History, rng: random.Random, kill: bool) -> list[bytes]:
    """The ids of a wave, after all its attempts."""
    asked: dict[bytes, questions.Question] = {}
    for question in rng.choices(questions.ALL, k=REQUESTS):
        with Observer(service.endpoint, history) as observer:
            asked[observer.submit(question, keep=True)] = question
            observer.read(rng.uniform(0, 0.05))
    attempts = [request for request in asked for _ in range(ATTEMPTS - 1)]
    rng.shuffle(attempts)
    moment = rng.randrange(len(attempts))
    for index, request in enumerate(attempts):
        if kill and index == moment:
            service.kill()
            service.start()
        with Observer(service.endpoint, history) as observer:
            observer.submit(asked[request], request, keep=True)
            observer.read(rng.choice((0, 0.01, 0.05)))
    return list(asked)


def contradictions(endpoint: str, requests: list[bytes]) -> int:
    """How many of the ids are taken for another body than theirs."""
    context: zmq.Context[messages.Socket] = zmq.Context()
    socket = messages.dealer(context, endpoint)
    taken = 0
    for request in requests:
        verb = messages.submit("This was never asked.", max_tokens=5)
        verb.request = request
        socket.send_multipart(encode(verb))
        answer = messages.receive(socket, 10)
        is_refused = isinstance(answer, client.Failed)
        taken += not (is_refused and answer.code == common.CODE_ALREADY_EXISTS)
    context.destroy(linger=0)
    return taken


def main() -> None:
    parser = report.parser(__doc__)
    parser.add_argument("--waves", type=int, default=4)
    options = parser.parse_args()
    result, history, rng = report.Report(), History(), random.Random(options.seed)
    taken = doubled = 0
    start = time.monotonic()
    with Service(options.fusebox) as service:
        reference = questions.reference(service.endpoint)
        for wave in range(options.waves):
            before = service.status().accepted
            kill = wave % 2 == 1
            requests = blow(service, history, rng, kill)
            collect(service.endpoint, history, requests, close=False)
            taken += contradictions(service.endpoint, requests)
            if not kill:
                doubled += service.status().accepted - before - len(requests)
            with Observer(service.endpoint, history) as observer:
                for request in requests:
                    observer.close(request)
                observer.read(0.05)
    broken = check(history, reference)
    result.figures = {
        "requests / attempts": f"{len(history.requests)} / {len(history.requests) * ATTEMPTS}",
        "front killed": options.waves // 2,
        "seconds": round(time.monotonic() - start),
        "requests taken more than once": doubled,
        "ids taken for another body": taken,
        "promises broken": counts(broken),
    }
    result.broken = [str(violation) for violation in broken]
    result.expect(doubled == 0, f"{doubled} requests were taken more than once")
    result.expect(taken == 0, f"{taken} ids were taken for another body")
    result.finish(options.json)


if __name__ == "__main__":
    main()
