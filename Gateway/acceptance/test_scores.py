"""Log probabilities, echo and token ids."""

import json
import subprocess

import pytest

from service import FUSEBOX, ROOT
from streams import HOTEL, chat_reply, completion_reply, events

TEXT = "The hotel was very good."


def test_model(http):
    base = http.get("/v1/models").json()["data"][0]
    assert base["id"] == http.get("/fusebox/v1/status").json()["model"] and base["max_model_len"] == 1024
    body = {"model": base["id"] + ":hotels", "messages": HOTEL, "max_tokens": 2}
    assert http.post("/v1/chat/completions", json=body).json()["model"] == body["model"]


def test_tokens(http):
    reply = http.post("/tokenize", json={"prompt": TEXT}).json()
    assert reply["count"] == len(reply["tokens"]) and reply["max_model_len"] == 1024
    assert http.post("/detokenize", json={"tokens": reply["tokens"]}).json()["prompt"].endswith(TEXT)
    assert http.post("/tokenize", json={"prompt": ""}).json()["tokens"] == []
    assert http.post("/detokenize", json={"tokens": []}).json()["prompt"] == ""
    chat = http.post("/tokenize", json={"messages": HOTEL}).json()["tokens"]
    whole = http.post("/v1/chat/completions", json={"messages": HOTEL, "max_tokens": 1}).json()
    assert chat == whole["fusebox"]["choices"][0]["provenance"][0]["prompt_tokens"]
    information = http.get("/tokenizer_info").json()
    assert information["vocab_size"] == 4096
    # A text that is the end token is its id, and nothing around it where that is said.
    bare = http.post("/tokenize", json={"prompt": information["eos_token"], "add_special_tokens": False}).json()["tokens"]
    assert len(bare) == 1
    begin = http.post("/tokenize", json={"prompt": information["bos_token"], "add_special_tokens": False}).json()["tokens"]
    bare = http.post("/tokenize", json={"prompt": TEXT, "add_special_tokens": False}).json()["tokens"]
    assert reply["tokens"] in (bare, begin + bare)
    assert http.post("/tokenize", json={"prompt": TEXT, "add_special_tokens": 1}).status_code == 400
    assert http.post("/detokenize", json={"tokens": [4096]}).status_code == 400


def test_chat_scores(http):
    body = {"model": "hotels", "messages": HOTEL, "max_tokens": 12, "temperature": 0, "logprobs": True, "top_logprobs": 3}
    document = http.post("/v1/chat/completions", json=body).json()
    reply = chat_reply(document)
    scores = reply.choices[0].logprobs.content
    assert len(scores) == reply.usage.completion_tokens
    for score in scores:
        assert len(score.top_logprobs) == 3 and score.logprob <= 0
        # The likeliest token is taken.
        assert score.top_logprobs[0].token == score.token and score.top_logprobs[0].logprob == score.logprob
    text = b"".join(bytes(score.bytes) for score in scores).decode()
    assert text.strip() == reply.choices[0].message.content.strip()
    chunks = events(http, "/v1/chat/completions", body)
    streamed = [score for chunk in chunks for score in (chunk["choices"][0]["logprobs"] or {"content": []})["content"]]
    assert streamed == document["choices"][0]["logprobs"]["content"]
    for wrong in ({"top_logprobs": 21}, {"logprobs": False}, {"top_logprobs": -1}):
        assert http.post("/v1/chat/completions", json={**body, **wrong}).json()["error"]["param"] == "top_logprobs"


@pytest.mark.parametrize("adapters", [{}, {"hotels": 0.5, "positive": 1}])
def test_prompt_scores_are_those_of_the_command(http, tmp_path, adapters):
    ids = http.post("/tokenize", json={"prompt": TEXT}).json()["tokens"]
    file = tmp_path / "tokens.json"
    file.write_text(json.dumps({"input_ids": [ids]}))
    mix = [f"--adapter={name}=Demo/adapters/{name}@{weight}" for name, weight in adapters.items()]
    command = [FUSEBOX, "score", "--model", "Demo/base", "--type", "q8_0", *mix, "--tokens", str(file), "--json"]
    expected = json.loads(subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout)["logprobs"][0]
    for prompt in (TEXT, ids):
        document = http.post("/v1/completions", json={
            "fusebox": {"select": adapters}, "prompt": prompt, "max_tokens": 0, "echo": True, "logprobs": 1}).json()
        reply = completion_reply(document)
        scores = document["choices"][0]["logprobs"]
        assert scores["token_logprobs"][0] is None and scores["top_logprobs"][0] is None
        assert scores["token_logprobs"][1:] == pytest.approx(expected, abs=1e-4)
        assert reply.usage.prompt_tokens == len(ids) and reply.usage.completion_tokens == 0
        assert reply.choices[0].text.endswith(TEXT)
        assert scores["text_offset"] == sorted(scores["text_offset"])


def test_completion_scores(http):
    body = {"model": "base", "prompt": TEXT, "max_tokens": 5, "temperature": 0, "logprobs": 2}
    document = http.post("/v1/completions", json={**body, "echo": True}).json()
    echoed = completion_reply(document).choices[0]
    plain = completion_reply(http.post("/v1/completions", json=body).json()).choices[0]
    assert echoed.text == TEXT + plain.text
    assert echoed.logprobs.token_logprobs[-len(plain.logprobs.tokens):] == plain.logprobs.token_logprobs
    chunks = events(http, "/v1/completions", {**body, "echo": True})
    columns = [chunk["choices"][0]["logprobs"] for chunk in chunks if chunk["choices"][0]["logprobs"]]
    for name, values in document["choices"][0]["logprobs"].items():
        assert [value for column in columns for value in column[name]] == values
