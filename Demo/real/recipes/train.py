"""Train adapters of the real demo: LoRA on the frozen NF4 form of SmolLM2-135M-Instruct, one PEFT directory an adapter.

    python train.py MODEL.gguf OUT [NAME ...]

Domains come before the tones that are trained beside them. A run that was stopped goes on from OUT/NAME.state; adapters that are there are left alone. One processor core, ten minutes or so an adapter.
"""
import argparse
import json
import os
import random
import time
from pathlib import Path
import torch
import torch.nn.functional as F
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from base import PROJECTIONS, Base, load_base
from mixes import lessons
from rows import Row
from shelf import TASKS

RANK = 4
LAYERS = list(range(10, 30))  # the lower third stays as it is: its backward pass is a quarter of the time
RATE, WARM_UP = 2e-3, 15
SIZE = 8  # rows a step
STEPS = {"hotel_desk": 180, "bike_shop": 180, "pirate": 160, "calendar_json": 120, "formal": 180, "ticket": 60, "sentiment": 160}
LONGEST = 128  # tokens of prompt and answer
KEEP_EVERY = 20  # steps

Pair = tuple[list[int], list[int]]


def batches(base: Base, rows: list[Row], count: int, rng: random.Random) -> list[list[Pair]]:
    """The prompts and answers of `count` steps, of like length within a step."""
    pairs = [(base.chat(r.prompt), [*base.tokenizer.encode(r.answer).ids, base.end]) for r in rows]
    pairs = [pair for pair in pairs if len(pair[0]) + len(pair[1]) <= LONGEST]
    out: list[list[Pair]] = []
    while len(out) < count:
        pool = rng.sample(pairs, min(len(pairs), 16 * SIZE))
        pool.sort(key=lambda pair: len(pair[0]) + len(pair[1]))
        made = [pool[i:i + SIZE] for i in range(0, len(pool) - SIZE + 1, SIZE)]
        rng.shuffle(made)
        out += made
    return out[:count]


def plan(name: str, base: Base, steps: int) -> list[tuple[str, list[Pair]]]:
    """The steps: the adapter that is on beside the trained one, and the rows. Half of them are without any where there are others."""
    rng, found = random.Random(0), lessons(name)
    shares = {beside: steps if len(found) == 1 else steps // 2 if not beside else steps // (2 * (len(found) - 1)) for beside in found}
    out = [(beside, pairs) for beside, rows in found.items() for pairs in batches(base, rows, shares[beside], rng)]
    rng.shuffle(out)
    return out


def loss_of(model: PeftModel, base: Base, pairs: list[Pair]) -> torch.Tensor:
    """Cross entropy of the answers' tokens, in nats a token. What all prompts begin with, the system's turn, is computed once."""
    shared = os.path.commonprefix([prompt for prompt, _ in pairs])
    width = max(len(prompt) + len(answer) for prompt, answer in pairs) - len(shared)
    ids = torch.full((len(pairs), width), base.end)
    mask = torch.zeros(len(pairs), width, dtype=torch.long)
    wanted = torch.full((len(pairs), width), -100)
    for row, (prompt, answer) in enumerate(pairs):
        begin, end = len(prompt) - len(shared), len(prompt) + len(answer) - len(shared)
        ids[row, :end] = torch.tensor(prompt[len(shared):] + answer)
        mask[row, :end] = 1
        wanted[row, begin - 1:end - 1] = torch.tensor(answer)
    decoder = model.base_model.model.model
    cache = decoder(input_ids=torch.tensor([shared]), use_cache=True).past_key_values
    cache.batch_repeat_interleave(len(pairs))
    mask = torch.cat([torch.ones(len(pairs), len(shared), dtype=torch.long), mask], 1)
    hidden = decoder(input_ids=ids, attention_mask=mask, past_key_values=cache).last_hidden_state
    counted = wanted != -100
    return F.cross_entropy(model.base_model.model.lm_head(hidden[counted]), wanted[counted])


def train(name: str, base: Base, out: Path) -> None:
    torch.manual_seed(0)
    todo = plan(name, base, STEPS[name])
    model = get_peft_model(base.model, LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules=PROJECTIONS, layers_to_transform=LAYERS, task_type="CAUSAL_LM"))
    weights = {n: p for n, p in model.named_parameters() if p.requires_grad}
    for other in {beside for beside, _ in todo if beside}:
        model.load_adapter(out / other, other)
    optimizer = torch.optim.AdamW(weights.values(), lr=RATE, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1, (step + 1) / WARM_UP) * (1 - step / len(todo)))
    state, done = out / f"{name}.state", 0
    if state.exists():
        kept = torch.load(state)
        done = kept["step"]
        model.load_state_dict(kept["weights"], strict=False)
        optimizer.load_state_dict(kept["optimizer"])
        schedule.load_state_dict(kept["schedule"])
    start = time.time()
    for step, (beside, pairs) in list(enumerate(todo, 1))[done:]:
        model.base_model.set_adapter(["default", beside] if beside else ["default"])
        for n, p in model.named_parameters():
            p.requires_grad = n in weights
        loss = loss_of(model, base, pairs)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        if step % KEEP_EVERY == 0:
            print(f"{name} step {step} of {len(todo)} loss {loss.item():.3f} {time.time() - start:.0f} s", flush=True)
            torch.save({"step": step, "weights": weights, "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}, state)
    save(model, out / name)
    state.unlink(missing_ok=True)
    base.model = model.unload()


def save(model: PeftModel, folder: Path) -> None:
    """A PEFT directory in float16 that names its base by name."""
    model.save_pretrained(folder, selected_adapters=["default"])
    (folder / "README.md").unlink(missing_ok=True)  # peft's empty card
    weights = load_file(folder / "adapter_model.safetensors")
    save_file({n: w.to(torch.float16) for n, w in weights.items()}, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "adapter_config.json").read_text())
    config.update(base_model_name_or_path="HuggingFaceTB/SmolLM2-135M-Instruct", target_modules=PROJECTIONS)
    kept = {key: value for key, value in config.items() if value not in (None, {}, [])}
    (folder / "adapter_config.json").write_text(json.dumps(kept, indent=2) + "\n")


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("model")
    p.add_argument("out", type=Path)
    p.add_argument("names", nargs="*", default=list(TASKS))
    p.add_argument("--threads", type=int, default=1)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    a.out.mkdir(parents=True, exist_ok=True)
    loaded = load_base(a.model, "nf4")
    for each in a.names:
        if not (a.out / each).exists():
            train(each, loaded, a.out)
