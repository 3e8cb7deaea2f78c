"""What the model image saves: the time until workers serve, and the memory that they take together.

    python Benchmarks/image/measure.py .build/release/fusebox MODEL.gguf [--type q8_0] [--runs 5]

Starts the service without an image, with one that has to be built, and with a warm one. PSS is a process's part of the
memory that it shares (/proc/PID/smaps_rollup). Needs nothing but Python.
"""
import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        direct = [int(child) for child in file.read().split()]
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as file:
            found += [int(child) for child in file.read().split()]
    return sorted(set(direct + found))


def memory(pid):
    """Proportional and private bytes of a process."""
    sizes = {}
    with open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            parts = line.split()
            if parts[-1] == "kB":
                sizes[parts[0]] = int(parts[1]) * 1024
    return sizes["Pss:"], sizes["Private_Clean:"] + sizes["Private_Dirty:"]


def start(binary, model, execution_type, workers, folder, options):
    """Seconds until every worker serves, and then (PSS, private bytes) of each once it has read all weights."""
    endpoint = f"ipc://{folder}/front.sock"
    begin = time.monotonic()
    service = subprocess.Popen(
        [binary, "serve", "--model", model, "--type", execution_type, "--workers", str(workers),
         "--threads-per-worker", "1", "--bind", endpoint, *options],
        stderr=subprocess.PIPE, text=True, env={**os.environ, "XDG_STATE_HOME": folder})
    try:
        for line in service.stderr:
            if line.startswith("serving at"):
                break
        else:
            sys.exit("the service did not start")
        seconds = time.monotonic() - begin
        asks = [subprocess.Popen(
            [binary, "ask", "--connect", endpoint, "--raw", "--select", "base", "--max-tokens", "8",
             "--seed", str(index), f"word {index} "], stdout=subprocess.DEVNULL)
            for index in range(4 * workers)]
        for ask in asks:
            ask.wait()
        return seconds, [memory(pid) for pid in children(service.pid)]
    finally:
        service.send_signal(signal.SIGTERM)
        service.stderr.read()
        service.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("model")
    parser.add_argument("--type", default="q8_0")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    binary, model = os.path.abspath(arguments.binary), os.path.abspath(arguments.model)
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        images = ["--image-folder", folder + "/images"]

        def case(name, workers, options, runs):
            times, sizes = [], []
            for _ in range(runs):
                seconds, sizes = start(binary, model, arguments.type, workers, folder, options)
                times.append(seconds)
            cases.append({
                "case": name, "workers": workers, "ready_seconds": statistics.median(times),
                "slowest_seconds": max(times), "pss_bytes": sum(size[0] for size in sizes),
                "private_bytes": sum(size[1] for size in sizes)})

        case("no image", 1, ["--no-image"], 1)
        case("no image", 2, ["--no-image"], 1)
        case("image built", 2, images, 1)
        case("warm image", 1, images, 1)
        case("warm image", 2, images, arguments.runs)
        image = next(name for name in os.listdir(folder + "/images") if name.endswith(".image"))
        weights = os.path.getsize(f"{folder}/images/{image}")
    for entry in cases:
        entry["pss_to_weights"] = entry["pss_bytes"] / weights
    if arguments.json:
        print(json.dumps({"model": model, "type": arguments.type, "weight_bytes": weights, "cases": cases}))
        return
    print(f"weights of one: {weights / 1e6:.0f} MB ({arguments.type})")
    for entry in cases:
        print(f"{entry['case']:12} {entry['workers']} workers: ready after {entry['ready_seconds']:.2f} s "
              f"(slowest {entry['slowest_seconds']:.2f}), PSS together {entry['pss_bytes'] / 1e6:.0f} MB = "
              f"{entry['pss_to_weights']:.2f} x weights, private {entry['private_bytes'] / 1e6:.0f} MB")


main()
