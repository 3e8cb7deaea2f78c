"""Write the rows of ../suite.json: prompts that were kept from training, and the same questions asked for in a tone as well.

    python suite_data.py ../suite
"""
import json
import sys
from pathlib import Path

import tones
from mixes import MIXES, asked
from rows import Row
from shelf import TASKS

SIZE = 100


def contains(row: Row) -> list:
    """What is wanted, in plain English or as a pirate says it."""
    return [sorted({w, tones.spoken(w)}) for w in row.wanted]


def line(row: Row, adapters: list[str]) -> dict:
    out: dict = {"prompt": row.prompt, "adapters": adapters}
    if row.wanted:
        out["contains"] = contains(row)
    if row.answer:
        out["answer"] = row.answer
    return out


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(exist_ok=True)
    files = {name: [line(r, [name]) for r in task.rows("test")[:SIZE]] for name, task in TASKS.items()}
    # The domain first: what it knows is what is lost in a mix.
    files |= {f"{tone}_{domain}": [line(r, [domain, tone]) for r in asked(tone, domain, "test", SIZE)] for tone, domain in MIXES}
    for name, rows in files.items():
        (out / f"{name}.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
