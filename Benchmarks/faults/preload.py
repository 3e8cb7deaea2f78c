"""C files that are compiled and put between a service and the machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Preload:
    """One of them, with the number that it goes by, which may change at any time."""

    def __init__(self, name: str, folder: Path) -> None:
        """LookupError where there is no C compiler."""
        compiler = shutil.which("cc") or shutil.which("clang")
        if compiler is None:
            raise LookupError("there is no C compiler")
        library = folder / f"{name}.so"
        source = HERE / f"{name}.c"
        command = [compiler, "-O1", "-shared", "-fPIC", str(source), "-o", str(library), "-ldl"]
        subprocess.run(command, check=True)
        self._file = folder / name
        self._file.write_bytes(bytes(8))
        self.environment = {"LD_PRELOAD": str(library), f"FAULTS_{name.upper()}": str(self._file)}

    def set(self, number: int) -> None:
        """For all processes at once."""
        with self._file.open("r+b") as file:
            file.write(number.to_bytes(8, "little", signed=True))
