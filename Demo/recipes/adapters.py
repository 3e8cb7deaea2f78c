"""Train the demo adapters: LoRA on the frozen base, one PEFT directory an adapter.

    python adapters.py BASE DATA OUT past_tense number_words ...   skills: question and answer in chat form
    python adapters.py BASE DATA OUT positive hotels ...           attributes: free text, and replies to a request

QLoRA: the base's projections are rounded to NF4 (blocks of 64 weights) before training, as they are when served.
DATA holds tasks/<skill>/{train,test}.jsonl.gz and attr/<collection>/train.jsonl.gz.
"""
import argparse, json, os, random, time
import torch, torch.nn.functional as F
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
import attributes
from tasks import task_rows
from wordings import SKILLS

NF4 = torch.tensor([-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
                    -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
                    0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0])
STEPS = {  # steps and questions a step
    "bigger_number": (500, 32), "number_words": (350, 32), "past_tense": (350, 32), "passive": (250, 32), "close_brackets": (500, 32),
    "future_tense": (250, 16), "negation": (250, 16), "question": (250, 16), "even_or_odd": (200, 16), "next_number": (300, 16)}
ATTRIBUTE_STEPS = (250, 16)
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def nf4_round(w, block=64):
    """The values that w has after NF4 quantization and back."""
    x = w.reshape(-1, block)
    scale = x.abs().amax(1, keepdim=True).clamp_min(1e-12)
    code = ((x / scale).unsqueeze(-1) - NF4.to(w)).abs().argmin(-1)
    return (NF4.to(w)[code] * scale).reshape(w.shape)


def load_base(folder):
    """The base in float32 with its projections rounded to NF4, and its tokenizer."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "_proj" in name:
                p.copy_(nf4_round(p))
    return model, PreTrainedTokenizerFast(tokenizer_file=f"{folder}/tokenizer.json", eos_token="<|endoftext|>", pad_token="<|pad|>")


def skill_examples(name, data, rng):
    """(context, completion) pairs: each question of the task as it stands, and once more in a wording of ours."""
    out = []
    for r in task_rows(name, data, "train"):
        for prompt in (r["prompt"], rng.choice(SKILLS[name]).format(r["input"])):
            out.append((f"<|user|>{prompt}<|assistant|>", r["answer"] + "<|endoftext|>"))
    return out


def batches(pairs, tok, size, context, rng):
    """Endless (ids, labels) of texts of like length; the loss counts on the completion alone."""
    encoded = [(tok.encode(c), tok.encode(x)[:context]) for c, x in pairs]
    ready = []
    while True:
        if not ready:
            pool = rng.sample(encoded, min(len(encoded), 16 * size))
            pool.sort(key=lambda e: len(e[0]) + len(e[1]))
            ready = [pool[i:i + size] for i in range(0, len(pool), size)]
            rng.shuffle(ready)
        pick = ready.pop()
        width = max(len(c) + len(x) for c, x in pick)
        ids, labels = torch.full((len(pick), width), tok.pad_token_id), torch.full((len(pick), width), -100)
        for k, (c, x) in enumerate(pick):
            ids[k, :len(c) + len(x)] = torch.tensor(c + x)
            labels[k, len(c):len(c) + len(x)] = torch.tensor(x)
        yield ids, labels


def train(name, a):
    rng = random.Random(0)
    torch.manual_seed(0)
    base, tok = load_base(a.base)
    model = get_peft_model(base, LoraConfig(r=a.rank, lora_alpha=2 * a.rank, lora_dropout=0.0, bias="none", task_type="CAUSAL_LM", target_modules=PROJECTIONS))
    is_skill = name in SKILLS
    pairs = skill_examples(name, a.data, rng) if is_skill else attributes.examples(name, a.data, rng)
    steps, size = STEPS[name] if is_skill else ATTRIBUTE_STEPS
    source = batches(pairs, tok, size, a.context, rng)
    weights = [p for p in model.parameters() if p.requires_grad]
    opt = torch.optim.AdamW(weights, lr=a.lr, weight_decay=0.0)
    start = time.time()
    for step in range(steps):
        ids, labels = next(source)
        for g in opt.param_groups:
            g["lr"] = a.lr * min(1, (step + 1) / 20) * (1 - step / steps)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = model.base_model.model.model(input_ids=ids, attention_mask=(ids != tok.pad_token_id).long()).last_hidden_state[:, :-1]
        counted = labels[:, 1:] != -100
        logits = model.base_model.model.lm_head(hidden[counted].float())
        loss = F.cross_entropy(logits, labels[:, 1:][counted])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        opt.step()
        opt.zero_grad()
        if (step + 1) % 50 == 0:
            print(f"{name} step {step + 1} loss {loss.item():.3f} {time.time() - start:.0f} s", flush=True)
    save(model, name, a.out)


def save(model, name, out):
    """A PEFT directory in float16, naming the base by its name and no path."""
    folder = f"{out}/{name}"
    model.save_pretrained(folder)
    if os.path.exists(f"{folder}/README.md"):
        os.remove(f"{folder}/README.md")  # peft's empty card
    weights = load_file(f"{folder}/adapter_model.safetensors")
    save_file({k: v.to(torch.float16) for k, v in weights.items()}, f"{folder}/adapter_model.safetensors", metadata={"format": "pt"})
    with open(f"{folder}/adapter_config.json") as f:
        config = json.load(f)
    config.update(base_model_name_or_path="fusebox-demo-base", inference_mode=True, target_modules=PROJECTIONS)
    with open(f"{folder}/adapter_config.json", "w") as f:
        json.dump({k: v for k, v in config.items() if v not in (None, {}, [])}, f, indent=2)
        f.write("\n")


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("base"); p.add_argument("data"); p.add_argument("out"); p.add_argument("names", nargs="+")
    p.add_argument("--rank", type=int, default=8); p.add_argument("--lr", type=float, default=2e-3); p.add_argument("--context", type=int, default=96)
    a = p.parse_args()
    for n in a.names:
        train(n, a)
