"""What routing to a mix costs beside naming one adapter, with few and with many adapters on the shelf (arXiv 2410.01497, table 5).

    python latency.py --fusebox BINARY [--loaded 1 10 50 100] [--rounds 500]
    python latency.py --fusebox BINARY --model SMOLLM2 --adapters Demo/real/shelf --router Demo/real/router --first pirate hotel_desk \
        --question "Answer like a pirate: when is breakfast at the hotel?" --rounds 24

The shelf has first the adapters that the question asks for, then others, then copies of them with other numbers, so that every one
is loaded and none is shared. A round asks the service the same question three times, in a changing order: under the
mix that the router picks, under the same mix named by the client, and under its first adapter alone. Every reply has as many
tokens, ends of text or not: a shorter one would pay for its prompt with fewer. Needs fusebox-client.
"""
import os
import argparse
import json
import random
import shutil
import statistics
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from fusebox_client import Client

ROOT = Path(__file__).resolve().parents[2]
TOKENS = 32


def shelf(a: argparse.Namespace, folder: Path, count: int) -> None:
    """`count` different adapters."""
    own = sorted(a.adapters.iterdir(), key=lambda path: (path.name not in a.first, path.name))
    own = [path for path in own if (path / "adapter_config.json").exists()]
    for number in range(count):
        source = own[number % len(own)]
        copy = folder / (source.name if number < len(own) else f"{source.name}_{number}")
        shutil.copytree(source, copy)
        if number >= len(own):
            change(copy / "adapter_model.safetensors", number)


def change(path: Path, number: int) -> None:
    """Other low bits in every value, so that the digest is another one and the numbers stay what they were, nearly."""
    data = bytearray(path.read_bytes())
    start = 8 + struct.unpack("<Q", data[:8])[0]
    draw = random.Random(number)
    for place in range(start, len(data), 2):
        data[place] ^= draw.getrandbits(1)
    path.write_bytes(data)


def measure(a: argparse.Namespace, count: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        endpoint = f"ipc://{folder}/fusebox.sock"
        adapters = Path(folder, "adapters")
        adapters.mkdir()
        shelf(a, adapters, count)
        command = [a.fusebox, "serve", "--workers", "1", "--model", a.model, "--adapters", adapters, "--router", a.router, "--bind", endpoint]
        with open(Path(folder, "log"), "wb") as log:
            service = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, env={**os.environ, "XDG_STATE_HOME": folder})
        try:
            with Client(endpoint) as client:
                while not any(worker.state == "ready" for worker in client.status().workers):
                    time.sleep(0.1)
                return timed(client, a.question, count, a.rounds)
        finally:
            service.terminate()
            service.wait()


def timed(client: Client, question: str, count: int, rounds: int) -> dict:
    mix = client.route(question).weights
    first = max(mix, key=mix.get)
    ways = {"routed": "auto", "the same mix": mix, "one adapter": {first: 1.0}}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for round_ in range(rounds + 2):
        for name in random.Random(round_).sample(list(ways), len(ways)):
            start = time.perf_counter()
            result = client.generate(question, select=ways[name], max_tokens=TOKENS, ignore_eos=True, kv_rule="pin", temperature=0)
            spent = (time.perf_counter() - start) / len(result.ids)
            # The first two rounds fill caches.
            if round_ > 1:
                times[name].append(1000 * spent)
    middle = {name: statistics.median(values) for name, values in times.items()}
    ratios = sorted(a / b for a, b in zip(times["routed"], times["one adapter"]))
    return {
        "loaded": count, "mix": mix, "ms a token": {name: round(value, 3) for name, value in middle.items()},
        "routed / one": round(middle["routed"] / middle["one adapter"], 3),
        "quartiles": [round(ratios[len(ratios) // 4], 3), round(ratios[3 * len(ratios) // 4], 3)],
        "routed / same mix": round(middle["routed"] / middle["the same mix"], 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fusebox", required=True)
    parser.add_argument("--model", default=ROOT / "Demo/base")
    parser.add_argument("--adapters", type=Path, default=ROOT / "Demo/adapters")
    parser.add_argument("--router", default=ROOT / "Router")
    parser.add_argument("--first", nargs="+", default=["hotels", "positive"])
    parser.add_argument("--question", default="Write a cheerful review of a hotel.")
    parser.add_argument("--loaded", type=int, nargs="+", default=[1, 10, 50, 100])
    parser.add_argument("--rounds", type=int, default=500)
    a = parser.parse_args()
    for count in a.loaded:
        print(json.dumps(measure(a, count)), flush=True)


if __name__ == "__main__":
    main()
