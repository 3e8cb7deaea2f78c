"""Tiny checkpoints, adapters and the logits that transformers and PEFT give for them.

    python make_models.py OUT [--demo BASE]
"""

import argparse
import shutil
import tempfile
import warnings
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.utils import logging as transformers_logging

from model_checkpoints import Adapter, Family, families, swapped_adapters, write_checkpoint, write_json, write_weights
from model_demo import write_demo
from model_families import more_families
from model_gguf import TWINS, blocks_config, write_blocks, write_twin
from model_nf4 import decoded, nf4_config, write_packed
from model_oracle import write_adapter, write_expected


def report(folder: Path) -> None:
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(f"{folder.name}: {size / 1000:.0f} kB", flush=True)


def empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def write_references(
    base: Path, adapters: dict[str, Adapter], seed: int, folder: Path, decoded: dict[str, torch.Tensor] | None = None
) -> None:
    """Adapters for the base and the values expected of both, in `folder`."""
    for number, (name, adapter) in enumerate(adapters.items()):
        write_adapter(base, name, adapter, 100 * seed + number, folder / "adapters" / name)
    write_expected(base, folder / "adapters", list(adapters), seed, folder, decoded)
    report(folder)


def make_family(family: Family, out: Path) -> None:
    folder = empty(out / family.name)
    weights = write_checkpoint(family, folder)
    if family.name in TWINS:
        write_twin(folder, weights)
    write_references(folder, family.adapters, family.seed, folder)


def make_blocks(out: Path) -> None:
    """The model that exists as GGUF only; its references come from the weights that gguf-py decodes."""
    folder, seed = empty(out / "gguf_blocks"), 21
    with tempfile.TemporaryDirectory() as temporary:
        base = empty(Path(temporary) / folder.name)
        write_json(base / "config.json", blocks_config())
        config = AutoConfig.from_pretrained(base)
        model = AutoModelForCausalLM.from_config(config)
        weights = write_blocks(folder / "model.gguf", config, model, seed)
        write_weights(weights, base, shards=1)
        write_references(base, swapped_adapters(), seed, folder, weights)


def make_nf4(out: Path) -> None:
    """The packed NF4 checkpoint; its references come from the weights that bitsandbytes decodes."""
    folder = empty(out / "llama_nf4")
    family = Family(folder.name, 22, nf4_config(), torch.float32, swapped_adapters(), full_precision=("weight",))
    with tempfile.TemporaryDirectory() as temporary:
        source, base = Path(temporary) / "source", empty(Path(temporary) / folder.name)
        write_checkpoint(family, source)
        write_packed(source, folder)
        weights = decoded(folder)
        shutil.copy(source / "config.json", base)
        write_weights(weights, base, shards=1)
        write_references(base, family.adapters, family.seed, folder, weights)


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the model goldens.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", nargs="*", help="names of folders to make; without it all")
    parser.add_argument("--demo", type=Path, help="the demo base model; without it demo.json stays as it is")
    options = parser.parse_args()
    torch.set_num_threads(1)
    transformers_logging.disable_progress_bar()
    warnings.filterwarnings("ignore", message="Could not find a config file")
    for family in families() + more_families():
        if not options.only or family.name in options.only:
            make_family(family, options.out)
    for name, make in {"gguf_blocks": make_blocks, "llama_nf4": make_nf4}.items():
        if not options.only or name in options.only:
            make(options.out)
    if options.demo:
        write_demo(options.demo, options.out / "demo.json")


if __name__ == "__main__":
    main()
