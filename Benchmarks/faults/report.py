"""What a script has measured, and whether a promise broke."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

#: Broken promises that are told one by one.
TOLD = 20


@dataclass
class Report:
    """Figures by name, in order, and what broke."""

    figures: dict[str, Any] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def expect(self, is_kept: bool, words: str) -> None:
        """Takes down a promise that was not kept."""
        if not is_kept:
            self.broken.append(words)

    def finish(self, as_json: bool) -> NoReturn:
        """Prints it, and ends the process: with 1 when something broke."""
        if as_json:
            print(json.dumps({"figures": self.figures, "broken": self.broken}))
        else:
            print("| what | figure |\n|---|---|")
            for name, figure in self.figures.items():
                print(f"| {name} | {figure} |")
            for words in self.broken[:TOLD]:
                print(f"broken: {words}")
            if len(self.broken) > TOLD:
                print(f"broken: {len(self.broken) - TOLD} more")
        sys.exit(1 if self.broken else 0)


def parser(words: str | None) -> argparse.ArgumentParser:
    """With what all scripts take."""
    made = argparse.ArgumentParser(
        description=words, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--fusebox", type=Path, required=True)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--json", action="store_true")
    return made


def percentile(values: Sequence[float], share: float) -> float:
    """0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def spread(seconds: Sequence[float], unit: str = "s") -> str:
    """Median, 99th percentile and slowest."""
    if not seconds:
        return "none"
    scale = 1000 if unit == "ms" else 1
    three = (statistics.median(seconds), percentile(seconds, 0.99), max(seconds))
    digits = 0 if unit == "ms" else 2
    return "p50 / p99 / max " + " / ".join(f"{scale * each:.{digits}f}" for each in three) + f" {unit}"
