"""Keys, which any address but this machine's asks for."""

import hashlib
import json
import os
import subprocess
import time

import httpx
import openai
import pytest

import service as processes
from streams import HOTEL


@pytest.fixture
def keys(tmp_path):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [
        {"name": "me", "sha256": hashlib.sha256(b"fusebox-secret").hexdigest(), "created": "2026-11-29"}]}))
    path.chmod(0o600)
    return path


def test_keys(service, keys):
    gateway = service.gateway("--api-keys", str(keys), address="0.0.0.0:0", name="keys")
    url = gateway.url.replace("0.0.0.0", "127.0.0.1")
    try:
        assert httpx.get(url + "/health").status_code == 200
        for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic fusebox-secret"}):
            response = httpx.get(url + "/v1/models", headers=headers)
            assert response.status_code == 401 and response.json()["error"]["code"] == "unauthorized"
            assert response.headers["x-should-retry"] == "false"
        client = openai.OpenAI(base_url=url + "/v1", api_key="fusebox-secret", max_retries=0)
        assert client.chat.completions.create(model="base", messages=HOTEL, max_tokens=2).choices
        keys.write_text('{"keys": []}')
        time.sleep(1.2)
        with pytest.raises(openai.AuthenticationError):
            client.models.list()
    finally:
        gateway.stop()


def test_every_key_may_change_adapters_where_it_is_allowed(service, keys):
    for arguments, status in ([], 403), (["--allow-adapter-changes"], 400):
        gateway = service.gateway("--api-keys", str(keys), *arguments, name=f"changes-{status}")
        try:
            hotels = gateway.url + "/fusebox/v1/adapters/hotels"
            assert httpx.delete(hotels).status_code == 401
            response = httpx.delete(hotels, headers={"authorization": "Bearer fusebox-secret"})
            # The service has no --state.
            assert response.status_code == status
        finally:
            gateway.stop()


def start(service, *arguments):
    return subprocess.run(
        [processes.GATEWAY, "--connect", service.endpoint, *arguments], capture_output=True, text=True, timeout=10)


def test_what_is_unsafe_does_not_start(service, keys):
    refused = start(service, "--address", "0.0.0.0:0")
    assert refused.returncode == 1 and "--api-keys" in refused.stderr
    os.chmod(keys, 0o644)
    refused = start(service, "--api-keys", str(keys), "--address", "0.0.0.0:0")
    assert refused.returncode == 1 and "chmod 600" in refused.stderr
