"""A service with the demo's base and a gateway in front of it, as processes of their own."""

import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

import httpx

ROOT = pathlib.Path(__file__).resolve().parents[2]
FUSEBOX = os.environ.get("FUSEBOX", str(ROOT / ".build/release/fusebox"))
GATEWAY = os.environ.get("FUSEBOX_HTTP", str(ROOT / "Gateway/.build/release/fusebox-http"))


class Process:
    """A program whose standard error is kept, and that ends with this object."""

    def __init__(self, arguments, log):
        self.log = log
        with open(log, "wb") as file:
            self.process = subprocess.Popen(arguments, stderr=file, stdout=file, cwd=ROOT)

    def wait_for(self, pattern, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := re.search(pattern, pathlib.Path(self.log).read_text()):
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"{self.process.args[0]}: {pathlib.Path(self.log).read_text()}")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Service:
    """`fusebox serve` on the demo, without a gateway."""

    def __init__(self, workers=2, arguments=()):
        self.folder = tempfile.TemporaryDirectory(prefix="fusebox-http-")
        self.endpoint = f"ipc://{self.folder.name}/front.sock"
        self.front = Process(
            [FUSEBOX, "serve", "--bind", self.endpoint, "--workers", str(workers), "--threads-per-worker", "1",
             "--model", "Demo/base", "--adapters", "Demo/adapters", "--router", "Router", "--no-image",
             "--journal", f"{self.folder.name}/journal.sqlite", *arguments],
            f"{self.folder.name}/front.log")
        self.front.wait_for("serving at")

    def gateway(self, *arguments, address="127.0.0.1:0", name="gateway"):
        return Gateway(self, name, address, arguments)

    def status(self):
        """What the front says at this moment."""
        arguments = [FUSEBOX, "status", "--connect", self.endpoint, "--json"]
        return json.loads(subprocess.run(arguments, capture_output=True, check=True).stdout)

    def stop(self):
        self.front.stop()
        self.folder.cleanup()


class Gateway:
    """`fusebox-http` in front of a service; it is ready when this is made."""

    def __init__(self, service, name, address, arguments):
        self.process = Process(
            [GATEWAY, "--connect", service.endpoint, "--address", address, *arguments],
            f"{service.folder.name}/{name}.log")
        self.url = self.process.wait_for(r"serving at (http://\S+)").group(1)
        deadline = time.monotonic() + 10
        while httpx.get(self.url + "/health").status_code != 200:
            if time.monotonic() > deadline:
                raise RuntimeError("the gateway does not become ready")
            time.sleep(0.05)

    @property
    def pid(self):
        return self.process.process.pid

    def stop(self):
        self.process.stop()
