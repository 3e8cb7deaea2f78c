"""Write the base's own short replies to the general questions of training, to put a tone into.

    python replies.py MODEL.gguf
"""
import argparse
import json
import random
import re
import torch
import general
from base import load_base
from generation import replies
from tones import REPLIES

COUNT = 360
LONGEST = 45  # tokens
LONGEST_KEPT = 140  # characters


def first_sentences(text: str) -> str:
    """The one or two sentences at the beginning that are complete, on one line; empty where there are none."""
    found = re.match(r"[A-Z](?:[^.!?\n]|\.(?=\d)){15,}?[.!](?: [A-Z][^.!?\n:]{10,60}[.!](?= |$))?", text)
    return found[0] if found else ""


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("model")
    a = p.parse_args()
    torch.set_num_threads(1)
    rng = random.Random(0)
    prompts = list(dict.fromkeys(general.question("train", rng) for _ in range(4 * COUNT)))[:COUNT]
    base = load_base(a.model, "stored")
    made = [(prompt, first_sentences(text)) for prompt, text in zip(prompts, replies(base, base.model, prompts, LONGEST))]
    with REPLIES.open("w", encoding="utf-8") as f:
        f.writelines(json.dumps({"prompt": prompt, "reply": reply}, ensure_ascii=False) + "\n" for prompt, reply in made if 0 < len(reply) <= LONGEST_KEPT)
