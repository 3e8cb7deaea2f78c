"""Where the client looks for the service, and what it makes of others there."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from socket import AF_UNIX, SOCK_STREAM, socket

import pytest
from fake_front import FakeFront

from fusebox_client import Client, Unreachable, Untrusted, default_endpoint


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's runtime directory, which is not there yet."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", f"{tmp_path}/run")
    return tmp_path / "run"


def test_the_default_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
    assert default_endpoint() == "ipc:///run/user/7/fusebox.sock"
    for unusable in ("", "run/user/7"):
        monkeypatch.setenv("XDG_RUNTIME_DIR", unusable)
        assert default_endpoint() == f"ipc:///tmp/fusebox-{os.getuid()}/fusebox.sock"


def test_a_directory_of_this_users_alone_is_trusted(directory: Path) -> None:
    directory.mkdir(mode=0o700)
    front = FakeFront(default_endpoint())
    with Client() as service:
        assert service.status().version == "test"
    front.stop()


def test_a_missing_directory_is_a_missing_service(directory: Path) -> None:
    with Client(connect_timeout=0.2) as service, pytest.raises(Unreachable):
        service.status()


def test_a_directory_that_others_may_enter_is_not_trusted(directory: Path) -> None:
    directory.mkdir()
    directory.chmod(0o750)
    with pytest.raises(Untrusted, match=f"{directory} has mode 0750.*chmod 700.*endpoint"):
        Client()
    with Client(default_endpoint()):
        pass  # Who names an endpoint answers for it.


def test_a_directory_of_another_user_is_not_trusted(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory.mkdir(mode=0o700)
    owner = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    with pytest.raises(Untrusted, match=f"belongs to user {owner}, not to {owner + 1}"):
        Client()


@pytest.mark.parametrize("end", ["", "/"])
def test_a_link_is_not_trusted(
    directory: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    directory.mkdir(mode=0o700)
    link = directory.with_name("link")
    link.symlink_to(directory)
    monkeypatch.setenv("XDG_RUNTIME_DIR", f"{link}{end}")
    with pytest.raises(Untrusted, match="is no directory"):
        Client()


def test_a_directory_that_is_made_later_is_looked_at(directory: Path) -> None:
    with Client() as service:
        directory.mkdir()
        directory.chmod(0o755)
        front = FakeFront(default_endpoint())
        with pytest.raises(Untrusted):
            service.status()
        front.stop()
        assert not front.log


def test_a_peer_that_hangs_up_is_tried_again(tmp_path: Path) -> None:
    def hang_up() -> None:
        listener.accept()[0].close()
        listener.close()

    listener = socket(AF_UNIX, SOCK_STREAM)
    listener.bind(f"{tmp_path}/front.sock")
    listener.listen()
    thread = threading.Thread(target=hang_up)
    thread.start()
    with Client(f"ipc://{tmp_path}/front.sock") as service:
        thread.join()
        front = FakeFront(service.endpoint)
        assert service.generate("3").text == "w0 w1 w2 "
        front.stop()
