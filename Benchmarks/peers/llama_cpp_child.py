"""One process of llama.cpp's measurements; prints a JSON object of tokens per second by case.

    python llama_cpp_child.py MODEL.gguf '{"threads": 2, "p": 512, "n": 32, "cases": [...]}'

A case is {"name", "test": "prefill" | "decode", "batch", "mixes": adapters a mix, "different": mixes in the batch}.
Sequences under one mix go through one decode call; different mixes take one call each, since an adapter set belongs to
the whole context. Adapters are GGUF files, given as "adapters".
"""
import ctypes
import json
import random
import sys
import time

import llama_cpp as L


class Peer:
    def __init__(self, path: str, settings: dict) -> None:
        self.model = L.llama_model_load_from_file(path.encode(), L.llama_model_default_params())
        self.vocabulary = L.llama_vocab_n_tokens(L.llama_model_get_vocab(self.model))
        params = L.llama_context_default_params()
        batch = max(case["batch"] for case in settings["cases"])
        params.n_ctx = max(settings["p"] + 64, batch * (settings["n"] + 64))
        params.n_batch = params.n_ubatch = 512
        params.n_seq_max = batch
        params.kv_unified = True
        params.n_threads = params.n_threads_batch = settings["threads"]
        self.context = L.llama_init_from_model(self.model, params)
        self.adapters = [L.llama_adapter_lora_init(self.model, a.encode()) for a in settings.get("adapters", [])]
        self.random = random.Random(0)

    def use(self, number: int, count: int) -> None:
        """Makes mix `number` of `count` adapters the one of the next decode call."""
        first = number * count
        mine = [self.adapters[(first + first // len(self.adapters) + i) % len(self.adapters)] for i in range(count)]
        scales = (ctypes.c_float * max(count, 1))(*[1 - (number % 16) / 32] * count)
        pointers = (L.llama_adapter_lora_p_ctypes * max(count, 1))(*mine)
        assert L.llama_set_adapters_lora(self.context, pointers, count, scales) == 0

    def decode(self, rows: list[tuple[int, int]], logits_for_all: bool) -> None:
        """One call over (sequence, position) rows of random tokens."""
        batch = L.llama_batch_init(len(rows), 0, 1)
        batch.n_tokens = len(rows)
        for i, (sequence, position) in enumerate(rows):
            batch.token[i] = self.random.randrange(5, self.vocabulary)
            batch.pos[i] = position
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = sequence
            batch.logits[i] = logits_for_all or i == len(rows) - 1
        assert L.llama_decode(self.context, batch) == 0
        for i in range(len(rows)):
            if batch.logits[i]:
                L.llama_get_logits_ith(self.context, i)[0]
        L.llama_batch_free(batch)

    def forget(self) -> None:
        L.llama_memory_clear(L.llama_get_memory(self.context), True)

    def run(self, case: dict, p: int, n: int) -> float:
        self.forget()
        self.use(0, case["mixes"])
        if case["test"] == "prefill":
            start = time.perf_counter()
            self.decode([(0, i) for i in range(p)], False)
            return p / (time.perf_counter() - start)
        for s in range(case["batch"]):
            self.decode([(s, i) for i in range(16)], False)
        groups = [[s for s in range(case["batch"]) if s % case["different"] == m] for m in range(case["different"])]
        start = time.perf_counter()
        for step in range(n):
            for m, group in enumerate(groups):
                if not group:
                    continue
                if case["different"] > 1:
                    self.use(m, case["mixes"])
                self.decode([(s, 16 + step) for s in group], True)
        return case["batch"] * n / (time.perf_counter() - start)


def main() -> None:
    settings = json.loads(sys.argv[2])
    peer = Peer(sys.argv[1], settings)
    rates = {}
    for case in settings["cases"]:
        few = 4 if case["test"] == "decode" else settings["p"]
        peer.run(case, settings["p"], few)
        rates[case["name"]] = peer.run(case, settings["p"], settings["n"])
    print(json.dumps(rates))


if __name__ == "__main__":
    main()
