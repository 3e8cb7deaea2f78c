#!/usr/bin/env python3
"""Runs every block of Docs that is marked `console`, against the built product.

    Docs/test.py BINARY [FILE ...]

A line that begins with `$ ` is a command, with what follows it as long as a line ends in a backslash or a here-document is open.
Lines after a command are what it prints: `...` stands for anything in a line, a line of `...` for any lines; without such lines
nothing is compared. A command has to succeed. One that ends in `&` runs on, and has to print within a minute what stands there.
The commands of a file share one shell, in a folder of their own that looks like the top of the repository. Words after `console`
name programs and Python modules without which the block is skipped, and says so.
"""

import contextlib
import importlib.util
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

DOCS = pathlib.Path(__file__).resolve().parent
ROOT = DOCS.parent
BLOCK = re.compile(r"^```console *(.*)\n((?:.*\n)*?)```$", re.MULTILINE)
HERE = re.compile(r"<<-?\s*['\"]?(\w+)")
PATIENCE = 60


def commands(block):
    """Pairs of a command and the lines that it prints."""
    lines, pairs = iter(block.splitlines()), []
    for line in lines:
        if not line.startswith("$ "):
            pairs[-1][1].append(line)
            continue
        text = line[2:]
        if here := HERE.search(text):
            while line.strip() != here[1]:
                line = next(lines)
                text += "\n" + line
        while line.endswith("\\"):
            line = next(lines)
            text += "\n" + line
        pairs.append((text, []))
    return pairs


def pattern(lines):
    """A regular expression of expected lines."""
    return re.compile("".join(
        r"(?:.*\n)*?" if line == "..." else re.escape(line.rstrip()).replace(r"\.\.\.", ".*") + r" *\n" for line in lines))


def missing(words):
    """Those that are neither a program nor a module of this Python."""
    absent = []
    for word in words:
        with contextlib.suppress(ModuleNotFoundError):
            if shutil.which(word) or importlib.util.find_spec(word):
                continue
        absent.append(word)
    return absent


class Session:
    """A shell in a temporary folder; what it started ends with it."""

    def __init__(self, binary, cache):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fusebox-docs-"))
        self.work = self.folder / "work"
        for name in ("bin", "run", "work"):
            (self.folder / name).mkdir(mode=0o700)
        for entry in ROOT.iterdir():
            if not entry.name.startswith("."):
                (self.work / entry.name).symlink_to(entry)
        (self.folder / "bin/fusebox").symlink_to(binary)
        search = [self.folder / "bin", pathlib.Path(sys.executable).parent, os.environ["PATH"], "/usr/sbin"]
        environment = os.environ | {
            "PATH": os.pathsep.join(map(str, search)), "XDG_RUNTIME_DIR": str(self.folder / "run"), "XDG_CACHE_HOME": cache,
            "XDG_STATE_HOME": str(self.folder / "state"),
            "NO_COLOR": "1", "PYTHONPATH": str(ROOT / "Clients/python/src"), "PYTHONDONTWRITEBYTECODE": "1"}
        self.shell = subprocess.Popen(["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                      text=True, cwd=self.work, env=environment, start_new_session=True)
        self.count = 0

    def run(self, command):
        """The exit status, and the file to which the command prints, perhaps on."""
        self.count += 1
        script, output = (self.folder / f"{self.count}.{kind}" for kind in ("sh", "out"))
        script.write_text(command + "\n")
        self.shell.stdin.write(f"source {script} >{output} 2>&1 </dev/null; echo status $?\n")
        self.shell.stdin.flush()
        answer = self.shell.stdout.readline().split()
        return int(answer[1]) if answer else 1, output

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.shell.pid, signal.SIGTERM)
            self.shell.wait()
            time.sleep(1)
            os.killpg(self.shell.pid, signal.SIGKILL)
        shutil.rmtree(self.folder)


def check(session, command, lines):
    """What is wrong, or nothing."""
    status, output = session.run(command)
    if status != 0:
        return f"status {status}\n{output.read_text()}"
    runs_on = command.endswith("&")
    deadline = time.monotonic() + (PATIENCE if runs_on else 0)
    is_right = pattern(lines).match if runs_on else pattern(lines).fullmatch
    while lines and not is_right(text := output.read_text().strip("\n") + "\n"):
        if time.monotonic() > deadline:
            return "printed\n" + text
        time.sleep(0.1)
    return None


def main():
    binary, *names = sys.argv[1:]
    binary = pathlib.Path(binary).resolve(strict=True)
    files = [pathlib.Path(name).resolve() for name in names] or sorted(DOCS.rglob("*.md"))
    started, failures, ran = time.monotonic(), 0, 0
    with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", 8000)):
        sys.exit("something listens at port 8000, which the examples use")
    with tempfile.TemporaryDirectory(prefix="fusebox-docs-cache-") as cache:
        for file in files:
            begun, blocks = time.monotonic(), []
            for words, block in BLOCK.findall(file.read_text()):
                if absent := missing(shlex.split(words)):
                    print(f"{file.relative_to(ROOT)}: a block needs {' and '.join(absent)}: skipped", flush=True)
                else:
                    blocks += commands(block)
            if not blocks:
                continue
            with contextlib.closing(Session(binary, cache)) as session:
                for command, lines in blocks:
                    ran += 1
                    if fault := check(session, command, lines):
                        failures += 1
                        print(f"{file.relative_to(ROOT)}: $ {command}\n{fault}", flush=True)
            print(f"{file.relative_to(ROOT)}: {time.monotonic() - begun:.1f} s", flush=True)
    print(f"{ran} commands, {failures} failed, {time.monotonic() - started:.0f} s")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
