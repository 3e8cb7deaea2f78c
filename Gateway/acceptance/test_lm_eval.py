"""lm-eval without torch: its log-likelihoods are `fusebox score`'s, its texts `fusebox ask`'s."""

import json
import pathlib
import subprocess

import pytest

from service import FUSEBOX, ROOT

lm_eval = pytest.importorskip("lm_eval")
from lm_eval.tasks import TaskManager

HERE = pathlib.Path(__file__).parent


def evaluate(gateway, model, task, **arguments):
    result = lm_eval.simple_evaluate(
        model="local-completions",
        model_args={"model": model, "base_url": gateway.url + "/v1/completions", "num_concurrent": 2, "max_retries": 1,
                    "eos_string": "</s>", **arguments},
        tasks=[task], task_manager=TaskManager(include_path=str(HERE / "tasks"), include_defaults=False),
        log_samples=True, bootstrap_iters=0)
    return result["samples"][task]


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.chdir(HERE)
    monkeypatch.setenv("OPENAI_API_KEY", "none")


def test_log_likelihoods(gateway, http, tmp_path):
    samples = evaluate(gateway, "hotels=0.5,positive=1", "fusebox_choices", tokenizer_backend="remote", tokenized_requests=True)
    assert len(samples) == 2
    for sample in samples:
        for (context, continuation), response in zip(
                [argument for argument in sample["arguments"]], sample["filtered_resps"]):
            encode = lambda text: http.post("/tokenize", json={"prompt": text}).json()["tokens"]
            ids, start = encode(context + continuation), len(encode(context))
            file = tmp_path / "tokens.json"
            file.write_text(json.dumps({"input_ids": [ids]}))
            scores = json.loads(subprocess.run(
                [FUSEBOX, "score", "--model", "Demo/base", "--type", "q8_0", "--adapter=hotels=Demo/adapters/hotels@0.5",
                 "--adapter=positive=Demo/adapters/positive", "--tokens", str(file), "--json"],
                capture_output=True, check=True, cwd=ROOT).stdout)["logprobs"][0]
            assert float(response[0]) == pytest.approx(sum(scores[start - 1:]), abs=1e-4)


@pytest.mark.parametrize("model", ["hotels", "auto"])
def test_texts(service, gateway, model):
    fields = {"tokenizer_backend": "remote", "tokenized_requests": True} if model != "auto" else {
        "tokenizer_backend": None, "tokenized_requests": False}
    for sample in evaluate(gateway, model, "fusebox_texts", **fields):
        prompt = sample["arguments"][0][0]
        asked = subprocess.run(
            [FUSEBOX, "ask", "--connect", service.endpoint, "--select", model, "--raw", "--max-tokens", "12",
             "--temperature", "0", "--stop", ".", "--json", prompt], capture_output=True, check=True, text=True)
        assert sample["resps"][0][0] == json.loads(asked.stdout)["text"]
