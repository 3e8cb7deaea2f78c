"""What PEFT makes of an adapter that Fusebox wrote.

    python make_written.py OUT

OUT/adapter is what the tests of the writer write (WrittenAdapterTests.swift); the base `llama` of `models` has to be there.
"""

import argparse
import warnings
from pathlib import Path

import torch
from peft import PeftModel
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

MODELS = Path(__file__).resolve().parent / "models"


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the goldens of written adapters.")
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    # A tensor that PEFT does not find, or does not expect, is a warning.
    warnings.filterwarnings("error", message=".*(missing|unexpected).*keys.*")
    base = AutoModelForCausalLM.from_pretrained(MODELS / "llama", dtype=torch.float32)
    model = PeftModel.from_pretrained(base, out / "adapter")
    deltas = {
        name.removeprefix("base_model.model."): module.get_delta_weight("default").detach().contiguous()
        for name, module in model.named_modules()
        if isinstance(module, LoraLayer)
    }
    stored = {name.split(".lora_")[0] for name in load_file(out / "adapter" / "adapter_model.safetensors")}
    assert len(stored) == len(deltas), (stored, deltas.keys())
    save_file(deltas, out / "expected.safetensors")


if __name__ == "__main__":
    main()
