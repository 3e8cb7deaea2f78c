"""Reads server-sent events as they are on the wire, and holds them against OpenAI's own types."""

import json

from openai.types import Completion
from openai.types.chat import ChatCompletion, ChatCompletionChunk

HOTEL = [{"role": "user", "content": "Write a cheerful review of a hotel."}]
SWITCH = [{"role": "user", "content": "Write a cheerful review of a hotel. What is the bigger number, 3 or 9?"}]


def chat_reply(document):
    return ChatCompletion.model_validate_json(json.dumps(document), strict=True)


def completion_reply(document):
    """OpenAI's types have no word for two things that their own service says: null for the reason of a choice that goes on, and for
    the first token of a prompt."""
    choices = [{**choice, "finish_reason": choice["finish_reason"] or "stop"} for choice in document["choices"]]
    for choice in choices:
        if scores := choice["logprobs"]:
            choice["logprobs"] = {
                **scores, "token_logprobs": [value or 0.0 for value in scores["token_logprobs"]],
                "top_logprobs": [value or {} for value in scores["top_logprobs"]]}
    return Completion.model_validate_json(json.dumps({**document, "choices": choices}), strict=True)


def lines(http, path, body):
    """All lines of a stream, which must be data, comments or empty."""
    with http.stream("POST", path, json={**body, "stream": True}) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        result = list(response.iter_lines())
    assert all(line == "" or line.startswith(("data: ", ":")) for line in result), result
    return result


def events(http, path, body):
    """The chunks of a stream, each of which OpenAI's types take, and the last of which is [DONE]."""
    data = [line[6:] for line in lines(http, path, body) if line.startswith("data: ")]
    assert data[-1] == "[DONE]"
    chunks = [json.loads(text) for text in data[:-1]]
    for chunk in chunks:
        if path.endswith("chat/completions"):
            ChatCompletionChunk.model_validate_json(json.dumps(chunk), strict=True)
        else:
            completion_reply(chunk)
    return chunks
