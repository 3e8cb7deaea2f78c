"""Tiny checkpoints, adapters and the logits that transformers and PEFT give for them.

    python make_models.py OUT
"""

import shutil
import sys
import tempfile
import warnings
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.utils import logging as transformers_logging

from model_checkpoints import Adapter, Family, families, swapped_adapters, write_checkpoint, write_json, write_weights
from model_gguf import TWINS, blocks_config, write_blocks, write_twin
from model_oracle import write_adapter, write_expected


def report(folder: Path) -> None:
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(f"{folder.name}: {size / 1000:.0f} kB", flush=True)


def empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def write_references(base: Path, adapters: dict[str, Adapter], seed: int, folder: Path) -> None:
    """Adapters for the base and the values expected of both, in `folder`."""
    for number, (name, adapter) in enumerate(adapters.items()):
        write_adapter(base, name, adapter, 100 * seed + number, folder / "adapters" / name)
    write_expected(base, folder / "adapters", list(adapters), seed, folder)
    report(folder)


def make_family(family: Family, out: Path) -> None:
    folder = empty(out / family.name)
    weights = write_checkpoint(family, folder)
    if family.name in TWINS:
        write_twin(folder, weights)
    write_references(folder, family.adapters, family.seed, folder)


def make_blocks(out: Path) -> None:
    """The model that exists as GGUF only; its references come from the decoded weights."""
    folder, seed = empty(out / "gguf_blocks"), 21
    with tempfile.TemporaryDirectory() as temporary:
        base = empty(Path(temporary) / folder.name)
        write_json(base / "config.json", blocks_config())
        config = AutoConfig.from_pretrained(base)
        model = AutoModelForCausalLM.from_config(config)
        write_weights(write_blocks(folder / "model.gguf", config, model, seed), base, shards=1)
        write_references(base, swapped_adapters(), seed, folder)


def main() -> None:
    torch.set_num_threads(1)
    transformers_logging.disable_progress_bar()
    warnings.filterwarnings("ignore", message="Could not find a config file")
    out = Path(sys.argv[1])
    for family in families():
        make_family(family, out)
    make_blocks(out)


if __name__ == "__main__":
    main()
