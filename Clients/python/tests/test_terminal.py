"""What commands write where: on a terminal, into a pipe, without colour, on a dumb terminal, in 40 columns."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from running_service import DEMO_ARGUMENTS, PROGRAM, RunningService, needs_program
from terminal import ESCAPE, Surroundings, Terminal, plain, screen, transcript

SURROUNDINGS = {
    "terminal": Surroundings(),
    "pipe": Surroundings(is_terminal=False),
    "NO_COLOR": Surroundings(environment={"NO_COLOR": "1"}),
    "TERM=dumb": Surroundings(environment={"TERM": "dumb"}),
    "40 columns": Surroundings(columns=40),
}
COLOURED = ("terminal", "40 columns")

Run = Callable[..., str]


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    needs_program()
    with RunningService() as running:
        yield running


@pytest.fixture(params=SURROUNDINGS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def run(service: RunningService, name: str) -> Run:
    def command(*arguments: str, **variables: str) -> str:
        environment = {"XDG_RUNTIME_DIR": service.runtime_directory, **variables}
        return transcript(arguments, SURROUNDINGS[name], environment)

    return command


def normalized(text: str) -> str:
    """Numbers are 0, digests are D."""
    text = re.sub(r"\b[0-9a-f]{12,}\b", "D", text)
    return re.sub(r"\d+(\.\d+)*", "0", text)


def test_status(run: Run) -> None:
    lines = normalized(run("status")).splitlines()
    assert lines[:3] == [
        "fusebox 0, serving, model base, base D, router D",
        "requests: 0 running, 0 queued, 0 accepted, 0 finished, 0 failed, 0 resumed, 0 refused",
        "connections: 0 open, 0 refused, 0 cut, 0 bytes buffered",
    ]
    worker = [
        "worker-0: ready, process 0, 0 restarts, 0 of 0 slots, 0 tokens in 0 steps",
        "worker-0: 0 prompt tokens, 0 of them (0 %) from the prefix cache of 0, 0 blocks evicted",
    ]
    assert lines[3].startswith("journal: /") and lines[3].endswith(".sqlite")
    assert lines[4:] == worker * 2


def test_ask(run: Run, name: str) -> None:
    ask = ["ask", "--select", "hotels=0.75", "--temperature", "0", "--max-tokens", "12"]
    output = run(*ask, "Write a review of a hotel.")
    reply, *legend = plain(output).splitlines()
    assert reply and output.endswith("\n")
    if name in COLOURED:
        assert output.startswith("\x1b[36m") and legend == ["\u25a0 hotels 0.75"]
    else:
        assert not ESCAPE.search(output) and legend == []


def test_a_question_that_is_refused_is_a_line(run: Run) -> None:
    output = run("ask", "--select", "nobody", "Hello.")
    assert output.startswith("fusebox: ") and output.count("\n") == 1 and not ESCAPE.search(output)


def test_doctor(run: Run) -> None:
    output = run("doctor", "--no-image", XDG_RUNTIME_DIR=tempfile.gettempdir())
    assert not ESCAPE.search(output)
    for line in output.splitlines():
        assert re.fullmatch(r"(ok|warning|fault) +[a-z]+ +\S.*| {20}\$ .+", line), line
    subjects = [line[9:20].strip() for line in output.splitlines() if line[0] != " "]
    assert [subject for subject in subjects if subject in ("model", "adapters", "router")]


def test_top_once(run: Run, name: str) -> None:
    output = run("top", "--once")
    assert bool(ESCAPE.search(output)) == (name in COLOURED)
    assert set(re.findall(r"\x1b\[(.*?)([A-Za-z])", output)) <= {
        (number, "m") for number in ("0", "1", "2", "31", "32", "33", "36")
    }
    text = plain(output)
    assert max(map(len, text.splitlines())) <= (40 if name == "40 columns" else 80)
    assert text.startswith("fusebox 0.1.0  serving  ") and "\ntokens/s        0\n" in strip(text)
    if name not in COLOURED:
        assert text.isascii()
        assert re.search(r"\n\nworker-0  ready  0 of \d+ slots.*\n  \.+\n", text)


def test_top_into_a_narrow_pipe(service: RunningService) -> None:
    where = Surroundings(is_terminal=False, environment={"COLUMNS": "40"})
    output = transcript(["top", "--once"], where, {"XDG_RUNTIME_DIR": service.runtime_directory})
    assert max(map(len, output.splitlines())) <= 40


def strip(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n"))


def test_top_without_a_service(name: str) -> None:
    needs_program()
    with tempfile.TemporaryDirectory() as folder:
        output = transcript(["top"], SURROUNDINGS[name], {"XDG_RUNTIME_DIR": folder})
    assert output.startswith("fusebox: ") and output.count("\n") == 1 and not ESCAPE.search(output)


class Watching:
    """`fusebox top` on a terminal."""

    def __init__(self, service: RunningService, columns: int = 80, rows: int = 60) -> None:
        where = Surroundings(columns=columns)
        environment = {"XDG_RUNTIME_DIR": service.runtime_directory}
        self.terminal = Terminal(["top", "--connect", service.endpoint], where, environment, rows)
        self.settings = self.terminal.settings()
        self.wait_for("prefix cache")

    def __enter__(self) -> Watching:
        return self

    def __exit__(self, *_: Any) -> None:
        self.terminal.close()

    def rows(self) -> list[str]:
        return screen(self.terminal.output)

    def wait_for(self, text: str) -> None:
        self.terminal.read_until(lambda output: any(text in row for row in screen(output)))


@pytest.mark.parametrize("keys", ["q", "\x03"], ids=["q", "Ctrl-C"])
def test_top_gives_the_terminal_back(service: RunningService, keys: str) -> None:
    with Watching(service) as watching:
        terminal = watching.terminal
        assert terminal.output.startswith("\x1b[?1049h\x1b[?25l\x1b[?7l")
        assert terminal.settings() != watching.settings
        terminal.type(keys)
        output = terminal.read_to_end()
        assert output.endswith("\x1b[?7h\x1b[?25h\x1b[?1049l")
        assert terminal.settings() == watching.settings
        assert terminal.process.returncode == 0


def test_top_follows_replies(service: RunningService) -> None:
    ask = [str(PROGRAM), "ask", "--connect", service.endpoint, "--raw", "--max-tokens", "900"]
    ask += ["--temperature", "100", "--seed", "1", "Once upon a time"]
    with Watching(service) as watching:
        asking = [
            subprocess.Popen([*ask, "--select", select], stdout=subprocess.DEVNULL)
            # Several of each: together they last for longer than a picture.
            for select in ("base", "hotels=0.5", "movies=0.5") * 4
        ]
        watching.wait_for("movies 0.50  4 replies")
        watching.wait_for("between tokens  p50")
        cells = [row.strip() for row in watching.rows() if re.fullmatch(r"  [a-c]+\u00b7+", row)]
        assert set("".join(cells)) == {"a", "b", "c", "\u00b7"}
        for process in asking:
            process.send_signal(signal.SIGINT)
        for process in asking:
            process.wait()
        watching.wait_for("0 running")


def test_top_writes_what_changed_alone(service: RunningService) -> None:
    with Watching(service) as watching:
        terminal = watching.terminal
        # A service at rest: the second frame has the rate, those after it have nothing.
        watching.wait_for("tokens/s        0")
        before = len(terminal.output)
        with contextlib.suppress(AssertionError):
            terminal.read_until(lambda _: False, seconds=3)
        assert len(terminal.output) - before < 200


def test_top_follows_the_size(service: RunningService) -> None:
    with Watching(service) as watching:
        watching.terminal.resize(40, 12)
        watching.wait_for("more lines do not fit")
        rows = watching.rows()
        assert len(rows) == 12 and max(map(len, rows)) <= 40


def test_the_start_of_a_service(name: str) -> None:
    needs_program()
    with tempfile.TemporaryDirectory() as folder:
        arguments = [*DEMO_ARGUMENTS, "--workers", "2", "--threads-per-worker", "1", "--image-folder", folder]
        environment = {"XDG_RUNTIME_DIR": folder, "XDG_STATE_HOME": folder}
        terminal = Terminal(arguments, SURROUNDINGS[name], environment)
        try:
            output = terminal.read_until(lambda output: re.search("serving at .*\n", output))
        finally:
            terminal.close()
    assert bool(ESCAPE.search(output)) == (name in COLOURED)
    lines = plain(output).splitlines()
    steps = [re.fullmatch(r" *\d+\.\d\d s  (\S+) +(\S.*)", line) for line in lines]
    told = [(step[1], step[2]) for step in steps if step]
    assert [subject for subject, _ in told[:6]] == ["model", "router", "kernels", "threads", "journal", "image"]
    assert told[0][1] == "base, Demo/base" and told[5][1] == "shared by all workers"
    assert sorted(told[6:]) == [("adapters", "20 taken"), ("worker-0", "serves"), ("worker-1", "serves")]
    rest = [line for line, step in zip(lines, steps, strict=True) if not step]
    assert len(rest) == 1
    assert re.fullmatch(r"serving at ipc://\S+: type q8_0, 20 adapters, router [0-9a-f]{12}", rest[0])
