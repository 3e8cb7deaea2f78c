"""Requests that all want other adapters, through the whole service and through llama.cpp.

    python service.py --fusebox ../../.build/release/fusebox --model MODEL.gguf --adapters SHELF --peer-adapters GGUF_SHELF
        [--requests 16] [--prompt 32] [--tokens 24] [--mix 1] [--rounds 3]

SHELF holds PEFT directories, GGUF_SHELF their twins (NAME.gguf). Every request has `--mix` adapters that no other has.
Fusebox: one worker, a Python client a request, all at once. llama.cpp: what its server does with them, as a library and
without its front: slots with other adapters wait for each other, so one request after the other. Prints generated
tokens a second and the slowest first token of both. Needs llama-cpp-python and fusebox-client.
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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from llama_cpp_child import Peer


def prompt(index: int, count: int) -> list[int]:
    rng = random.Random(index)
    return [rng.randrange(300, 30000) for _ in range(count)]


def ours(a: argparse.Namespace, names: list[str]) -> tuple[float, float]:
    from fusebox_client import Client
    from fusebox_client.reply import Chunk

    with tempfile.TemporaryDirectory() as folder:
        endpoint = f"ipc://{folder}/front.sock"
        command = [a.fusebox, "serve", "--model", a.model, "--adapters", a.adapters, "--type", "stored", "--workers", "1",
                   "--threads-per-worker", str(a.threads), "--bind", endpoint]
        service = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            with Client(endpoint) as client:
                while not any(w.state == "ready" for w in client.status().workers):
                    time.sleep(0.1)
                client.generate(prompt(99, 8), select="base", max_tokens=8)
            ready = threading.Barrier(a.requests + 1)

            def ask(number: int) -> float:
                """Returns when the first token was there."""
                mix = {name: 0.75 for name in names[number * a.mix: (number + 1) * a.mix]}
                with Client(endpoint) as client:
                    client.status()
                    ready.wait()
                    first = 0.0
                    for event in client.submit(prompt(number, a.prompt), select=mix, max_tokens=a.tokens, temperature=0):
                        if isinstance(event, Chunk) and not first:
                            first = time.perf_counter()
                    return first

            with ThreadPoolExecutor(a.requests) as threads:
                firsts = threads.map(ask, range(a.requests))
                ready.wait()
                start = time.perf_counter()
                slowest = max(firsts) - start
                return a.requests * a.tokens / (time.perf_counter() - start), slowest
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait()


def peer(a: argparse.Namespace, names: list[str]) -> tuple[float, float]:
    """Run in a child, since llama.cpp keeps its threads."""
    settings = dict(threads=a.threads, p=a.prompt, n=a.tokens, cases=[dict(batch=8)],
                    adapters=[f"{a.peer_adapters}/{name}.gguf" for name in names[: a.mix * a.requests]])
    command = ["taskset", "-c", ",".join(map(str, sorted(os.sched_getaffinity(0))[: a.threads])),
               sys.executable, __file__, "--child", a.model, json.dumps(settings), str(a.requests), str(a.mix)]
    env = {**os.environ, "OMP_NUM_THREADS": str(a.threads), "OMP_PROC_BIND": "true", "OMP_PLACES": "cores"}
    output = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    rate, first = json.loads(output.splitlines()[-1])
    return rate, first


def child(model: str, settings: dict, requests: int, mix: int) -> None:
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
    p.add_argument("--requests", type=int, default=16)
    p.add_argument("--prompt", type=int, default=32)
    p.add_argument("--tokens", type=int, default=24)
    p.add_argument("--mix", type=int, default=1, help="adapters of a request")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--rounds", type=int, default=3)
    a = p.parse_args()
    names = sorted(path.name for path in Path(a.adapters).iterdir() if path.is_dir())
    rounds = [(ours(a, names), peer(a, names)) for _ in range(a.rounds)]
    mine = [statistics.median(r[0][i] for r in rounds) for i in range(2)]
    other = [statistics.median(r[1][i] for r in rounds) for i in range(2)]
    print(f"{a.requests} requests of {a.prompt} + {a.tokens} tokens, each under {a.mix} other adapters, medians of {a.rounds} rounds")
    print(f"fusebox   {mine[0]:6.1f} tokens/s   slowest first token {mine[1]:6.2f} s")
    print(f"llama.cpp {other[0]:6.1f} tokens/s   slowest first token {other[1]:6.2f} s")
    print(f"ratios    {statistics.median(r[0][0] / r[1][0] for r in rounds):6.1f}            "
          f"{statistics.median(r[1][1] / r[0][1] for r in rounds):6.1f} times sooner")


if __name__ == "__main__":
    main()
