"""Requests that all want other adapters, through the whole service and through llama.cpp.

    python service.py --fusebox ../../.build/release/fusebox --model MODEL.gguf --adapters SHELF --peer-adapters GGUF_SHELF
        [--server LLAMA_SERVER] [--requests 16] [--prompt 32] [--tokens 24] [--mix 1] [--rounds 3]

SHELF holds PEFT directories, GGUF_SHELF their twins (NAME.gguf). Every request has `--mix` adapters that no other has.
Fusebox: one worker, one Python client that asks for all at once. llama.cpp: its server with a slot and a thread of
Python's a request (`--server`), or what that does with them, as a library and without front, sampling or text: slots
with other adapters wait for each other, so one request after the other. Prints generated tokens a second and the slowest
first token of both. Needs fusebox-client, and llama-cpp-python or a llama-server.
"""
import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def prompt(index: int, count: int) -> list[int]:
    rng = random.Random(index)
    return [rng.randrange(300, 30000) for _ in range(count)]


def together(a: argparse.Namespace, ask: Callable[[int], Iterator[None]]) -> tuple[float, float]:
    """Has all requests asked at once, each by its own thread; `ask` yields whenever some text has come."""
    ready = threading.Barrier(a.requests + 1)

    def first_text(number: int) -> float:
        ready.wait()
        times = [time.perf_counter() for _ in ask(number)]
        return times[0]

    with ThreadPoolExecutor(a.requests) as threads:
        firsts = threads.map(first_text, range(a.requests))
        ready.wait()
        start = time.perf_counter()
        slowest = max(firsts) - start
        return a.requests * a.tokens / (time.perf_counter() - start), slowest


def ours(a: argparse.Namespace, names: list[str]) -> tuple[float, float]:
    from fusebox_client import Chunk, Client

    with tempfile.TemporaryDirectory() as folder:
        endpoint = f"ipc://{folder}/front.sock"
        command = [a.fusebox, "serve", "--model", a.model, "--adapters", a.adapters, "--type", "stored", "--workers", "1",
                   "--threads-per-worker", str(a.threads), "--bind", endpoint]
        service = subprocess.Popen(command, stderr=subprocess.DEVNULL, env={**os.environ, "XDG_STATE_HOME": folder})
        try:
            with Client(endpoint) as client:
                while not any(w.state == "ready" for w in client.status().workers):
                    time.sleep(0.1)
                client.generate(prompt(99, 8), select="base", max_tokens=1)
                start = time.perf_counter()
                replies = []
                for number in range(a.requests):
                    mix = {name: 0.75 for name in names[number * a.mix: (number + 1) * a.mix]}
                    replies.append(client.submit(prompt(number, a.prompt), select=mix, max_tokens=a.tokens, temperature=0))
                for reply in replies:
                    next(event for event in reply if isinstance(event, Chunk))
                slowest = time.perf_counter() - start
                for reply in replies:
                    for _ in reply:
                        pass
                return a.requests * a.tokens / (time.perf_counter() - start), slowest
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait()


def served(a: argparse.Namespace, names: list[str]) -> tuple[float, float]:
    """llama-server, with a slot and its own adapters for every request."""
    address = "http://127.0.0.1:18080"
    command = ["taskset", "-c", cores(a), a.server, "-m", a.model, "-t", str(a.threads), "-tb", str(a.threads),
               "-np", str(a.requests), "-c", str(a.requests * 128), "--host", "127.0.0.1", "--port", "18080",
               "--lora-init-without-apply"]
    command += ["--lora", ",".join(f"{a.peer_adapters}/{name}.gguf" for name in names[: a.mix * a.requests])]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def post(document: dict) -> Iterator[bytes]:
        request = urllib.request.Request(address + "/completion", json.dumps(document).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as reply:
            yield from reply

    def ask(number: int) -> Iterator[None]:
        mix = [dict(id=number * a.mix + i, scale=0.75) for i in range(a.mix)]
        for line in post(dict(prompt=prompt(number, a.prompt), n_predict=a.tokens, temperature=0, ignore_eos=True,
                              cache_prompt=False, stream=True, lora=mix)):
            if line.startswith(b"data:"):
                yield

    try:
        while True:
            try:
                with urllib.request.urlopen(address + "/health"):
                    break
            except OSError:
                time.sleep(0.2)
        for _ in post(dict(prompt=prompt(99, 8), n_predict=8)):
            pass
        return together(a, ask)
    finally:
        server.terminate()
        server.wait()


def cores(a: argparse.Namespace) -> str:
    return ",".join(str(core) for core in sorted(os.sched_getaffinity(0))[: a.threads])


def peer(a: argparse.Namespace, names: list[str]) -> tuple[float, float]:
    """Run in a child, since llama.cpp keeps its threads."""
    settings = dict(threads=a.threads, p=a.prompt, n=a.tokens, cases=[dict(batch=8)],
                    adapters=[f"{a.peer_adapters}/{name}.gguf" for name in names[: a.mix * a.requests]])
    command = ["taskset", "-c", cores(a), sys.executable, __file__, "--child", a.model, json.dumps(settings),
               str(a.requests), str(a.mix)]
    env = {**os.environ, "OMP_NUM_THREADS": str(a.threads), "OMP_PROC_BIND": "true", "OMP_PLACES": "cores"}
    output = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    rate, first = json.loads(output.splitlines()[-1])
    return rate, first


def child(model: str, settings: dict, requests: int, mix: int) -> None:
    from llama_cpp_child import Peer

    llama = Peer(model, settings)
    llama.decode([(0, i) for i in range(settings["p"])], False)
    start = time.perf_counter()
    slowest = 0.0
    for i in range(requests):
        llama.forget()
        llama.use(i, mix)
        llama.decode([(0, p) for p in range(settings["p"])], False)
        slowest = time.perf_counter() - start
        for n in range(settings["n"] - 1):
            llama.decode([(0, settings["p"] + n)], True)
    print(json.dumps([requests * settings["n"] / (time.perf_counter() - start), slowest]))


def main() -> None:
    if sys.argv[1] == "--child":
        child(sys.argv[2], json.loads(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
        return
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--fusebox", required=True)
    p.add_argument("--model", required=True)
    p.add_argument("--adapters", required=True)
    p.add_argument("--peer-adapters", required=True)
    p.add_argument("--server", help="a llama-server to compare with, instead of its library")
    p.add_argument("--requests", type=int, default=16)
    p.add_argument("--prompt", type=int, default=32)
    p.add_argument("--tokens", type=int, default=24)
    p.add_argument("--mix", type=int, default=1, help="adapters of a request")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--rounds", type=int, default=3)
    a = p.parse_args()
    names = sorted(path.name for path in Path(a.adapters).iterdir() if path.is_dir())
    other = served if a.server else peer
    rounds = [(ours(a, names), other(a, names)) for _ in range(a.rounds)]
    mine = [statistics.median(r[0][i] for r in rounds) for i in range(2)]
    theirs = [statistics.median(r[1][i] for r in rounds) for i in range(2)]
    print(f"{a.requests} requests of {a.prompt} + {a.tokens} tokens, each under {a.mix} adapters of its own, {a.rounds} rounds")
    print(f"fusebox   {mine[0]:6.1f} tokens/s   slowest first token {mine[1]:6.2f} s")
    print(f"llama.cpp {theirs[0]:6.1f} tokens/s   slowest first token {theirs[1]:6.2f} s")
    print(f"ratios    {statistics.median(r[0][0] / r[1][0] for r in rounds):6.1f}            "
          f"{statistics.median(r[1][1] / r[0][1] for r in rounds):6.1f} times sooner")


if __name__ == "__main__":
    main()
