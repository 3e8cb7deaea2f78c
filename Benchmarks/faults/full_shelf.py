"""What a service does that can keep no adapters any more: the folder of `--state` cannot be written.

    python Benchmarks/faults/full_shelf.py --fusebox .build/release/fusebox [--json]

On the disks of `disk_full.py`. While writing fails, each change has to be refused with the reason, what was served is
served, and `adapters list` is what it was, also of a front that was killed and begins again. Afterwards the same changes
are made, and nothing is left of those that failed. Exits with 1 otherwise.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import report
from disk_full import Disk, disks
from service import ROOT, Service

from fusebox_client import Client

SHELF = ROOT / "Demo/adapters"
#: The last two need no copy, but have to be written down.
CHANGES = (
    ("replace", "hotels", str(SHELF / "books")),
    ("add", "more", str(SHELF / "movies")),
    ("remove", "phones"),
    ("rollback", "positive"),
)


class Trial:
    """One kind of failure."""

    def __init__(self, program: Path) -> None:
        self._program = program
        self.refused = 0
        self.seconds: list[float] = []
        self.broken: list[str] = []

    def run(self, disk: Disk) -> None:
        state = disk.folder / "state"
        arguments = ["--state", str(state)]
        with Service(self._program, arguments=arguments, environment=disk.environment) as service:
            self._expect(not self._change(service, "replace", "positive", str(SHELF / "negative")))
            before = self._served(service)
            disk.fail()
            self._refuse(service, before)
            service.kill()
            service.start()
            service.wait_for_workers()
            self._refuse(service, before)
            disk.mend()
            for change in CHANGES:
                start = time.monotonic()
                problem = self._change(service, *change)
                self.seconds.append(time.monotonic() - start)
                self._expect(not problem, f"{change[0]} once the disk is well: {problem}")
            names = {adapter["name"] for adapter in self._served(service)["adapters"]}
            self._expect("more" in names and "phones" not in names, "what was changed is not served")
        left = [str(path) for path in _remains(state)]
        self._expect(not left, f"something is left of what failed: {left}")

    def _refuse(self, service: Service, before: dict[str, Any]) -> None:
        for change in CHANGES:
            problem = self._change(service, *change)
            self._expect(service.lives, f"the front ended: {service.last_words}")
            self._expect("cannot be" in problem, f"{change[0]} while writing fails: {problem or 'made'}")
            self.refused += bool(problem)
        self._expect(self._served(service) == before, "what is served has changed")
        with Client(service.endpoint) as client:
            client.submit("Tell me about a hotel.", select={"hotels": 1}, max_tokens=4).result()

    def _change(self, service: Service, *arguments: str) -> str:
        """Why it was refused; empty: it was made."""
        process = self._command(service, *arguments)
        return process.stderr.strip() if process.returncode else ""

    def _served(self, service: Service) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self._command(service, "list", "--json").stdout)
        kept = ("name", "digest", "generation", "previous")
        adapters = [{key: adapter[key] for key in kept} for adapter in document["adapters"]]
        return {"revision": document["revision"], "adapters": adapters}

    def _command(self, service: Service, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(self._program.resolve()), "adapters", *arguments, "--connect", service.endpoint]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    def _expect(self, is_kept: bool, words: str = "a change failed on a disk that is well") -> None:
        if not is_kept:
            self.broken.append(words)


def _remains(state: Path) -> Iterator[Path]:
    """Files of copies that were begun, and adapters that no generation has."""
    text = (state / "registry.json").read_text()
    for path in state.rglob("*"):
        if path.name.endswith(".partial") or path.name.startswith("incoming-"):
            yield path
        elif path.parent.name == "adapters" and path.stem not in text:
            yield path


def main() -> None:
    options = report.parser(__doc__).parse_args()
    result = report.Report()
    for name, make in disks().items():
        with tempfile.TemporaryDirectory() as folder, make(Path(folder)) as disk:
            trial = Trial(options.fusebox)
            trial.run(disk)
        result.figures[name] = (
            f"{trial.refused} changes refused while writing failed; afterwards made "
            f"{report.spread(trial.seconds)}; broken: {len(trial.broken)}"
        )
        result.broken += [f"{name}: {words}" for words in trial.broken]
    result.finish(options.json)


if __name__ == "__main__":
    main()
