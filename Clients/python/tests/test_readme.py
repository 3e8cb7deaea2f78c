"""The README's examples as they stand there, against the service that it starts."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_service import RunningService, needs_program

README = Path(__file__).resolve().parents[1] / "README.md"


def blocks(language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    needs_program()
    (command,) = blocks("sh")
    program, *arguments = shlex.split(command)
    assert program == "fusebox"
    with RunningService(arguments) as running:
        yield running


@pytest.mark.parametrize("example", blocks("python"))
def test_an_example_runs(service: RunningService, example: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", example],
        env={
            **os.environ,
            "XDG_RUNTIME_DIR": service.runtime_directory,
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_both_clients_are_shown() -> None:
    assert len(blocks("python")) == 2
