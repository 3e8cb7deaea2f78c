"""Greedy replies of the demo base model, as token ids."""

import hashlib
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

from model_checkpoints import write_json

PROMPTS = [
    "<|user|>Rewrite in the past tense: Ben looks at the sky.<|assistant|>",
    "<|user|>Number 7609 as words:<|assistant|>",
    "<|user|>Read the story and answer the question.\nAt the foot of some high mountains there was a small village. "
    "The villagers were happy and contented from sunrise to sunset.\nQuestion: How did the villagers feel?<|assistant|>",
    "<|endoftext|>The hotel",
]
LONGEST = 48


@torch.no_grad()
def greedy(model: torch.nn.Module, prompt: list[int], end: int) -> tuple[list[int], float]:
    """The reply without its end token, and the smallest lead of a best logit over the second."""
    ids, lead = list(prompt), float("inf")
    while len(ids) < len(prompt) + LONGEST:
        best = model(torch.tensor([ids]), use_cache=False).logits[0, -1].topk(2)
        lead = min(lead, (best.values[0] - best.values[1]).item())
        token = int(best.indices[0])
        if token == end:
            break
        ids.append(token)
    return ids[len(prompt) :], lead


def write_demo(base: Path, path: Path) -> None:
    """Prompts in chat form and one plain opening, as text and ids, with their replies in float32."""
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32, attn_implementation="eager").eval()
    replies: list[dict[str, Any]] = []
    for text in PROMPTS:
        prompt = tokenizer.encode(text, add_special_tokens=False).ids
        ids, lead = greedy(model, prompt, model.config.eos_token_id)
        replies.append({
            "prompt": text, "prompt_ids": prompt, "ids": ids, "text": tokenizer.decode(ids),
            "finish_reason": "length" if len(ids) == LONGEST else "stop", "smallest_lead": lead,
        })
    digest = hashlib.sha256((base / "model.safetensors").read_bytes()).hexdigest()
    write_json(path, {"model_sha256": digest, "max_tokens": LONGEST, "replies": replies})
