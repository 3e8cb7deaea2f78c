"""Damage is where it is said to be, by a log that SQLite writes."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import wal

ROWS = 20


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A database as a process leaves it that was killed: with a log that nobody took over."""
    source, left = tmp_path / "source", tmp_path / "left"
    with closing(sqlite3.connect(source)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE rows (number)")
        for number in range(ROWS):
            database.execute("INSERT INTO rows VALUES (?)", (number,))
            database.commit()
        wal.write_damaged(source, left, wal.whole, random.Random(1))
    return left


def rows(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as database:
        return [number for (number,) in database.execute("SELECT number FROM rows ORDER BY number")]


def test_the_log_ends_with_a_commit(journal: Path) -> None:
    log = journal.with_name("left-wal").read_bytes()
    assert wal.committed_end(log) == len(log)
    assert wal.committed_end(log[:-1]) < len(log) - 1
    assert wal.committed_end(log + bytes(50_000)) == len(log)
    assert wal.committed_end(b"") == 0


@pytest.mark.parametrize("seed", range(20))
def test_harmless_damage_loses_nothing(journal: Path, tmp_path: Path, seed: int) -> None:
    for index, damage in enumerate(wal.HARMLESS):
        torn = tmp_path / f"torn-{index}"
        wal.write_damaged(journal, torn, damage, random.Random(seed))
        assert rows(torn) == list(range(ROWS))


@pytest.mark.parametrize("seed", range(20))
def test_harmful_damage_loses_the_end(journal: Path, tmp_path: Path, seed: int) -> None:
    for index, damage in enumerate(wal.HARMFUL):
        torn = tmp_path / f"torn-{index}"
        wal.write_damaged(journal, torn, damage, random.Random(seed))
        try:
            left = rows(torn)
        except sqlite3.OperationalError:
            continue  # The table itself was only in the log.
        assert left == list(range(len(left)))
