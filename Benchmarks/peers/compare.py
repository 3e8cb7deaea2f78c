"""Compare fusebox with llama.cpp (and transformers) on the same files: alternating, pinned, medians.

    python compare.py --fusebox ../../.build/release/fusebox --model a-q8_0.gguf [--hf a-hf]
        [--adapter NAME=PEFT_DIRECTORY:ADAPTER.gguf ...] [--different] [--prefill] [--threads 2] [--rounds 5] [--json OUT]

Prefill, decode at batch 1 and 16, and with adapters what a mix costs and what different mixes in a batch cost; the
bound is fusebox's read sweep over the weights, in the same process and with the same threads. Needs llama-cpp-python,
built for this processor; --hf also times transformers in bfloat16 (prefill). Each engine's turn is a process.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def cases(a: argparse.Namespace) -> list[dict]:
    def case(test: str, batch: int = 1, mixes: int = 0, different: int = 1) -> dict:
        name = f"{test} {batch}" + (f", {different} x {mixes} adapters" if mixes else "")
        return dict(name=name, test=test, batch=batch, mixes=mixes, different=different)

    pool = len(a.adapter)
    if a.different:
        return [case("decode", 32, 2, d) for d in (1, 2, 4, 8, 16, 32)]
    if a.prefill:
        return [case("prefill")] + ([case("prefill", 1, 3)] if pool >= 3 else [])
    found = [case("prefill")] + [case("decode", b) for b in (1, 8, 16)]
    if pool >= 3:
        found += [case("prefill", 1, 3), case("decode", 1, 3)]
    if pool >= 4:
        found += [case("decode", 8, 2, 1), case("decode", 8, 2, 8)]
    return found


def cores(a: argparse.Namespace) -> str:
    return ",".join(str(c) for c in sorted(os.sched_getaffinity(0))[: a.threads])


def ours(a: argparse.Namespace) -> dict[str, float]:
    """A process for each case, so that all share one order of events with the peer's."""
    rates: dict[str, float] = {}
    for case in cases(a):
        command = ["taskset", "-c", cores(a), a.fusebox, "bench", "--model", a.model, "--type", "stored", "--threads", str(a.threads),
                   "--runs", "1", "--json", "--mixes", str(case["mixes"]), "--different", str(case["different"]), "-b", str(case["batch"])]
        command += ["-p", str(a.p), "-n", "0"] if case["test"] == "prefill" else ["-p", "0", "-n", str(a.n)]
        for adapter in a.adapter[: a.pool] if case["mixes"] else []:
            command += ["--adapter", adapter.split(":")[0]]
        for row in json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["results"]:
            if row["test"] != "bound":
                rates[case["name"]] = row["tokens_per_second"]
            elif case["name"] == "decode 1" or "bound" not in rates:
                rates["bound"] = row["tokens_per_second"]
    return rates


def peer(a: argparse.Namespace) -> dict[str, float]:
    env = {**os.environ, "OMP_NUM_THREADS": str(a.threads), "OMP_PROC_BIND": "true", "OMP_PLACES": "cores"}
    settings = dict(threads=a.threads, p=a.p, n=a.n, cases=cases(a), adapters=[x.split(":")[1] for x in a.adapter[: a.pool]])
    command = ["taskset", "-c", cores(a), sys.executable, str(HERE / "llama_cpp_child.py"), a.model, json.dumps(settings)]
    return json.loads(subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def transformers(a: argparse.Namespace) -> dict[str, float]:
    command = ["taskset", "-c", cores(a), sys.executable, str(HERE / "transformers_child.py"), a.hf, str(a.threads), str(a.p)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--fusebox", required=True)
    p.add_argument("--model", required=True)
    p.add_argument("--hf")
    p.add_argument("--adapter", action="append", default=[])
    p.add_argument("--pool", type=int, default=4, help="adapters that mixes take in turn")
    p.add_argument("--different", action="store_true", help="only decode of 32 sequences under 1 to 32 different mixes")
    p.add_argument("--prefill", action="store_true", help="only prefill")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("-p", type=int, default=512)
    p.add_argument("-n", type=int, default=32)
    p.add_argument("--json")
    a = p.parse_args()
    rounds = []
    for _ in range(a.rounds):
        rounds.append((ours(a), peer(a), transformers(a) if a.hf else {}))
    name = Path(a.model).stem
    print(f"{name}, {a.threads} threads, medians of {a.rounds} rounds, tokens/s; bound {statistics.median(r[0]['bound'] for r in rounds):.1f}")
    table = []
    for case in [c["name"] for c in cases(a)]:
        mine, other = [r[0][case] for r in rounds], [r[1][case] for r in rounds]
        ratios = sorted(x / y for x, y in zip(mine, other))
        row = dict(model=name, case=case, fusebox=statistics.median(mine), llama_cpp=statistics.median(other),
                   ratio=statistics.median(ratios), least=ratios[0], most=ratios[-1])
        if case in rounds[0][2]:
            row["transformers"] = statistics.median(r[2][case] for r in rounds)
            row["transformers_ratio"] = statistics.median(r[0][case] / r[2][case] for r in rounds)
        if case == "decode 1":
            row["of_bound"] = statistics.median(r[0][case] / r[0]["bound"] for r in rounds)
        table.append(row)
        extra = f"   transformers {row['transformers']:.0f} ratio {row['transformers_ratio']:.2f}" if "transformers" in row else ""
        extra += f"   {100 * row['of_bound']:.0f} % of the bound" if "of_bound" in row else ""
        print(f"{case:28} fusebox {row['fusebox']:7.1f}   llama.cpp {row['llama_cpp']:7.1f}   "
              f"ratio {row['ratio']:.2f} ({row['least']:.2f}...{row['most']:.2f}){extra}", flush=True)
    if a.json:
        Path(a.json).write_text(json.dumps(table, indent=1))


if __name__ == "__main__":
    main()
