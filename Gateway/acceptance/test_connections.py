"""Clients that leave, stop reading, are slow or mean harm."""

import http.client
import json
import os
import signal
import socket
import threading
import time

import httpx
import pytest

from service import Service
from streams import HOTEL, events, lines

# At such a temperature the end is one token of four thousand.
LONG = {"model": "base", "messages": HOTEL, "max_tokens": 900, "temperature": 100, "seed": 4, "stream": True}
# Seconds of work for both workers.
MANY = {**LONG, "n": 16}


def wait_until(condition, seconds=5):
    """Returns how long it took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, "it did not come to be"
        time.sleep(0.01)
    return time.monotonic() - started


@pytest.mark.parametrize("count", [1, 5])
def test_a_client_that_leaves_frees_its_places(service, gateway, count):
    """Also where it still waits for one: 16 replies a client have no place at once on two workers."""
    clients = [socket_request(gateway, MANY) for _ in range(count)]
    wait_until(lambda: service.status()["running"] > 0 and (count == 1 or service.status()["queued"] > 0))
    for client in clients:
        client.close()
    # Asking takes a few hundredths of a second by itself.
    assert wait_until(lambda: (status := service.status())["running"] == 0 and status["queued"] == 0) < 0.2 + 0.1


def test_a_request_that_was_left_is_made_anew(service, http, gateway):
    key = {"idempotency-key": "left-half-way"}
    with httpx.stream("POST", gateway.url + "/v1/chat/completions", json=LONG, headers=key, timeout=30) as response:
        next(response.iter_lines())
    wait_until(lambda: service.status()["running"] == 0)
    again = http.post("/v1/chat/completions", json={**LONG, "stream": False}, headers=key).json()
    assert again["usage"]["completion_tokens"] == 900


def socket_request(gateway, body):
    address = httpx.URL(gateway.url)
    connection = http.client.HTTPConnection(address.host, address.port, timeout=60)
    connection.request("POST", "/v1/chat/completions", json.dumps(body), {"content-type": "application/json"})
    return connection


def test_keep_and_attach(http, gateway):
    body = {**LONG, "max_tokens": 200, "seed": 11, "fusebox": {"keep": True}}
    with httpx.stream("POST", gateway.url + "/v1/chat/completions", json=body, timeout=30) as response:
        lines = response.iter_lines()
        chunks = [json.loads(next(line for line in lines if line.startswith("data: "))[6:]) for _ in range(5)]
    read = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)
    request, tokens = chunks[0]["fusebox"]["request"], chunks[-1]["fusebox"]["tokens"]
    time.sleep(0.5)
    with httpx.stream("GET", f"{gateway.url}/fusebox/v1/requests/{request}?from={tokens}", timeout=30) as response:
        assert response.status_code == 200, response.read()
        rest = [line[6:] for line in response.iter_lines() if line.startswith("data: ")]
    assert rest[-1] == "[DONE]"
    for text in rest[:-1]:
        read += json.loads(text)["choices"][0]["delta"].get("content") or ""
    whole = http.post("/v1/chat/completions", json={**body, "stream": False}).json()
    assert read == whole["choices"][0]["message"]["content"]
    unknown = http.get("/fusebox/v1/requests/" + "0" * 31 + "1")
    assert unknown.status_code == 404


def test_a_stream_that_waits_is_kept_alive(service, http, gateway):
    others = [socket_request(gateway, MANY) for _ in range(14)]
    wait_until(lambda: service.status()["queued"] >= 64)
    started = time.monotonic()
    found = lines(http, "/v1/chat/completions", {"model": "hotels", "messages": HOTEL, "max_tokens": 3})
    waited = time.monotonic() - started
    comments = [line for line in found if line.startswith(":")]
    assert waited > 10 and len(comments) == int(waited / 10), (waited, comments)
    for other in others:
        other.close()


# With the likeliest tokens beside each some two megabytes of stream.
WORDY = {**LONG, "logprobs": True, "top_logprobs": 20}


@pytest.mark.parametrize("body", [LONG, WORDY], ids=["plain", "with scores"])
def test_readers_that_stop_hold_little(stall, body):
    """256 KiB in the gateway and the front together, which never served a longer reply."""
    service = Service()
    gateway = service.gateway()
    try:
        def memory():
            return usage(gateway.pid)[1] + usage(service.front.process.pid)[1]

        # What the first replies of all leave behind is not the readers'.
        short = [socket_request(gateway, {**body, "max_tokens": 20}) for _ in range(16)]
        for reader in short:
            reader.getresponse().read()
        before = memory()
        readers = [socket_request(gateway, {**body, "ignore_eos": True, "seed": seed}) for seed in range(16)]
        wait_until(lambda: service.status()["accepted"] == 2 * 16)
        most, ends = 0, time.monotonic() + stall
        while time.monotonic() < ends:
            most = max(most, memory() - before)
            time.sleep(0.2)
        for reader in readers:
            reader.close()
    finally:
        gateway.stop()
        service.stop()
    print(f"\neach of 16 readers that stop for {stall:g} s holds {most / 16 / 1024:.0f} KiB at most")
    assert most / 16 <= 256 << 10


def test_a_reader_that_stops_does_not_slow_others(service, gateway, stall):
    """49 others get at least 90 % of the tokens that they get without it."""
    counts, isOver = [0] * 49, threading.Event()

    def read(index):
        body = {"model": "base", "messages": HOTEL, "max_tokens": 64, "stream": True, "temperature": 100}
        with httpx.Client(base_url=gateway.url, timeout=120) as client:
            while not isOver.is_set():
                with client.stream("POST", "/v1/chat/completions", json=body) as response:
                    for line in response.iter_lines():
                        counts[index] += line.startswith("data: ")

    def rate(seconds):
        before, started = sum(counts), time.monotonic()
        time.sleep(seconds)
        return (sum(counts) - before) / (time.monotonic() - started)

    threads = [threading.Thread(target=read, args=(index,)) for index in range(49)]
    for thread in threads:
        thread.start()
    try:
        rate(3)
        ratios = []
        # In turns, since a shared machine is not always as fast.
        for _ in range(3):
            before = rate(stall / 3)
            reader = socket_request(gateway, WORDY)
            during = rate(stall / 3)
            reader.close()
            after = rate(stall / 3)
            ratios.append(2 * during / (before + after))
    finally:
        isOver.set()
        for thread in threads:
            thread.join()
    print(f"\n49 others beside a reader that stops: {', '.join(f'{ratio:.2f}' for ratio in ratios)} of their tokens")
    assert sorted(ratios)[1] >= 0.9
    wait_until(lambda: service.status()["running"] == 0, 20)


def raw(gateway, data, seconds=15):
    """Sends bytes and reads until the other side ends, or for so long."""
    address = httpx.URL(gateway.url)
    with socket.create_connection((address.host, address.port), timeout=seconds) as connection:
        try:
            connection.sendall(data)
            answer = b""
            while part := connection.recv(65536):
                answer += part
                if b"\r\n\r\n" in answer:
                    break
        except (ConnectionResetError, BrokenPipeError):
            pass
        return answer.split(b"\r\n")[0]


HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"


@pytest.mark.parametrize("name, data, expected", [
    ("a header line of 1 MiB", b"GET / HTTP/1.1\r\nhost: localhost\r\nx: " + b"a" * (1 << 20) + b"\r\n\r\n", b"400"),
    ("10,000 headers", b"GET / HTTP/1.1\r\nhost: localhost\r\n" + b"a: b\r\n" * 10000 + b"\r\n", b"400"),
    ("two lengths", HEAD + b"content-length: 2\r\ncontent-length: 3\r\n\r\n{}", b"400"),
    ("a length and chunks", HEAD + b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
    ("a foreign host", b"GET /health HTTP/1.1\r\nhost: evil.example\r\n\r\n", b"403"),
    ("no host", b"GET /health HTTP/1.1\r\n\r\n", b"403"),
    ("a foreign origin", b"GET /health HTTP/1.1\r\nhost: localhost\r\norigin: https://evil.example\r\n\r\n", b"403"),
    ("text", HEAD.replace(b"application/json", b"text/plain") + b"content-length: 2\r\n\r\n{}", b"415"),
    ("100 MiB", HEAD + b"content-length: 104857600\r\n\r\n", b"413"),
    ("chunks without end", HEAD + b"transfer-encoding: chunked\r\n\r\n" + (b"10000\r\n" + b" " * 65536 + b"\r\n") * 160, b"413"),
    ("no JSON", HEAD + b"content-length: 2\r\n\r\n{]", b"400"),
    ("deep JSON", HEAD + b"content-length: 100000\r\n\r\n" + b"[" * 100000, b"400"),
    ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20 + b"\r\n\r\n", b"400"),
])
def test_hostile_input(gateway, name, data, expected):
    before = usage(gateway.pid)
    started = time.monotonic()
    status = raw(gateway, data)
    assert status.split()[1:2] == [expected], (name, status)
    assert time.monotonic() - started < 2
    after = usage(gateway.pid)
    assert after[0] - before[0] < 1, "CPU seconds"
    assert after[1] - before[1] < 64 << 20, "bytes of memory"


def usage(pid):
    """CPU seconds and bytes of memory of a process."""
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    ticks = os.sysconf("SC_CLK_TCK")
    return (int(fields[11]) + int(fields[12])) / ticks, int(fields[21]) * os.sysconf("SC_PAGE_SIZE")


def test_idle_connections_are_no_burden(http, gateway):
    """2,000 that say nothing: another client's requests take at most twice as long, or 5 ms more."""
    def p99():
        times = []
        for _ in range(100):
            started = time.monotonic()
            http.post("/fusebox/v1/route", json={"prompt": "Write a review of a hotel."}).raise_for_status()
            times.append(time.monotonic() - started)
        return sorted(times)[98]

    before, address = p99(), httpx.URL(gateway.url)
    cpu, memory = usage(gateway.pid)
    idle = [socket.create_connection((address.host, address.port)) for _ in range(2000)]
    assert p99() < max(2 * before, before + 0.005)
    after = usage(gateway.pid)
    assert after[0] - cpu < 1.5 and after[1] - memory < 128 << 20
    for connection in idle:
        connection.close()


def test_a_byte_a_second(gateway):
    address = httpx.URL(gateway.url)
    started = time.monotonic()
    with socket.create_connection((address.host, address.port), timeout=30) as connection:
        connection.settimeout(1)
        for byte in HEAD:
            try:
                connection.send(bytes([byte]))
                answer = connection.recv(100)
                break
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408"), answer
    assert 8 < time.monotonic() - started < 14


def test_killed_workers_leave_no_gap(service, http, gateway):
    body = {**LONG, "n": 8}
    whole = http.post("/v1/chat/completions", json={**body, "stream": False}).json()
    resumed = service.status()["resumed"]

    def kill():
        wait_until(lambda: service.status()["running"] == 8)
        for worker in service.status()["workers"]:
            os.kill(worker["pid"], signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    chunks = events(http, "/v1/chat/completions", body)
    thread.join()
    assert service.status()["resumed"] > resumed
    for choice in whole["choices"]:
        mine = [chunk["choices"][0] for chunk in chunks if chunk["choices"][0]["index"] == choice["index"]]
        assert "".join(part["delta"].get("content") or "" for part in mine) == choice["message"]["content"]
    wait_until(lambda: http.get("/fusebox/v1/status").json()["state"] == "serving", 20)
