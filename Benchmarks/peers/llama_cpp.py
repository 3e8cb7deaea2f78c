"""Compare fusebox with llama.cpp on one GGUF file, in turn and pinned.

    python llama_cpp.py --fusebox ../../.build/release/fusebox --model MODEL-q8_0.gguf [--threads 2] [--rounds 5]

Prefill of 512 tokens and decode of one sequence, in tokens a second: the medians of both and the median of the rounds'
ratios. Needs llama-cpp-python, built for this processor. Every measurement is a process of its own.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time


def measure_peer(model: str, threads: int, prompt: int, tokens: int) -> dict[str, float]:
    """Run in a child: llama.cpp's rates on random ids."""
    import random

    from llama_cpp import Llama

    llama = Llama(model, n_ctx=prompt + tokens + 16, n_batch=512, n_threads=threads, n_threads_batch=threads, verbose=False)
    ids = [random.Random(0).randrange(5, llama.n_vocab()) for _ in range(prompt)]
    rates = {"prefill": 0.0, "decode": 0.0}
    for _ in range(2):  # the first is the warm-up
        llama.reset()
        start = time.perf_counter()
        llama.eval(ids)
        middle = time.perf_counter()
        for token in ids[:tokens]:
            llama.eval([token])
        end = time.perf_counter()
        rates = {"prefill": prompt / (middle - start), "decode": tokens / (end - middle)}
    return rates


def pinned(threads: int) -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": str(threads), "OMP_PROC_BIND": "true", "OMP_PLACES": "cores"}


def peer(a: argparse.Namespace) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", "--model", a.model, "--threads", str(a.threads), "-p", str(a.p), "-n", str(a.n)]
    output = subprocess.run(command, env=pinned(a.threads), check=True, capture_output=True, text=True).stdout
    return json.loads(output.splitlines()[-1])


def ours(a: argparse.Namespace) -> dict[str, float]:
    cores = ",".join(str(c) for c in sorted(os.sched_getaffinity(0))[: a.threads])
    command = ["taskset", "-c", cores, a.fusebox, "bench", "--model", a.model, "--type", "stored", "--threads", str(a.threads),
               "-p", str(a.p), "-n", str(a.n), "-b", "1", "--runs", "1", "--json"]
    results = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["results"]
    return {row["test"]: row["tokens_per_second"] for row in results}


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--fusebox")
    p.add_argument("--model", required=True)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("-p", type=int, default=512)
    p.add_argument("-n", type=int, default=64)
    p.add_argument("--child", action="store_true")
    a = p.parse_args()
    if a.child:
        print(json.dumps(measure_peer(a.model, a.threads, a.p, a.n)))
        return
    rounds = [(ours(a), peer(a)) for _ in range(a.rounds)]
    print(f"{a.model}, {a.threads} threads, {a.rounds} rounds, tokens/s")
    for test in ("prefill", "decode"):
        mine, other = [r[0][test] for r in rounds], [r[1][test] for r in rounds]
        ratios = sorted(x / y for x, y in zip(mine, other))
        print(f"{test:8} fusebox {statistics.median(mine):8.0f}   llama.cpp {statistics.median(other):8.0f}   "
              f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f}...{ratios[-1]:.2f})")


if __name__ == "__main__":
    main()
