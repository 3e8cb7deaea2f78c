"""What a polite client waits beside one that keeps 900 requests waiting.

    python Benchmarks/faults/fairness.py --fusebox .build/release/fusebox [--rounds 3] [--seconds 20] [--json]

In each round first alone, then beside the other: the times of small greedy requests, one every 200 ms. The other's requests are
of 5 or 200 tokens; whatever is answered is asked anew. Exits with 1 when a polite request was lost or wrong.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import sys
import time
from pathlib import Path

import zmq

import messages
from polite import Polite, Tally
from service import Service

from fusebox_client.wire import client_pb2 as client


def crowd(endpoint: str, waiting: int, length: int) -> None:
    """Keeps so many requests at the service, for good."""
    socket = messages.dealer(zmq.Context(), endpoint)
    at_service = 0
    while True:
        while at_service < waiting:
            messages.send(socket, messages.submit("Go on.", select="base", max_tokens=length))
            at_service += 1
        event = messages.receive(socket, 1)
        if isinstance(event, client.Done):
            messages.send(socket, client.Close(request=event.request))
        if isinstance(event, (client.Done, client.Failed)):
            at_service -= 1


def measure(endpoint: str, seconds: float) -> Tally:
    polite = Polite(endpoint, 0.2)
    time.sleep(seconds)
    return polite.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--fusebox", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--waiting", type=int, default=900)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = []
    is_right = True
    for length in (5, 200):
        alone_times, beside_times, ratios = [], [], []
        for _ in range(options.rounds):
            with Service(options.fusebox) as service:
                alone = measure(service.endpoint, options.seconds)
                arguments = (service.endpoint, options.waiting, length)
                hog = multiprocessing.Process(target=crowd, args=arguments, daemon=True)
                hog.start()
                time.sleep(2)
                beside = measure(service.endpoint, options.seconds)
                hog.kill()
                hog.join()
            is_right &= all(not (t.lost or t.wrong or t.refused) for t in (alone, beside))
            alone_times.append(alone.percentile(0.99))
            beside_times.append(beside.percentile(0.99))
            ratios.append(beside.percentile(0.99) / alone.percentile(0.99))
        rows.append(
            {
                "tokens_of_the_other": length,
                "p99_alone_ms": round(1000 * statistics.median(alone_times), 1),
                "p99_beside_ms": round(1000 * statistics.median(beside_times), 1),
                "ratio": round(statistics.median(ratios), 2),
                "ratios": [round(ratio, 2) for ratio in sorted(ratios)],
            }
        )
    if options.json:
        print(json.dumps(rows))
    else:
        for row in rows:
            print(
                f"beside {options.waiting} requests of {row['tokens_of_the_other']} tokens: p99 "
                f"{row['p99_beside_ms']} ms, alone {row['p99_alone_ms']} ms: {row['ratio']} x {row['ratios']}"
            )
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
