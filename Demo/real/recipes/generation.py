"""Greedy replies to many prompts at once."""
import torch
from base import Base


@torch.inference_mode()
def replies(base: Base, model: torch.nn.Module, prompts: list[str], max_tokens: int = 64, batch: int = 25) -> list[str]:
    """What `model`, the base or the base with adapters, replies to each prompt."""
    ids = [base.chat(p) for p in prompts]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    out = [""] * len(ids)
    for start in range(0, len(order), batch):
        picked = order[start:start + batch]
        width = max(len(ids[i]) for i in picked)
        padded = torch.tensor([[base.end] * (width - len(ids[i])) + ids[i] for i in picked])
        mask = torch.tensor([[0] * (width - len(ids[i])) + [1] * len(ids[i]) for i in picked])
        made = model.generate(input_ids=padded, attention_mask=mask, max_new_tokens=max_tokens, do_sample=False, eos_token_id=base.end, pad_token_id=base.end)
        for i, row in zip(picked, made[:, width:].tolist()):
            out[i] = base.tokenizer.decode(row[:row.index(base.end)] if base.end in row else row).strip()
    return out
