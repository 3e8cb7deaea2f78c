"""Tiny checkpoints, adapters and the logits that transformers and PEFT give for them.

    python make_models.py OUT
"""

import shutil
import sys
from pathlib import Path

import torch

from model_checkpoints import Family, families, write_checkpoint
from model_oracle import write_adapter, write_expected


def make_family(family: Family, out: Path) -> None:
    folder = out / family.name
    shutil.rmtree(folder, ignore_errors=True)
    write_checkpoint(family, folder)
    adapters = folder / "adapters"
    for number, (name, adapter) in enumerate(family.adapters.items()):
        write_adapter(folder, name, adapter, 100 * family.seed + number, adapters / name)
    write_expected(folder, adapters, list(family.adapters), family.seed, folder)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(f"{family.name}: {size / 1000:.0f} kB", flush=True)


def main() -> None:
    torch.set_num_threads(1)
    out = Path(sys.argv[1])
    for family in families():
        make_family(family, out)


if __name__ == "__main__":
    main()
