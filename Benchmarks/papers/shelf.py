"""Adapters of an experiment: their rows, and their training by fusebox; what is there already is left alone."""
import argparse
import gzip
import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterable


def arguments() -> argparse.Namespace:
    """What every experiment is given."""
    parser = argparse.ArgumentParser()
    for name in ("fusebox", "model"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("data", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--epochs", type=int, default=3, help="passes over an adapter's rows; a base that knows little needs more")
    parser.add_argument("--batch", type=int, default=16, help="rows a step; few rows need smaller steps")
    parser.add_argument("--rows", type=float, default=1, help="the part of an adapter's rows to train with, for a slow base")
    parser.add_argument("--tests", type=float, default=1, help="the part of the questions to ask")
    parser.add_argument("--type", default="q8_0")
    return parser.parse_args()


@dataclass
class Shelf:
    """A folder with `data/NAME.jsonl` and `adapters/NAME` for one base."""

    fusebox: str
    model: str
    folder: Path
    #: Options of every training.
    options: list[str] = field(default_factory=list)
    threads: int | None = None

    def data(self, name: str, rows: Iterable[dict]) -> Path:
        path = self.folder / "data" / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
        return path

    def train(self, name: str, rows: Iterable[dict], *options: str) -> Path:
        path = self.folder / "adapters" / name
        data = self.data(name, rows)
        if (path / "training_state.safetensors").exists():
            options += ("--resume",)
        elif (path / "adapter_config.json").exists():
            return path
        path.parent.mkdir(exist_ok=True)
        self.run("adapters", "train", "--model", self.model, "--data", data, "--output", path, *self.options, *options, name=name)
        return path

    def combine(self, name: str, adapters: list[str], rows: Iterable[dict], *options: str) -> Path:
        path = self.folder / f"{name}.safetensors"
        data = self.data(name, rows)
        if Path(f"{path}.training").exists():
            options += ("--resume",)
        elif path.exists():
            return path
        chosen = [part for adapter in adapters for part in ("--adapter", self.folder / "adapters" / adapter)]
        self.run("adapters", "combine", "--model", self.model, *chosen, "--data", data, "--output", path, *options, name=name)
        return path

    def merge(self, name: str, method: str, parts: dict[str, float], *options: str) -> Path:
        path = self.folder / "adapters" / name
        if not (path / "adapter_config.json").exists():
            chosen = [part for adapter, weight in parts.items() for part in ("--adapter", f"{adapter}={self.folder / 'adapters' / adapter}@{weight}")]
            self.run("merge", "--model", self.model, "--method", method, *chosen, "--output", path, *options, name=name)
        return path

    def evaluate(self, suite: dict) -> None:
        """Runs a suite; its report is in `results`."""
        (self.folder / "suite.json").write_text(json.dumps({"version": 1, "adapters": "adapters", **suite}, indent=1))
        threads = [] if self.threads is None else ["--threads", self.threads]
        self.run("evaluate", "--suite", self.folder / "suite.json", "--model", self.model, "--output", self.folder / "results", *threads, name="evaluate")

    def run(self, *command: object, name: str) -> None:
        print(f"-- {name}", flush=True)
        subprocess.run([self.fusebox, *map(str, command)], check=True)


def rows_of(path: Path) -> list[dict]:
    """The rows of a file of JSON lines, compressed or not."""
    opened = gzip.open(path, "rt") if path.suffix == ".gz" else path.open()
    with opened as file:
        return [json.loads(line) for line in file]
