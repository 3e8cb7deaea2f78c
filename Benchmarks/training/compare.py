"""Compare fusebox's training of an adapter with that of transformers and peft, in float32 on the same rows: alternating, medians.

    python compare.py --fusebox ../../.build/release/fusebox --model FILE.gguf --hf FOLDER [--rounds 3] [--steps 6] [--json OUT]

FOLDER is the same model for transformers. Needs torch, transformers and peft. Rank 8 on all projections; tokens are those of the
rows, padding does not count; memory is the largest that a process had.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import rows

HERE = Path(__file__).parent


def fusebox(a: argparse.Namespace, data: Path, folder: Path) -> dict:
    command = [a.fusebox, "adapters", "train", "--model", a.model, "--data", data, "--output", folder, "--rank", 8]
    command += ["--steps", a.steps, "--batch", a.batch, "--threads", a.threads, "--json"]
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit("fusebox failed")
    return {"tokens_per_second": json.loads(out)["tokens_per_second"], "peak_bytes": usage.ru_maxrss * 1024}


def peft(a: argparse.Namespace, data: Path) -> dict:
    command = [sys.executable, HERE / "peft_child.py", "--model", a.hf, "--data", data, "--rank", 8]
    command += ["--steps", a.steps, "--batch", a.batch, "--threads", a.threads]
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("fusebox", "model", "hf"):
        parser.add_argument(f"--{name}", required=True)
    for name, value in (("rounds", 3), ("steps", 6), ("batch", 16), ("threads", len(os.sched_getaffinity(0)))):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--json", type=Path)
    a = parser.parse_args()
    found: list[dict] = []
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / "rows.jsonl"
        rows.write(data, a.steps * a.batch)
        for number in range(a.rounds):
            ours, theirs = fusebox(a, data, Path(temporary) / str(number)), peft(a, data)
            found.append({"fusebox": ours, "peft": theirs})
            speed = ours["tokens_per_second"] / theirs["tokens_per_second"]
            memory = ours["peak_bytes"] / theirs["peak_bytes"]
            print(f"{ours['tokens_per_second']:.0f} and {theirs['tokens_per_second']:.0f} tokens/s: {speed:.2f} x; memory {ours['peak_bytes'] >> 20} and {theirs['peak_bytes'] >> 20} MiB: {memory:.2f}", flush=True)
    speeds = [f["fusebox"]["tokens_per_second"] / f["peft"]["tokens_per_second"] for f in found]
    memories = [f["fusebox"]["peak_bytes"] / f["peft"]["peak_bytes"] for f in found]
    print(f"speed {statistics.median(speeds):.2f} x ({min(speeds):.2f} to {max(speeds):.2f}), memory {statistics.median(memories):.2f}")
    if a.json:
        a.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
