"""Where the service listens by default, and whether that place can be trusted."""

from __future__ import annotations

import os
import stat

from fusebox_client.errors import Untrusted


def default_directory() -> str:
    """The user's runtime directory, or a stand-in for it where the system has none."""
    directory = os.environ.get("XDG_RUNTIME_DIR", "")
    return directory if directory.startswith("/") else f"/tmp/fusebox-{os.getuid()}"


def default_endpoint() -> str:
    """Where the service listens unless it is told otherwise."""
    return f"ipc://{default_directory()}/fusebox.sock"


def check_directory(directory: str) -> None:
    """Untrusted where somebody else could listen in the directory; a missing one is none's.

    A prompt may be private, and `/tmp` is everybody's: another user may have made the directory
    first, to answer in the service's place.
    """
    try:
        # A slash at the end would follow a link.
        state = os.lstat(directory.rstrip("/") or "/")
    except OSError:
        return
    mode = stat.S_IMODE(state.st_mode)
    if not stat.S_ISDIR(state.st_mode):
        wrong = "is no directory"
    elif state.st_uid != os.getuid():
        wrong = f"belongs to user {state.st_uid}, not to {os.getuid()}"
    elif mode & 0o077:
        wrong = f"has mode {mode:04o}, which lets others in"
    else:
        return
    raise Untrusted(
        f"{directory} {wrong}: somebody else could answer as the service there; "
        "make it yours alone (chmod 700) or name an endpoint"
    )
