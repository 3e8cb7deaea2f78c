"""`fusebox serve --http` and `fusebox keys`."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

import httpx
import openai
import pytest

from service import FUSEBOX, GATEWAY, ROOT, Process
from streams import HOTEL


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def path(monkeypatch):
    """Where the gateway is that is tested."""
    monkeypatch.setenv("PATH", f"{pathlib.Path(GATEWAY).parent}:{os.environ['PATH']}")


def serve(tmp_path, port, *arguments):
    process = Process(
        [FUSEBOX, "serve", "--bind", f"ipc://{tmp_path}/front.sock", "--workers", "1", "--threads-per-worker", "1", "--model",
         "Demo/base", "--adapters", "Demo/adapters", "--router", "Router", "--no-image", "--http", f"127.0.0.1:{port}",
         "--journal", f"{tmp_path}/journal.sqlite",
         *arguments], str(tmp_path / "serve.log"))
    process.wait_for("http: .*serving at http")
    return process


def gateways(tmp_path):
    result = []
    for folder in pathlib.Path("/proc").iterdir():
        try:
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
        except (OSError, NotADirectoryError):
            continue
        if arguments[0].endswith(b"fusebox-http") and f"ipc://{tmp_path}/front.sock".encode() in arguments:
            result.append(int(folder.name))
    return result


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.05)


def answers(port):
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
    except httpx.TransportError:
        return False


def test_it_is_kept_running(tmp_path, port, path):
    process = serve(tmp_path, port)
    try:
        wait_until(lambda: answers(port))
        client = openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="none")
        assert client.chat.completions.create(model="auto", messages=HOTEL, max_tokens=3).choices
        first = gateways(tmp_path)
        os.kill(first[0], signal.SIGKILL)
        wait_until(lambda: answers(port) and gateways(tmp_path) not in ([], first))
    finally:
        process.stop()
    assert process.process.returncode == 0 and gateways(tmp_path) == []


def test_it_does_not_outlive_a_service_that_is_killed(tmp_path, port, path):
    process = serve(tmp_path, port)
    process.process.kill()
    process.process.wait()
    wait_until(lambda: gateways(tmp_path) == [])


def test_it_says_how_to_build_it(tmp_path):
    program = shutil.copy(FUSEBOX, tmp_path / "fusebox")
    result = subprocess.run(
        [program, "serve", "--http", "--model", ROOT / "Demo/base"], capture_output=True, text=True, cwd=tmp_path, timeout=20)
    assert result.returncode == 1 and "make gateway" in result.stderr and len(result.stderr.splitlines()) == 1


def test_it_may_be_let_change_adapters(tmp_path, port, path):
    shelf = f"http://127.0.0.1:{port}/fusebox/v1/adapters"
    for arguments, status in ([], 403), (["--allow-adapter-changes"], 200):
        process = serve(tmp_path, port, "--state", str(tmp_path / "state"), *arguments)
        try:
            wait_until(lambda: answers(port))
            assert httpx.delete(f"{shelf}/hotels").status_code == status
        finally:
            process.stop()


def test_keys(tmp_path, port, path):
    file = tmp_path / "keys.json"

    def keys(*arguments):
        return subprocess.run([FUSEBOX, "keys", *arguments, "--file", file], capture_output=True, text=True)

    key = keys("new", "me").stdout.strip()
    assert key.startswith("fusebox-") and file.stat().st_mode & 0o777 == 0o600 and key not in file.read_text()
    assert keys("new", "me").returncode == 1
    assert keys("list").stdout.split()[1:] == ["me"]
    process = serve(tmp_path, port, "--api-keys", str(file))
    try:
        wait_until(lambda: answers(port))
        models = lambda: httpx.get(
            f"http://127.0.0.1:{port}/v1/models", headers={"authorization": f"Bearer {key}"}).status_code
        assert models() == 200
        assert keys("revoke", "me").returncode == 0 and keys("revoke", "me").returncode == 1
        wait_until(lambda: models() == 401, 3)
    finally:
        process.stop()
