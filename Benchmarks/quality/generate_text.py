"""Text that a model makes up itself, sampled at temperature 1 with a seed: what quality is measured on.

    python generate_text.py MODEL tokens.json --tokens 20000 --seed 0

Needs torch and transformers. Every sequence starts with the begin token and ends with the end token or at --length.
"""

import argparse
import json
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM

ROWS = 32


def sample(model: torch.nn.Module, begin: int, ends: set[int], length: int) -> list[list[int]]:
    """A batch of sequences, each up to its first end token."""
    ids = torch.full((ROWS, 1), begin)
    cache = None
    with torch.inference_mode():
        while ids.shape[1] < length:
            output = model(ids[:, -1:] if cache is not None else ids, past_key_values=cache, use_cache=True)
            cache = output.past_key_values
            chances = torch.softmax(output.logits[:, -1].float(), dim=-1)
            ids = torch.cat([ids, torch.multinomial(chances, 1)], dim=1)
    rows = []
    for row in ids.tolist():
        end = next((place for place in range(1, length) if row[place] in ends), length - 1)
        rows.append(row[: end + 1])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--tokens", type=int, default=20000)
    parser.add_argument("--length", type=int, default=512)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    config = AutoConfig.from_pretrained(options.model)
    model = AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.float32).eval()
    ends = config.eos_token_id if isinstance(config.eos_token_id, list) else [config.eos_token_id]
    rows: list[list[int]] = []
    while sum(len(row) - 1 for row in rows) < options.tokens:
        rows += [row for row in sample(model, config.bos_token_id, set(ends), options.length) if len(row) > 1]
    options.output.write_text(json.dumps({"input_ids": rows}))
    print(f"{len(rows)} sequences, {sum(len(row) - 1 for row in rows)} tokens to predict")


if __name__ == "__main__":
    main()
