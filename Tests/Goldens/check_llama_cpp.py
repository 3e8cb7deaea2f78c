"""Loads a GGUF file of ours in llama.cpp and compares the logits of both, position by position.

    python check_llama_cpp.py --fusebox .build/release/fusebox --model MODEL --tokens tokens.json

Quantizes MODEL to Q8_0, teacher-forces the first --positions of tokens.json ({"input_ids": [[int]]}, see
Benchmarks/quality/generate_text.py) through `fusebox score` and through llama-cpp-python, and stops unless they like the same
token best at 99 % of them. Needs numpy, safetensors and llama-cpp-python; not part of CI.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from llama_cpp import Llama
from safetensors import safe_open


def run(*command: object) -> bytes:
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE).stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fusebox", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--tokens", type=Path, required=True)
    parser.add_argument("--positions", type=int, default=2000)
    parser.add_argument("--least", type=float, default=0.99)
    parser.add_argument("--text", action="append", default=["Hello, world! It's 2024: naïve café.\n\n  def f(x):", "What about 12345?"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "model.gguf")
        run(options.fusebox, "quantize", options.model, "--type", "q8_0", "--output", file)
        sequences: list[list[int]] = []
        for sequence in json.loads(options.tokens.read_text())["input_ids"]:
            room = options.positions - sum(map(len, sequences))
            if room > 0:
                sequences.append(sequence[:room])
        tokens = Path(folder, "tokens.json")
        tokens.write_text(json.dumps({"input_ids": sequences}))
        theirs = Llama(str(file), n_ctx=max(map(len, sequences)) + 1, logits_all=True, n_threads=2, verbose=False)
        expected = []
        for sequence in sequences:
            theirs.reset()
            theirs.eval(sequence)
            expected.append(np.array(theirs.scores[: len(sequence)]))
        for kind in ("f32", "q8_0", "stored"):
            output = Path(folder, f"{kind}.safetensors")
            run(options.fusebox, "score", "--model", file, "--type", kind, "--tokens", tokens, "--logits", output, "--json")
            same = []
            worst = 0.0
            with safe_open(output, "np") as ours:
                for index, logits in enumerate(expected):
                    found = ours.get_tensor(f"logits.{index}")
                    same.append(found.argmax(axis=-1) == logits.argmax(axis=-1))
                    worst = max(worst, float(np.abs(found - logits).max() / np.abs(logits).max()))
            share = float(np.concatenate(same).mean())
            print(f"{kind}: top-1 agrees at {share:.2%} of {sum(map(len, sequences))} positions, worst error {worst:.2e} of the largest logit")
            if share < options.least:
                raise SystemExit(f"{kind}: fewer than {options.least:.0%}")
        for text in options.text:
            ids = theirs.tokenize(text.encode(), add_bos=False, special=False)
            lines = subprocess.run(
                [str(options.fusebox), "tokenize", "--model", str(options.model)], input=json.dumps(text).encode() + b"\n",
                check=True, stdout=subprocess.PIPE).stdout
            if json.loads(lines)["ids"] != ids:
                raise SystemExit(f"the vocabulary in the file gives other ids for {text!r}: {ids}")
        print("the vocabulary in the file gives the same ids")


if __name__ == "__main__":
    main()
