"""A thousand adapters on the shelf and memory for fifty, against all of them in memory.

    python paging.py --fusebox BINARY --work FOLDER [--model BASE --config BASE/config.json --type q8_0] [--count 1000] [--budget 50]
        [--rank 8] [--clients 16] [--requests 200] [--prompt 32] [--tokens 24] [--rounds 5]

Two services of one worker stand side by side: one has memory for all adapters, the other for `--budget` of them. A round gives each
the same requests, in a changing order of the two: `--clients` at a time, each under one adapter at full weight, first drawn by
Zipf's law (the n-th adapter 1/n as often as the first), then uniformly. The first round only warms up. Prints tokens a second, first
tokens (from the request's submission), loads and evictions, as medians over the rounds, the memory of the workers, and how long a
start takes. Replies of the two services must be the same. Without --model the demo's base. Needs fusebox-client.
"""
import argparse
import asyncio
import json
import random
import signal
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import shelf
from fusebox_client import AsyncClient, Chunk, Client, Failed, WorkerStatus

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Figures:
    """What a load came to."""

    speed: float
    firsts: list[float]
    loads: int
    evictions: int
    replies: list[list[int]]


class Service:
    """`fusebox serve` with one worker."""

    def __init__(self, a: argparse.Namespace, adapters: Path, name: str, memory: int) -> None:
        self.endpoint = f"ipc://{a.work}/{name}.sock"
        command = [a.fusebox, "serve", "--model", a.model, "--adapters", adapters, "--type", a.type, "--workers", "1", "--threads-per-worker",
                   a.threads, "--bind", self.endpoint, "--adapter-memory", memory, "--image-folder", a.work / "images", "--context", 256]
        start = time.perf_counter()
        with open(a.work / f"{name}.log", "wb") as log:
            self._process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log)
        with Client(self.endpoint) as client:
            while self._process.poll() is None and not any(worker.state == "ready" for worker in client.status().workers):
                time.sleep(0.05)
        self.start = time.perf_counter() - start

    def worker(self) -> WorkerStatus:
        # What a worker knows comes with its heartbeat, each second.
        time.sleep(1.5)
        with Client(self.endpoint) as client:
            return client.status().workers[0]

    def megabytes(self) -> float:
        """Memory of the worker alone, without what it shares."""
        lines = Path(f"/proc/{self.worker().pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")) / 1024

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait()


def chosen(a: argparse.Namespace, load: str, names: list[str], seed: int) -> list[str]:
    """The adapters of a round's requests."""
    weights = [1 / (rank + 1) if load == "zipf" else 1 for rank in range(len(names))]
    return random.Random(seed).choices(names, weights, k=a.requests)


async def ask(a: argparse.Namespace, service: Service, adapters: list[str], seed: int) -> tuple[float, list[float], list[list[int]]]:
    """Has the requests answered, some at a time."""
    draw = random.Random(seed)
    prompts = [[draw.randrange(300, 4000) for _ in range(a.prompt)] for _ in adapters]
    waiting = list(reversed(range(len(adapters))))
    firsts, replies = [0.0] * len(adapters), [[] for _ in adapters]

    async with AsyncClient(service.endpoint) as client:

        async def work() -> None:
            while waiting:
                number = waiting.pop()
                begin = time.perf_counter()
                async for event in client.submit(prompts[number], select={adapters[number]: 1.0}, max_tokens=a.tokens, temperature=0):
                    if isinstance(event, Failed):
                        raise SystemExit(f"{adapters[number]}: {event.message}")
                    if isinstance(event, Chunk) and event.ids:
                        firsts[number] = firsts[number] or time.perf_counter() - begin
                        replies[number] += event.ids

        start = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(a.clients)))
        seconds = time.perf_counter() - start
    return sum(map(len, replies)) / seconds, firsts, replies


def measure(a: argparse.Namespace, service: Service, adapters: list[str], seed: int) -> Figures:
    before = service.worker()
    speed, firsts, replies = asyncio.run(ask(a, service, adapters, seed))
    after = service.worker()
    return Figures(speed, firsts, after.adapter_loads - before.adapter_loads, after.adapter_evictions - before.adapter_evictions, replies)


def quantile(values: list[float], part: float) -> float:
    return sorted(values)[min(int(part * len(values)), len(values) - 1)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fusebox", required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--model", default=str(ROOT / "Demo/base"))
    parser.add_argument("--config", type=Path)
    parser.add_argument("--type", default="q8_0")
    parser.add_argument("--threads", type=int, default=2)
    for name, value in [("count", 1000), ("budget", 50), ("rank", 8), ("clients", 16), ("requests", 200), ("prompt", 32), ("tokens", 24), ("rounds", 5)]:
        parser.add_argument(f"--{name}", type=int, default=value)
    a = parser.parse_args()
    config = json.loads((a.config or Path(a.model, "config.json")).read_text())
    adapters = a.work / "shelf"
    names = shelf.make(adapters, config, a.count, a.rank)

    services = {"all": Service(a, adapters, "all", 1 << 40)}
    try:
        with Client(services["all"].endpoint) as client:
            byte_count = max(adapter.byte_count for adapter in client.adapters())
        services["budget"] = Service(a, adapters, "budget", a.budget * byte_count)
        print(f"start: all {services['all'].start:.1f} s, budget {services['budget'].start:.1f} s; an adapter takes {byte_count:,} bytes", flush=True)
        for load in ("zipf", "uniform"):
            results: dict[str, list[Figures]] = {name: [] for name in services}
            for number in range(a.rounds + 1):
                wanted = chosen(a, load, names, number)
                order = sorted(services, reverse=number % 2 == 1)
                round_ = {name: measure(a, services[name], wanted, number) for name in order}
                assert round_["all"].replies == round_["budget"].replies, "the replies differ"
                if number > 0:
                    for name, figures in round_.items():
                        results[name].append(figures)
            report(load, results)
        print(", ".join(f"{name}: {service.megabytes():.0f} MB" for name, service in services.items()))
        with Client(services["budget"].endpoint) as client:
            times = [adapter.load_ms for adapter in client.adapters() if adapter.loads]
        print(f"load: median {statistics.median(times):.1f} ms, p99 {quantile(times, 0.99):.1f} ms")
    finally:
        for service in services.values():
            service.stop()


def report(load: str, results: dict[str, list[Figures]]) -> None:
    ratio = statistics.median(little.speed / whole.speed for little, whole in zip(results["budget"], results["all"]))
    print(f"{load}: tokens/s budget / all {ratio:.2f}")
    for name, rounds in results.items():
        firsts = [first for figures in rounds for first in figures.firsts]
        print(f"  {name}: {statistics.median(figures.speed for figures in rounds):.0f} tokens/s, first token p50 {1000 * quantile(firsts, 0.5):.0f} ms, "
              f"p99 {1000 * quantile(firsts, 0.99):.0f} ms, {statistics.median(figures.loads for figures in rounds):.0f} loads, "
              f"{statistics.median(figures.evictions for figures in rounds):.0f} evictions a round", flush=True)


if __name__ == "__main__":
    main()
