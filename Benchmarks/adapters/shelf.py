"""Adapters of random numbers for a base, to fill a shelf with.

    python shelf.py --config BASE/config.json OUT [--count 1000] [--rank 8]

Writes OUT/rNNNN as PEFT does: bfloat16 factors for every linear layer of the base, each adapter other numbers. Adapters that are
there already are left alone.
"""
import argparse
import json
import random
import struct
from collections.abc import Iterator
from pathlib import Path

#: Keeps a number's sign and gives it a magnitude between 2^-7 and 2^-5: the high byte of a bfloat16.
SMALL = bytes(byte & 0x80 | 0x3C for byte in range(256))


def linears(config: dict) -> Iterator[tuple[str, int, int]]:
    """Names, outputs and inputs of the linear layers of a block."""
    wide, feed_forward = config["hidden_size"], config["intermediate_size"]
    dimension = config.get("head_dim") or wide // config["num_attention_heads"]
    queries = dimension * config["num_attention_heads"]
    keys = dimension * config.get("num_key_value_heads", config["num_attention_heads"])
    yield from [("self_attn.q_proj", queries, wide), ("self_attn.k_proj", keys, wide), ("self_attn.v_proj", keys, wide),
                ("self_attn.o_proj", wide, queries), ("mlp.gate_proj", feed_forward, wide), ("mlp.up_proj", feed_forward, wide),
                ("mlp.down_proj", wide, feed_forward)]


def tensors(config: dict, rank: int) -> Iterator[tuple[str, list[int]]]:
    for layer in range(config["num_hidden_layers"]):
        for name, outputs, inputs in linears(config):
            module = f"base_model.model.model.layers.{layer}.{name}"
            yield f"{module}.lora_A.weight", [rank, inputs]
            yield f"{module}.lora_B.weight", [outputs, rank]


def write(folder: Path, config: dict, rank: int, numbers: bytes) -> None:
    """Writes one adapter; its configuration last, so that a folder that has one is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    header, end = {}, 0
    for name, shape in tensors(config, rank):
        begin, end = end, end + 2 * shape[0] * shape[1]
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (folder / "adapter_model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + numbers)
    settings = {"peft_type": "LORA", "r": rank, "lora_alpha": rank, "bias": "none",
                "target_modules": [name.split(".")[1] for name, _, _ in linears(config)]}
    (folder / "adapter_config.json").write_text(json.dumps(settings))


def make(folder: Path, config: dict, count: int, rank: int) -> list[str]:
    """Fills a folder and returns the adapters' names."""
    names = [f"r{number:04}" for number in range(count)]
    size = sum(2 * shape[0] * shape[1] for _, shape in tensors(config, rank))
    numbers = bytearray(random.Random(7).randbytes(size))
    numbers[1::2] = numbers[1::2].translate(SMALL)
    for number, name in enumerate(names):
        if not (folder / name / "adapter_config.json").exists():
            # The same numbers, each elsewhere in every adapter.
            start = 2 * 61 * number % size
            write(folder / name, config, rank, bytes(numbers[start:] + numbers[:start]))
    return names


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("output", type=Path)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--rank", type=int, default=8)
    a = parser.parse_args()
    make(a.output, json.loads(a.config.read_text()), a.count, a.rank)


if __name__ == "__main__":
    main()
