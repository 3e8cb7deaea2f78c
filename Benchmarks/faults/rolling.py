"""Whether clients, workers and fronts of an older version work with those of this one, both ways.

    git worktree add --detach older b7594fd
    python Benchmarks/faults/rolling.py --fusebox .build/release/fusebox --old-fusebox older/.build/release/fusebox \\
        --old-client older/Clients/python/src [--rounds 3] [--json]

Older clients at this front and this one's at an older front; a worker of the other version beside the front's own, which
are then killed so that it answers alone; and fronts of both versions that follow each other on one endpoint, with
SIGTERM and with `kill -9`, while a client reads. Exits with 1 when a request failed or a reply was another one.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import questions
import report
from service import ROOT, Service

from fusebox_client import Client, FuseboxError

HERE = Path(__file__).resolve().parent
THIS_CLIENT = ROOT / "Clients/python/src"
ASKED = questions.LONG[:12]

Ids = list[list[int]]


def visit(endpoint: str, library: Path) -> Ids:
    """What a client of this library gets; nothing when it failed."""
    document = {"endpoint": endpoint, "questions": [asdict(question) for question in ASKED]}
    done = subprocess.run(
        [sys.executable, str(HERE / "visitor.py")],
        input=json.dumps(document),
        env={**os.environ, "PYTHONPATH": str(library)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return []
    ids: Ids = json.loads(done.stdout)
    return ids


@contextmanager
def guest_worker(service: Service, program: Path) -> Iterator[None]:
    """A worker of this program's at the service, beside its own."""
    (socket,) = service.folder.glob("fusebox-workers-*.sock")
    command = [str(program), "worker", "--connect", f"ipc://{socket}", "--threads", "1"]
    command += ["--model", str(ROOT / "Demo/base"), "--adapters", str(ROOT / "Demo/adapters")]
    command += ["--router", str(ROOT / "Router"), "--no-image"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 30
        while len(service.workers()) < 3 and time.monotonic() < end:
            time.sleep(0.1)
        yield
    finally:
        process.kill()
        process.wait()


def with_guest(front: Path, worker: Path) -> tuple[Ids, int]:
    """What a client gets while the front's own workers are killed, and the guest's tokens."""
    with Service(front) as service, guest_worker(service, worker):
        own = [each.pid for each in service.status().workers if each.name]
        answers: Ids = []
        client = threading.Thread(target=lambda: answers.extend(visit(service.endpoint, THIS_CLIENT)))
        client.start()
        time.sleep(0.5)
        children = Path(f"/proc/{service.pid}/task/{service.pid}/children").read_text().split()
        for pid in [pid for pid in own if str(pid) in children]:
            os.kill(pid, signal.SIGKILL)
        client.join()
        guests = [each for each in service.status().workers if str(each.pid) not in children]
        return answers, sum(each.tokens for each in guests)


def follow(programs: list[Path], stop: signal.Signals, rng: random.Random) -> tuple[int, Ids]:
    """Fronts that follow each other while a client reads; the requests that failed, the replies."""
    failed, replies = 0, []
    with Service(programs[0]) as service:

        def replace() -> None:
            for program in programs[1:]:
                time.sleep(rng.uniform(0.2, 1.0))
                service.succeed(program, stop)

        with Client(service.endpoint, reconnect_timeout=60, busy_timeout=60) as client:
            asked = [
                client.submit(each.prompt, select=each.select, **each.options) for each in ASKED
            ]
            thread = threading.Thread(target=replace)
            thread.start()
            for reply in asked:
                try:
                    replies.append(reply.result().ids)
                except FuseboxError as error:
                    print(error, file=sys.stderr)
                    failed += 1
            thread.join()
    return failed, replies


def main() -> None:
    parser = report.parser(__doc__)
    parser.add_argument("--old-fusebox", type=Path, required=True)
    parser.add_argument("--old-client", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    result, rng = report.Report(), random.Random(options.seed)
    new, old = options.fusebox.resolve(), options.old_fusebox.resolve()
    with Service(new) as service:
        right = [list(parts[0].ids) for parts in questions.reference(service.endpoint, ASKED).values()]
        answers = visit(service.endpoint, options.old_client.resolve())
        judge(result, "an older client at this front", answers, right)
    with Service(old) as service:
        judge(result, "this client at an older front", visit(service.endpoint, THIS_CLIENT), right)
    for words, front, worker in (("an older worker", new, old), ("this worker", old, new)):
        answers, tokens = with_guest(front, worker)
        words = f"{words} at {'this' if front == new else 'an older'} front, alone"
        judge(result, words, answers, right, f", {tokens} tokens by it")
        result.expect(tokens > 0, f"{words}: it made nothing")
    for stop in (signal.SIGTERM, signal.SIGKILL):
        failed, wrong = 0, 0
        for _ in range(options.rounds):
            lost, replies = follow([old, new, new, old, new], stop, rng)
            failed += lost
            wrong += sum(reply not in right for reply in replies)
        words = f"fronts of both versions in turn, ended by {stop.name}"
        result.figures[words] = f"{len(ASKED) * options.rounds} requests, {failed} failed, {wrong} wrong"
        result.expect(failed + wrong == 0, f"{words}: {failed} failed, {wrong} wrong")
    result.finish(options.json)


def judge(result: report.Report, words: str, got: Ids, right: Ids, more: str = "") -> None:
    wrong = sum(reply != expected for reply, expected in zip(got, right))
    result.figures[words] = f"{len(got)} of {len(right)} answered, {wrong} wrong{more}"
    result.expect(len(got) == len(right) and not wrong, f"{words}: {result.figures[words]}")


if __name__ == "__main__":
    main()
