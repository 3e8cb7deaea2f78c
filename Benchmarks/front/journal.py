"""What the journal costs: tokens a second and the time to `Accepted`, with it and without it, in turns.

    python Benchmarks/front/journal.py --fusebox .build/release/fusebox

Needs `pip install ./Clients/python`. The demo is served by one worker with one thread for each of both; what waits for an
answer is one client at a time, and for throughput a batch of small requests. An fsync of the same disk is timed beside it.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from fusebox_client import Accepted, Client

ROOT = Path(__file__).resolve().parents[2]


class Served:
    """`fusebox serve` on the demo, with its journal in a folder or without one."""

    def __init__(self, program: str, folder: Path, journal: str) -> None:
        self.endpoint = f"ipc://{folder}/{Path(journal).stem}.sock"
        command = [program, "serve", "--workers", "1", "--threads-per-worker", "1", "--bind", self.endpoint, "--model",
                   str(ROOT / "Demo/base"), "--adapters", str(ROOT / "Demo/adapters"), "--router", str(ROOT / "Router"),
                   "--journal", journal]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        with Client(self.endpoint) as client:
            while not any(worker.state == "ready" for worker in client.status().workers):
                time.sleep(0.05)

    def acceptances(self, count: int) -> list[float]:
        """Seconds from a submission to its acceptance, one after the other."""
        times = []
        with Client(self.endpoint) as client:
            for _ in range(count):
                begin = time.perf_counter()
                stream = client.submit("Write 615 in words.", max_tokens=1)
                for event in stream:
                    if isinstance(event, Accepted):
                        times.append(time.perf_counter() - begin)
        return times

    def batch(self, program: str, requests: Path) -> float:
        """Tokens a second of a file of requests."""
        begin = time.perf_counter()
        output = subprocess.run(
            [program, "ask", "--connect", self.endpoint, "--jsonl", str(requests)], check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - begin
        return sum(json.loads(line)["usage"]["completion_tokens"] for line in output.stdout.splitlines()) / seconds


def fsync(folder: Path, count: int) -> float:
    """Seconds that the disk takes for a page, the median."""
    times = []
    with open(folder / "page", "wb") as file:
        for _ in range(count):
            file.write(b"x" * 4096)
            file.flush()
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - begin)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fusebox", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--folder", help="a folder of the disk to measure")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        requests = folder / "requests.jsonl"
        requests.write_text("".join(
            json.dumps({"prompt": f"Write {number} in words.", "max_tokens": 32, "seed": number}) + "\n"
            for number in range(options.requests)))
        services = [Served(options.fusebox, folder, "none"), Served(options.fusebox, folder, str(folder / "journal.sqlite"))]
        try:
            ratios, delays, costs = [], [], []
            for _ in range(options.rounds):
                without, durable = (service.batch(options.fusebox, requests) for service in services)
                ratios.append(durable / without)
                medians = [statistics.median(service.acceptances(200)) for service in services]
                delays.append(1000 * (medians[1] - medians[0]))
                costs.append(1000 * fsync(folder, 200))
        finally:
            for service in services:
                service.process.terminate()
                service.process.wait()
    print(f"tokens a second, durable against not: {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})")
    print(f"Accepted later by {statistics.median(delays):.2f} ms ({min(delays):.2f} to {max(delays):.2f}); "
          f"an fsync of this disk {statistics.median(costs):.2f} ms ({min(costs):.2f} to {max(costs):.2f})")


if __name__ == "__main__":
    main()
