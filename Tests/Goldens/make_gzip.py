"""Gzip files of every kind of block and header, compressed by Python's zlib: make_gzip.py FOLDER."""

import gzip
import hashlib
import json
import random
import struct
import sys
import zlib
from pathlib import Path


def words(seed: int, count: int) -> bytes:
    source = random.Random(seed)
    letters = "etaoinshrdlu"
    text = ["".join(source.choices(letters, k=source.randint(1, 7))) for _ in range(count)]
    return " ".join(text).encode()


def member(content: bytes, level: int = 9, strategy: int = zlib.Z_DEFAULT_STRATEGY, flags: int = 0) -> bytes:
    """A member with the optional fields that the flags ask for."""
    header = b"\x1f\x8b\x08" + bytes([flags]) + bytes(4) + b"\x02\x03"
    if flags & 4:
        header += struct.pack("<H", 6) + b"AB\x02\x00hi"
    if flags & 8:
        header += b"rows.jsonl\0"
    if flags & 16:
        header += b"made for a test\0"
    if flags & 2:
        header += struct.pack("<H", zlib.crc32(header) & 0xFFFF)
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15, 8, strategy)
    body = deflate.compress(content) + deflate.flush()
    return header + body + struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = words(1, 600)
    # A copy from as far back as deflate reaches.
    far = text[:1000] + bytes(31_700) + text[:1000]
    files = {
        "empty": (b"", member(b"")),
        "stored": (text[:700], member(text[:700], level=0)),
        "fixed": (text, member(text, strategy=zlib.Z_FIXED)),
        "dynamic": (text, member(text)),
        "huffman": (text, member(text, strategy=zlib.Z_HUFFMAN_ONLY)),
        "far": (far, member(far)),
        "run": (b"a" * 300_000, member(b"a" * 300_000)),
        "header": (text[:300], member(text[:300], flags=2 + 4 + 8 + 16)),
        "members": (text, member(text[:900]) + member(b"") + member(text[900:]) + bytes(12)),
        "python": (text, gzip.compress(text, mtime=0)),
    }
    expected = {}
    for name, (content, compressed) in files.items():
        assert gzip.decompress(compressed) == content
        (folder / f"{name}.gz").write_bytes(compressed)
        expected[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
