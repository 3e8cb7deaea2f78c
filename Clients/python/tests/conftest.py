"""An endpoint of the test's own, and fronts that end with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_front import FakeFront


@pytest.fixture
def endpoint(tmp_path: Path) -> str:
    return f"ipc://{tmp_path}/front.sock"


@pytest.fixture
def front(endpoint: str) -> Iterator[Callable[..., FakeFront]]:
    fronts: list[FakeFront] = []

    def make(**behaviour: Any) -> FakeFront:
        fronts.append(FakeFront(endpoint, **behaviour))
        return fronts[-1]

    yield make
    for made in fronts:
        made.stop()
