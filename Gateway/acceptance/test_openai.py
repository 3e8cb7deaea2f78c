"""openai-python against the gateway."""

import openai
import pytest

from streams import HOTEL, chat_reply, completion_reply, events


def test_models(client, http):
    models = {model.id: model for model in client.models.list()}
    assert {"auto", "hotels", "positive", "helpdesk"} <= set(models)
    hotels = client.models.retrieve("hotels")
    assert hotels.parent in models and len(hotels.root) == 64
    assert client.models.retrieve("hotels=0.5,positive").id == "hotels=0.5,positive"
    with pytest.raises(openai.NotFoundError) as refused:
        client.models.retrieve("nothing")
    assert refused.value.code == "not_found"


def test_chat(client, http):
    body = {"model": "auto", "messages": HOTEL, "max_tokens": 20, "seed": 1}
    response = http.post("/v1/chat/completions", json=body)
    document = response.json()
    reply = chat_reply(document)
    assert reply.choices[0].message.content == client.chat.completions.create(**body).choices[0].message.content
    assert reply.usage.completion_tokens == 20 and reply.choices[0].finish_reason == "length"
    names = [share["name"] for share in document["fusebox"]["choices"][0]["routes"][0]["mix"]]
    assert "hotels" in names
    assert response.headers["x-fusebox-route"].count("=") == len(names)
    assert reply.id.endswith(response.headers["x-request-id"])
    assert reply.system_fingerprint.startswith("fp_")


def test_stream_says_what_the_whole_says(http):
    body = {"model": "auto", "messages": HOTEL, "max_tokens": 30, "n": 2, "seed": 5, "temperature": 0.8}
    whole = http.post("/v1/chat/completions", json=body).json()
    chunks = events(http, "/v1/chat/completions", {**body, "stream_options": {"include_usage": True}})
    for choice in whole["choices"]:
        mine = [chunk for chunk in chunks if chunk["choices"] and chunk["choices"][0]["index"] == choice["index"]]
        deltas = [chunk["choices"][0]["delta"] for chunk in mine]
        assert "".join(delta.get("content") or "" for delta in deltas) == choice["message"]["content"]
        assert [delta.get("role") for delta in deltas].count("assistant") == 1
        assert deltas[0]["role"] == "assistant" and deltas[0]["content"]
        assert mine[-1]["choices"][0]["finish_reason"] == choice["finish_reason"]
        assert mine[0]["fusebox"]["routes"] and mine[-1]["fusebox"]["provenance"]
        stream, plain = (item["provenance"][0] for item in (mine[-1]["fusebox"], whole["fusebox"]["choices"][choice["index"]]))
        assert stream == plain
    assert [chunk for chunk in chunks if not chunk["choices"]] == [chunks[-1]]
    assert {key: chunks[-1]["usage"][key] for key in ("prompt_tokens", "completion_tokens")} == {
        key: whole["usage"][key] for key in ("prompt_tokens", "completion_tokens")}


def test_bare_loop(client):
    text = ""
    stream = client.chat.completions.create(model="auto", messages=HOTEL, max_tokens=40, stream=True)
    for chunk in stream:
        text += chunk.choices[0].delta.content or ""
    assert text


async def test_asynchronous_stream(asynchronous):
    stream = await asynchronous.chat.completions.create(model="hotels", messages=HOTEL, max_tokens=10, stream=True)
    chunks = [chunk async for chunk in stream]
    assert chunks[0].fusebox["routes"][0]["reason"] == "requested"
    assert chunks[-1].choices[0].finish_reason in ("stop", "length")


def test_completions(client, http):
    one = http.post("/v1/completions", json={"model": "base", "prompt": "The hotel is", "max_tokens": 8, "temperature": 0})
    text = completion_reply(one.json()).choices[0].text
    assert text
    ids = one.json()["fusebox"]["choices"][0]["provenance"][0]["prompt_tokens"]
    body = {"model": "base", "max_tokens": 8, "temperature": 0}
    for prompt in [["The hotel is"], ids, [ids], ["The hotel is", "The hotel is"]]:
        reply = client.completions.create(prompt=prompt, **body)
        assert {choice.text for choice in reply.choices} == {text}
        assert [choice.index for choice in reply.choices] == list(range(len(reply.choices)))
    chunks = events(http, "/v1/completions", {"prompt": "The hotel is", **body})
    assert "".join(chunk["choices"][0]["text"] for chunk in chunks) == text


def test_sampling(client):
    def say(**fields):
        return client.chat.completions.create(model="hotels", messages=HOTEL, max_tokens=16, **fields).choices[0]

    assert say(temperature=1, seed=3).message.content == say(temperature=1, seed=3).message.content
    assert say(temperature=1, seed=3).message.content != say(temperature=1, seed=4).message.content
    whole = say(temperature=0).message.content
    word = whole.split()[2]
    stopped = say(temperature=0, stop=[word])
    assert stopped.finish_reason == "stop" and word not in stopped.message.content
    choices = client.chat.completions.create(
        model="hotels", messages=HOTEL, max_tokens=8, n=4, temperature=1, seed=7).choices
    assert len({choice.message.content for choice in choices}) > 1


def test_ignore_eos(http):
    """As benchmarks of vLLM ask for replies of one length."""
    body = {"model": "base", "messages": HOTEL, "max_tokens": 250, "temperature": 0, "ignore_eos": True}
    reply = http.post("/v1/chat/completions", json=body).json()
    assert reply["usage"]["completion_tokens"] == 250 and reply["choices"][0]["finish_reason"] == "length"


def test_split(http):
    body = {"model": "auto", "messages": [{"role": "user", "content": "Is 4 even? Write a review of a book."}],
            "max_tokens": 12, "fusebox": {"split": True}}
    document = http.post("/v1/chat/completions", json=body).json()
    explained = document["fusebox"]["choices"][0]
    assert {route["part"] for route in explained["routes"]} == {0, 1} and len(explained["provenance"]) == 2
    chunks = events(http, "/v1/chat/completions", body)
    text = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)
    assert text == document["choices"][0]["message"]["content"] and "\n" in text


@pytest.mark.parametrize("body, status, param", [
    ({"messages": HOTEL, "tools": [{"type": "function"}]}, 400, "tools"),
    ({"messages": HOTEL, "response_format": {"type": "json_object"}}, 400, "response_format"),
    ({"messages": HOTEL, "logit_bias": {"5": 1}}, 400, "logit_bias"),
    ({"messages": HOTEL, "model": "nothing"}, 404, "model"),
    ({"messages": HOTEL, "model": "books", "lora": [{"id": "hotels", "scale": 1}]}, 400, "model"),
    ({"messages": []}, 400, "messages"),
    ({"messages": [{"role": "tool", "content": "x"}]}, 400, "messages[0].role"),
    ({"messages": HOTEL, "temperature": -1}, 400, None),
    ({"messages": HOTEL, "max_tokens": 100000}, 400, None),
    ({"messages": [{"role": "system", "content": "x"}], "model": "auto"}, 400, None),
])
def test_refusals(http, body, status, param):
    for stream in (False, True):
        response = http.post("/v1/chat/completions", json={**body, "stream": stream})
        error = response.json()["error"]
        assert (response.status_code, error["param"]) == (status, param), error
        assert error["message"] and error["type"] == "invalid_request_error" and error["code"]


def test_too_long_a_prompt(http, client):
    long = [{"role": "user", "content": "word " * 20000}]
    response = http.post("/v1/chat/completions", json={"model": "base", "messages": long})
    assert response.status_code == 400 and response.json()["error"]["code"] == "context_overflow", response.text
    with pytest.raises(openai.APIError):
        for _ in client.chat.completions.create(model="base", messages=long, stream=True):
            pass


def test_ignored_fields_are_told(http):
    body = {"messages": HOTEL, "max_tokens": 2, "user": "me", "metadata": {"a": "b"}, "tools": []}
    assert http.post("/v1/chat/completions", json=body).json()["fusebox"]["ignored"] == ["user", "metadata"]
    assert events(http, "/v1/chat/completions", body)[0]["fusebox"]["ignored"] == ["user", "metadata"]


def test_missing_endpoints_name_what_to_use(http):
    for path in ("/v1/responses", "/v1/messages", "/v1/embeddings"):
        response = http.post(path, json={})
        assert response.status_code == 404 and "use" in response.json()["error"]["message"]


def test_idempotency(http):
    body = {"messages": HOTEL, "max_tokens": 12, "temperature": 1}
    first, second = (
        http.post("/v1/chat/completions", json=body, headers={"idempotency-key": "test-idempotency"}) for _ in "ab")
    assert first.json()["choices"] == second.json()["choices"]
    assert first.headers["x-request-id"] == second.headers["x-request-id"]
    other = http.post(
        "/v1/chat/completions", json={**body, "max_tokens": 13}, headers={"idempotency-key": "test-idempotency"})
    assert other.status_code == 400 and other.json()["error"]["code"] == "already_exists"
