"""Measures a router sentence by sentence on prompts of several sentences, with the splitter of the product.

    measure_sentences.py FUSEBOX ROUTER ROWS

ROWS is a gzip file of JSON lines {"text", "sentences": [{"text", "label"}]}. A labelled part counts as right if the
pieces that the splitter finds in it begin and end with it, and the router's answer to it is its label: every piece by
itself in the strict count, the length-weighted mean of the pieces in the lenient one. Of the pieces themselves each is right
if it lies in one part and its own answer is that part's label. A part out of scope (label
"oos") is right if the router abstains or the base is most probable.
"""

import gzip
import json
import subprocess
import sys
import tempfile


def explain(fusebox, router, rows):
    """What the router says to the text of each row."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as data:
        data.writelines(json.dumps({"text": row["text"], "adapter": "base"}) + "\n" for row in rows)
        data.flush()
        command = [fusebox, "router", "explain", "--router", router, "--data", data.name]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in said.splitlines()]


def squeezed(text):
    return "".join(text.split())


def answer(pieces):
    """The most probable label of some pieces together; "oos" if all abstain."""
    kept = [piece for piece in pieces if not piece["abstained"]]
    if not kept:
        return "oos"
    total = {}
    for piece in kept:
        for name, probability in piece["probabilities"].items():
            total[name] = total.get(name, 0.0) + probability * len(piece["text"])
    best = max(total, key=total.get)
    return "oos" if best == "base" else best


def count(fusebox, router, path):
    """How many parts there are and how many are right; and of our own pieces, each alone against the label of its part."""
    counts = dict.fromkeys(("parts", "aligned", "one piece", "strict", "lenient", "pieces", "right pieces"), 0)
    rows = [json.loads(line) for line in gzip.open(path, "rt", encoding="utf-8")]
    for row, said in zip(rows, explain(fusebox, router, rows)):
        pieces = said["sentences"]
        ends, position = [], 0
        for piece in pieces:
            start, position = position, position + len(squeezed(piece["text"]))
            ends.append((start, position))
        counts["pieces"] += len(pieces)
        position = 0
        for part in row["sentences"]:
            start, position = position, position + len(squeezed(part["text"]))
            inside = [piece for piece, (low, high) in zip(pieces, ends) if low >= start and high <= position]
            touching = [end for end in ends if end[0] < position and end[1] > start]
            aligned = len(inside) == len(touching)
            counts["parts"] += 1
            counts["aligned"] += aligned
            counts["one piece"] += aligned and len(inside) == 1
            counts["strict"] += aligned and len(inside) == 1 and answer(inside) == part["label"]
            counts["lenient"] += aligned and answer(inside) == part["label"]
            counts["right pieces"] += sum(answer([piece]) == part["label"] for piece in inside)
    return counts


def main(fusebox, router, path):
    counts = count(fusebox, router, path)
    for name, number in counts.items():
        whole = counts["pieces"] if "pieces" in name else counts["parts"]
        print(f"{name:12} {number:6} {number / whole:.4f}")


if __name__ == "__main__":
    main(*sys.argv[1:4])
