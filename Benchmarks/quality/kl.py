"""How far each execution type is from the reference: mean KL divergence to f32 of the next token's distribution.

    python kl.py --fusebox .build/release/fusebox --model MODEL --tokens tokens.json [--adapter NAME=PATH@WEIGHT]... [--types q8_0 q4_0 nf4]

A type may name what keys and values are kept as: q8_0/q8_0.

tokens.json is what generate_text.py writes. Needs numpy and safetensors; takes 4 bytes x vocabulary a token in a temporary folder.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from safetensors import safe_open


def score(options: argparse.Namespace, kind: str, output: Path) -> float:
    """Writes the logits of every position and returns the mean negative log-likelihood."""
    weights, _, cache = kind.partition("/")
    command = [options.fusebox, "score", "--model", options.model, "--type", weights]
    command += ["--cache-type", cache] if cache else []
    command += [part for adapter in options.adapter for part in ("--adapter", adapter)]
    command += ["--tokens", options.tokens, "--logits", output, "--json"]
    result = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE)
    return float(json.loads(result.stdout)["nll"])


def log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def divergences(reference: Path, other: Path) -> tuple[np.ndarray, float]:
    """KL(reference || other) of every position, and how often both like the same token best."""
    kls = []
    same = []
    with safe_open(reference, "np") as left, safe_open(other, "np") as right:
        for name in left.keys():
            p, q = log_softmax(left.get_tensor(name)), log_softmax(right.get_tensor(name))
            kls.append((np.exp(p) * (p - q)).sum(axis=-1))
            same.append(p.argmax(axis=-1) == q.argmax(axis=-1))
    return np.concatenate(kls), float(np.concatenate(same).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fusebox", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--tokens", type=Path, required=True)
    parser.add_argument("--adapter", action="append", default=[])
    parser.add_argument("--types", nargs="+", default=["q8_0", "q4_0", "nf4"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        reference = Path(folder, "f32.safetensors")
        nll = score(options, "f32", reference)
        print(f"{'type':6} {'positions':>9} {'mean KL':>10} {'99 %':>10} {'top-1':>8} {'nll':>8}")
        print(f"{'f32':6} {'':9} {'':10} {'':10} {'':8} {nll:8.4f}")
        for kind in options.types:
            other = Path(folder, "other.safetensors")
            nll = score(options, kind, other)
            kl, same = divergences(reference, other)
            print(f"{kind:10} {len(kl):9} {kl.mean():10.6f} {np.quantile(kl, 0.99):10.6f} {same:8.2%} {nll:8.4f}")
            other.unlink()


if __name__ == "__main__":
    main()
