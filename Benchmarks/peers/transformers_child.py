"""One process of transformers' measurement in bfloat16: python transformers_child.py HF_DIRECTORY THREADS PROMPT"""
import json
import sys
import time

import torch
from transformers import AutoModelForCausalLM


def main() -> None:
    directory, threads, prompt = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.bfloat16).eval()
    ids = torch.randint(5, model.config.vocab_size, (1, prompt))
    rate = 0.0
    with torch.inference_mode():
        for _ in range(2):  # the first is the warm-up
            start = time.perf_counter()
            model(ids, logits_to_keep=1)
            rate = prompt / (time.perf_counter() - start)
    print(json.dumps({"prefill 1": rate}))


if __name__ == "__main__":
    main()
