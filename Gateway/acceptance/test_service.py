"""What is asked about the service itself."""

import json
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
        delta = next(lines)
        while "adapters" not in delta["delta"]:
            delta = next(lines)
        tokens = {adapter["name"]: adapter["tokens"] for adapter in delta["delta"]["adapters"]}
        assert tokens["hotels"] >= 30


def test_fifty_viewers_are_one_question(http, gateway):
    def accepted():
        # The front counts connections, not questions: what changes is the gateway's work.
        return http.get("/fusebox/v1/status").json()["status"]["connections"]["open"]

    before = accepted()
    viewers = [httpx.Client(timeout=10) for _ in range(50)]
    streams = [viewer.stream("GET", gateway.url + "/fusebox/v1/events") for viewer in viewers]
    responses = [stream.__enter__() for stream in streams]
    time.sleep(1.5)
    assert accepted() == before
    for stream, viewer in zip(streams, viewers):
        stream.__exit__(None, None, None)
        viewer.close()
    assert len(responses) == 50


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
