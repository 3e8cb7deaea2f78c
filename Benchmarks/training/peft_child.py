"""One training by transformers and peft in float32, as their guides have it: padded batches, AdamW, loss on answers."""
import argparse
import json
import resource
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("model", "data"):
        parser.add_argument(f"--{name}")
    for name in ("steps", "batch", "rank", "threads"):
        parser.add_argument(f"--{name}", type=int)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(a.model)
    model = AutoModelForCausalLM.from_pretrained(a.model, dtype=torch.float32)
    model = get_peft_model(model, LoraConfig(r=a.rank, lora_alpha=2 * a.rank, target_modules="all-linear", task_type="CAUSAL_LM")).train()
    rows = [json.loads(line) for line in open(a.data)]
    texts = []
    for row in rows:
        turns = [{"role": "user", "content": row["prompt"]}, {"role": "assistant", "content": row["answer"]}]
        prompt = tokenizer.apply_chat_template(turns[:1], add_generation_prompt=True, return_dict=False)
        texts.append((len(prompt), tokenizer.apply_chat_template(turns, return_dict=False)))
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=5e-4, weight_decay=0)
    tokens, start = 0, time.perf_counter()
    for step in range(a.steps):
        chosen = [texts[(step * a.batch + i) % len(texts)] for i in range(a.batch)]
        width = max(len(ids) for _, ids in chosen)
        ids = torch.zeros(a.batch, width, dtype=torch.long)
        mask, labels = torch.zeros_like(ids), torch.full_like(ids, -100)
        for i, (prompt, text) in enumerate(chosen):
            ids[i, : len(text)] = torch.tensor(text)
            mask[i, : len(text)] = 1
            labels[i, prompt : len(text)] = torch.tensor(text[prompt:])
            tokens += len(text) - 1
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"tokens_per_second": tokens / seconds, "peak_bytes": peak}))


if __name__ == "__main__":
    main()
