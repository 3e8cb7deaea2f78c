"""What is asked about the service itself."""

import contextlib
import json
import pathlib
import re
import time

import httpx

from streams import HOTEL


def test_health(http):
    for path in ("/health", "/health/live", "/health/ready"):
        assert http.get(path).json() == {"status": "ok"}
        assert http.head(path).status_code == 200
    assert http.get("/version").json()["version"]


def test_status_and_events(http, gateway):
    snapshot = http.get("/fusebox/v1/status").json()
    assert snapshot["state"] == "serving" and len(snapshot["adapters"]) == 20
    with httpx.stream("GET", gateway.url + "/fusebox/v1/events", timeout=10) as response:
        lines = (json.loads(line[6:]) for line in response.iter_lines() if line.startswith("data: "))
        assert next(lines)["snapshot"].keys() == snapshot.keys()
        http.post("/v1/chat/completions", json={"messages": HOTEL, "max_tokens": 30})
        tokens = {}
        while tokens.get("hotels", 0) < 30:
            tokens |= {adapter["name"]: adapter["tokens"] for adapter in next(lines)["delta"].get("adapters", ())}


def test_fifty_viewers_cost_the_front_what_one_does(service, gateway):
    """The front's processor time over 10 seconds; what it does by itself is most of it."""
    def cost(viewers):
        with contextlib.ExitStack() as stack:
            for _ in range(viewers):
                client = stack.enter_context(httpx.Client(timeout=20))
                stack.enter_context(client.stream("GET", gateway.url + "/fusebox/v1/events"))
            before = front_seconds(service)
            time.sleep(10)
            return front_seconds(service) - before

    one, fifty = cost(1), cost(50)
    print(f"\nfront with one viewer {one * 1000:.1f} ms, with fifty {fifty * 1000:.1f} ms of processor time in 10 s")
    assert fifty < 1.3 * one + 0.01


def front_seconds(service):
    """Processor time of all threads of the front, which the kernel counts in nanoseconds."""
    tasks = pathlib.Path(f"/proc/{service.front.process.pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def test_metrics(http):
    http.post("/v1/chat/completions", json={"model": "hotels", "messages": HOTEL, "max_tokens": 4})
    response = http.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    text = response.text
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) \S+ .+|[a-z_]+(\{.*\})? \S+", line), line
    assert re.search(r'gen_ai_server_time_to_first_token_seconds_count\{gen_ai_operation_name="chat"\} [1-9]', text)
    assert re.search(r'fusebox_adapter_tokens_total\{adapter="hotels"\} [1-9]', text)
    assert "fusebox_up 1\n" in text
