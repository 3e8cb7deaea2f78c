"""What HTTP adds: to the first token, and to the tokens of 16 streams; pairs in turn, medians of ratios.

    python overhead.py          # FUSEBOX and FUSEBOX_HTTP name the programs
"""

import json
import pathlib
import statistics
import subprocess
import sys
import time

import httpx

from service import FUSEBOX, Service

PROMPT = "Write a cheerful review of a hotel."
ROUNDS = 15
READER = pathlib.Path(__file__).with_name("stream_reader.py")


def first_tokens(service, gateway, count=60):
    """Medians in milliseconds: over the message queue and over HTTP."""
    from fusebox_client import Chunk, Client

    direct, http = [], []
    body = {"model": "hotels", "messages": [{"role": "user", "content": PROMPT}], "max_tokens": 2, "temperature": 0, "stream": True}
    with Client(service.endpoint) as queue, httpx.Client(base_url=gateway.url, timeout=60) as web:
        for _ in range(count):
            started = time.perf_counter()
            for event in queue.submit(PROMPT, select=["hotels"], max_tokens=2, temperature=0):
                if isinstance(event, Chunk) and event.text:
                    direct.append(time.perf_counter() - started)
                    break
            time.sleep(0.02)
            started = time.perf_counter()
            with web.stream("POST", "/v1/chat/completions", json=body) as response:
                times = [time.perf_counter() for line in response.iter_lines() if line.startswith("data: ")]
            http.append(times[0] - started)
            time.sleep(0.02)
    return 1e3 * statistics.median(direct), 1e3 * statistics.median(http)


def streams(service, gateway, folder):
    """Seconds for 16 replies of 900 tokens: over the message queue and over HTTP."""
    fields = {"max_tokens": 900, "temperature": 100}
    requests = pathlib.Path(folder) / "requests.jsonl"
    requests.write_text("".join(
        json.dumps({"prompt": PROMPT, "select": "base", "seed": seed, **fields}) + "\n" for seed in range(16)))
    started = time.perf_counter()
    subprocess.run([FUSEBOX, "ask", "--connect", service.endpoint, "--jsonl", requests], capture_output=True, check=True)
    direct = time.perf_counter() - started
    body = {"model": "base", "messages": [{"role": "user", "content": PROMPT}], "stream": True, **fields}
    started = time.perf_counter()
    bodies = "\n".join(json.dumps({**body, "seed": seed}) for seed in range(16))
    host, port = gateway.url.removeprefix("http://").split(":")
    subprocess.run([sys.executable, "-S", READER, host, port], input=bodies.encode(), check=True)
    return direct, time.perf_counter() - started


service = Service(workers=1)
gateway = service.gateway()
try:
    print("first token, ms: queue %.2f, HTTP %.2f" % first_tokens(service, gateway))
    pairs = [streams(service, gateway, service.folder.name) for _ in range(ROUNDS)]
    ratios = sorted(http / queue for queue, http in pairs)
    print("16 streams, HTTP / queue: median %.3f, %.3f to %.3f" % (statistics.median(ratios), ratios[0], ratios[-1]))
finally:
    gateway.stop()
    service.stop()
