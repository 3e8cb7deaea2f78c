"""Names of the wire's enumerators."""

from __future__ import annotations

from typing import Any


def enum_name(enum: Any, value: int, prefix: str) -> str:
    """Such as "not_found"; a newer service may have enumerators without a name here."""
    try:
        name: str = enum.Name(value)
    except ValueError:
        return f"unknown_{value}"
    return name.removeprefix(prefix).lower()
