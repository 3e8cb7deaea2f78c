"""SQLite's write-ahead log (sqlite.org/fileformat.html, section 4) and what may happen to it."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")

Damage = Callable[[bytes, random.Random], bytes]


def committed_end(log: bytes) -> int:
    """The byte after the last frame that ends a transaction; what follows was never promised."""
    if len(log) < _HEADER.size:
        return 0
    header = _HEADER.unpack_from(log)
    page_size, salts = header[2], header[4:6]
    end = offset = _HEADER.size
    step = _FRAME.size + page_size
    while offset + step <= len(log):
        frame = _FRAME.unpack_from(log, offset)
        # Behind the newest frames are those of before the last checkpoint, under other salts.
        if frame[2:4] != salts:
            break
        offset += step
        if frame[1]:
            end = offset
    return end


def whole(log: bytes, rng: random.Random) -> bytes:
    """nothing but the kill"""
    return log


def half_transaction(log: bytes, rng: random.Random) -> bytes:
    """noise after the last commit, as of a write that power did not last for"""
    end = committed_end(log)
    return log[:end] + rng.randbytes(rng.randrange(1, 20_000)) if end else log


def without_tail(log: bytes, rng: random.Random) -> bytes:
    """cut after the last commit, or within what follows it"""
    end = committed_end(log)
    return log[: rng.randint(end, len(log))]


def cut(log: bytes, rng: random.Random) -> bytes:
    """cut anywhere before the last commit"""
    return log[: rng.randrange(committed_end(log) + 1)]


def flipped(log: bytes, rng: random.Random) -> bytes:
    """one bit turned, anywhere before the last commit"""
    end = committed_end(log)
    if not end:
        return log
    changed = bytearray(log)
    changed[rng.randrange(end)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def garbled(log: bytes, rng: random.Random) -> bytes:
    """noise from anywhere before the last commit to the end"""
    start = rng.randrange(committed_end(log) + 1)
    return log[:start] + rng.randbytes(len(log) - start)


def write_damaged(journal: Path, copy: Path, damage: Damage, rng: random.Random) -> None:
    """Copies a journal that nobody has open, with its log damaged."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(journal.read_bytes())
    log = journal.with_name(journal.name + "-wal")
    if log.exists():
        copy.with_name(copy.name + "-wal").write_bytes(damage(log.read_bytes(), rng))


#: All that was synchronized is still there afterwards.
HARMLESS: tuple[Damage, ...] = (whole, half_transaction, without_tail)
#: The disk has lost what it had said was written: the end may be missing, and nothing else.
HARMFUL: tuple[Damage, ...] = (cut, flipped, garbled)
